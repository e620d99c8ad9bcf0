import process from 'node:process';
import { Readable, Writable } from 'node:stream';

import { pause, resume, signOut } from '../../src/commands/account-orders.ts';
import type { Command } from '../../src/commands/command.ts';
import { refresh } from '../../src/commands/refresh.ts';

const COMMANDS = { pause, resume, 'sign-out': signOut, refresh } as const;

export type OrderName = keyof typeof COMMANDS;

/** Longer than a bridge is away that is killed and frozen in a row, and a broker with it. */
const TIMEOUT_MS = 60_000;

/**
 * Gives an order by the bridge's own command, and waits as it does until the order is carried out.
 *
 * @param operand account or user.
 * @returns the outcome that the command prints, and its words. Null: it could not be given; like one that is `waiting`
 *   it may stand in the topic all the same.
 */
export async function giveOrder(
  name: OrderName,
  operand: string,
  configFile: string,
  signal: AbortSignal,
): Promise<{ readonly outcome: string | null; readonly words: string }> {
  const command: Command = COMMANDS[name];
  const [told, words]: readonly [string[], string[]] = [[], []];
  const io = { stdout: sinkOf(told), stderr: sinkOf(words), stdin: Readable.from([]), env: process.env, signal };
  await command.run([operand, '--config', configFile, '--timeout-ms', String(TIMEOUT_MS)], io);
  const outcome = told.length === 0 ? null : (JSON.parse(told.join('')) as { readonly outcome: string }).outcome;
  return { outcome, words: words.join('').trim() };
}

function sinkOf(chunks: string[]): Writable {
  return new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
}
