import { writeFile } from 'node:fs/promises';

import type { BridgeConfiguration } from '../../config/configuration.ts';
import { messageOf } from '../../lib/errors.ts';
import type { CommandIo, ExitStatus } from '../command.ts';
import type { LetterFilter } from './find-letters.ts';
import type { Letter } from '../../records/dead-letters/letter-assembler.ts';
import { letterLine } from './letter-line.ts';
import { selectLetters } from './selection.ts';

/** Prints a line for each letter. */
export async function showLetters(
  configuration: BridgeConfiguration,
  filter: LetterFilter,
  io: CommandIo,
): Promise<ExitStatus> {
  let count = 0;
  const unreadable = await selectLetters(configuration, filter, io, (letter) => {
    count += 1;
    io.stdout.write(`${letterLine(letter)}\n`);
  });
  io.stderr.write(`${count === 1 ? 'One dead letter' : `${String(count)} dead letters`}.\n`);
  return unreadable > 0 || (count === 0 && filter.id !== null) ? 1 : 0;
}

/**
 * Writes the body of the one letter that fits.
 *
 * @param file `-` is standard output.
 */
export async function writeBody(
  configuration: BridgeConfiguration,
  filter: LetterFilter,
  file: string,
  io: CommandIo,
): Promise<ExitStatus> {
  const found: Letter[] = [];
  let count = 0;
  const unreadable = await selectLetters(configuration, filter, io, (letter) => {
    count += 1;
    // The others are only counted: their bodies may be large.
    if (found.length === 0) found.push(letter);
  });
  const [letter] = found;
  if (letter === undefined || count > 1) {
    const what = count === 0 ? 'No dead letter fits' : `${String(count)} dead letters fit`;
    io.stderr.write(`${what}: --body needs exactly one. Choose it with --id; deadletter show lists the ids.\n`);
    return 1;
  }
  const isWritten = await write(letter, file, io);
  return isWritten && unreadable === 0 ? 0 : 1;
}

/** @returns whether all of the body was written. */
async function write({ body, first, state }: Letter, file: string, io: CommandIo): Promise<boolean> {
  if (state === 'absent') {
    io.stderr.write(`The dead letter ${first.id} has no body: nothing of it was published.\n`);
    return false;
  }
  try {
    if (file === '-') io.stdout.write(body);
    else await writeFile(file, body);
  } catch (error) {
    io.stderr.write(`Cannot write to ${file}: ${messageOf(error)}. Name a file that can be written.\n`);
    return false;
  }
  const bytes = `${String(body.length)} of ${String(first.bodyBytes ?? body.length)} bytes`;
  io.stderr.write(state === 'whole' ? `The body is whole: ${bytes}.\n` : `The body is ${state}: ${bytes}.\n`);
  return state === 'whole';
}
