import type { BridgeConfiguration } from '../../config/configuration.ts';
import type { Letter } from '../../records/dead-letters/letter-assembler.ts';
import { wasPublishedCut } from '../../records/dead-letters/letter-part.ts';
import type { CommandIo, ExitStatus } from '../command.ts';
import type { OrderRequest } from '../orders/give-order.ts';
import { inTurn } from '../orders/order-command.ts';
import type { LetterFilter, LetterOffsets } from './find-letters.ts';
import { selectLetters } from './selection.ts';

/** Orders the letters that fit to be published anew; says on standard error which are passed over, and why. */
export async function orderReplays(
  configuration: BridgeConfiguration,
  filter: LetterFilter,
  { isForced, timeoutMs }: { readonly isForced: boolean; readonly timeoutMs: number },
  io: CommandIo,
): Promise<ExitStatus> {
  const requests: OrderRequest[] = [];
  let letters = 0;
  const unreadable = await selectLetters(configuration, filter, io, (letter, offsets) => {
    letters += 1;
    const reason = reasonAgainst(letter, configuration, isForced);
    if (reason !== null) io.stderr.write(`${letter.first.id}: ${reason}\n`);
    else requests.push({ ...requestFor(letter, offsets, isForced), timeoutMs });
  });
  io.stderr.write(`${String(requests.length)} of ${String(letters)} dead letters are ordered to be replayed.\n`);
  const status = await inTurn(configuration, requests, io);
  const isComplete = unreadable === 0 && requests.length === letters && (letters > 0 || filter.id === null);
  return isComplete ? status : 1;
}

function reasonAgainst({ first, state }: Letter, { accounts }: BridgeConfiguration, isForced: boolean): string | null {
  if (state !== 'whole') return `the body is ${state}: it cannot be replayed`;
  if (!accounts.some(({ id }) => id === first.accountId))
    return `the configuration has no account "${first.accountId}"`;
  if (wasPublishedCut(first) && !isForced)
    return 'its records were published, cut: --force publishes them again, whole';
  return null;
}

function requestFor(
  { first }: Letter,
  { from, partition, to }: LetterOffsets,
  isForced: boolean,
): Omit<OrderRequest, 'timeoutMs'> {
  const place = { id: first.id, partition, fromOffset: String(from), toOffset: String(to) };
  const letter = { ...place, sha256: first.bodySha256 ?? '', isForced };
  return { accountId: first.accountId, task: { kind: 'replay', letter } };
}
