import { Readable, Writable } from 'node:stream';

import type { Command, ExitStatus } from '../../src/commands/command.ts';

export interface CommandOutcome {
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, with streams of its own. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  { stdin = '', env = {}, signal }: { stdin?: string | Buffer; env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
): Promise<CommandOutcome> {
  const stdout = new TextSink();
  const stderr = new TextSink();
  const io = {
    stdout,
    stderr,
    stdin: Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)]),
    env,
    signal: signal ?? new AbortController().signal,
  };
  const status = await command.run(args, io);
  return { status, stdout: stdout.text, stderr: stderr.text };
}

/** Keeps what is written to it. */
class TextSink extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
