import type { PlanSettings } from '../../bridge/plans/plan.ts';
import type { BridgeConfiguration } from '../../config/configuration.ts';
import { DocumentRefusedError } from '../../cwa/documents/document-refused-error.ts';
import { pseudonymKeysOf } from '../../daemon/bridge-settings.ts';
import type { CommandIo, ExitStatus } from '../command.ts';
import { configuredSettings } from '../normalize-settings.ts';
import { recordLine } from '../record-line.ts';
import type { LetterFilter } from './find-letters.ts';
import type { Letter } from '../../records/dead-letters/letter-assembler.ts';
import { replayLetter } from '../../bridge/plans/replay-letter.ts';
import { selectLetters } from './selection.ts';

/** Prints the records that each letter would become now, or says on standard error why there are none. */
export async function replayLetters(
  configuration: BridgeConfiguration,
  filter: LetterFilter,
  io: CommandIo,
): Promise<ExitStatus> {
  const keys = await pseudonymKeysOf(configuration);
  const settings = new Map(configuration.accounts.map(({ id }) => [id, configuredSettings(configuration, id, keys)]));
  const counts = { letters: 0, replayed: 0 };
  const unreadable = await selectLetters(configuration, filter, io, (letter) => {
    counts.letters += 1;
    const { accountId, id } = letter.first;
    const outcome = replay(letter, settings.get(accountId), configuration);
    if (typeof outcome === 'string') io.stderr.write(`${id}: ${outcome}\n`);
    else {
      counts.replayed += 1;
      for (const line of outcome) io.stdout.write(`${line}\n`);
    }
  });
  io.stderr.write(`${String(counts.replayed)} of ${String(counts.letters)} dead letters can be read.\n`);
  return unreadable > 0 || counts.replayed < counts.letters || (counts.letters === 0 && filter.id !== null) ? 1 : 0;
}

/** The lines of the records, or why there are none. */
function replay(
  letter: Letter,
  settings: PlanSettings | undefined,
  { limits }: BridgeConfiguration,
): readonly string[] | string {
  if (letter.state !== 'whole') return `the body is ${letter.state}: it cannot be replayed`;
  if (settings === undefined) return `the configuration has no account "${letter.first.accountId}"`;
  try {
    return replayLetter(letter, settings, limits).records.map(recordLine);
  } catch (error) {
    if (!(error instanceof DocumentRefusedError)) throw error;
    return error.message;
  }
}
