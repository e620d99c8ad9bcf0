import { DocumentRefusedError } from '../../cwa/documents/document-refused-error.ts';
import { RecordRejectedError } from '../../kafka/shard-errors.ts';
import { BridgeError } from '../../lib/errors.ts';
import type { Letter } from '../../records/dead-letters/letter-assembler.ts';
import { wasPublishedCut } from '../../records/dead-letters/letter-part.ts';
import type { AccountObserver } from '../observer.ts';
import { type BridgeParts, type Commit, planContext } from '../parts.ts';
import type { Phase } from '../phase.ts';
import { followedBy, type Plan } from '../plans/plan.ts';
import type { LetterPlace, Order } from './order.ts';
import type { OrderOutcome } from './orders-done.ts';
import { planNothing, planOrderDone } from './plan-order.ts';
import { planReplay, type ReplayPlan } from './plan-replay.ts';

type ReplayOrder = Order & { readonly task: { readonly kind: 'replay' } };

/**
 * Publishes a dead letter anew, with the limits and settings of now, in one transaction with the progress that says so.
 * A letter that still cannot be published is no reason to try again: the order is done, and says why.
 */
export async function replay(
  parts: BridgeParts,
  commit: Commit,
  order: ReplayOrder,
  phase: Phase,
  signal: AbortSignal,
): Promise<Phase> {
  const { cursor, observer } = parts;
  const { letter: place } = order.task;
  const end = async (outcome: OrderOutcome, detail: string): Promise<Phase> => {
    await commit(planNothing(planContext(parts), cursor.progress, order, outcome, detail));
    return phase;
  };
  const { generation, orders } = cursor.progress;
  if (orders.hold === 'paused') return end('refused', 'it is paused: resume it first');
  if (generation === 0) return end('refused', 'it never had a session: let it sign in first');

  const replayed = await replayOf(parts, place, signal);
  if (typeof replayed === 'string') return end('failed', replayed);
  try {
    await commit(
      followedBy(replayed, (progress): Plan => {
        const detail = `${String(replayed.entries.length)} records of ${place.id} published`;
        return planOrderDone(planContext(parts), progress, order, { outcome: 'done', detail }, [
          ['replayed', { reason: 'operator', detail: `by ${order.by}: ${detail}` }],
        ]);
      }),
    );
  } catch (error) {
    if (!(error instanceof RecordRejectedError)) throw error;
    return end('failed', error.message);
  }
  count(observer, replayed);
  return phase;
}

/** The records, or in words why there are none. */
async function replayOf(parts: BridgeParts, place: LetterPlace, signal: AbortSignal): Promise<ReplayPlan | string> {
  const { cursor, letters } = parts;
  const letter = await readLetter(parts, place, signal);
  if (typeof letter === 'string') return letter;
  if (wasPublishedCut(letter.first) && !place.isForced) {
    return `the records of ${place.id} were published, cut; publish them again, whole, with --force`;
  }
  try {
    const plan = planReplay(planContext(parts), cursor.progress, letter, letters.limits);
    return plan ?? `an event of ${place.id} is still too large: raise kafka.recordBytesMax of the bridge`;
  } catch (error) {
    if (!(error instanceof DocumentRefusedError)) throw error;
    return `${place.id} still cannot be read: ${error.message}`;
  }
}

/** The letter that was meant, whole, or in words why there is none. */
async function readLetter(
  { cursor, letters }: BridgeParts,
  place: LetterPlace,
  signal: AbortSignal,
): Promise<Letter | string> {
  let letter: Letter | string;
  try {
    letter = await letters.read(place, signal);
  } catch (error) {
    if (!(error instanceof BridgeError) || signal.aborted) throw error;
    return `the dead letter could not be fetched, order it again: ${error.message}`;
  }
  if (typeof letter === 'string') return letter;
  const { first, state } = letter;
  if (first.accountId !== cursor.progress.accountId) return `${place.id} is a letter of account ${first.accountId}`;
  if (state !== 'whole') return `the body of ${place.id} is ${state}`;
  return first.bodySha256 === place.sha256 ? letter : `the body of ${place.id} is not the one that was ordered`;
}

/** What is history is counted as published, and not as something that is known of now. */
function count(observer: AccountObserver, { entries }: ReplayPlan): void {
  for (const { outgoing, record } of entries) {
    observer.recordPublished(outgoing.topic, outgoing.value?.length ?? 0);
    for (const code of record?.value.warnings ?? []) observer.warned(code);
  }
}
