import type { PollResult } from '../cwa/poll.ts';
import { RecordRejectedError } from '../kafka/shard-errors.ts';
import type { DataRecord } from '../records/topics/topics.ts';
import type { BridgeParts, Commit } from './parts.ts';
import { planContext } from './parts.ts';
import { type AnswerPlan, planAnswer, type ReceivedAnswer, type RejectedEvents } from './plans/plan-answer.ts';
import { tally } from './tally.ts';

/**
 * Publishes one answer and moves the cursor behind it, in one transaction. Records that Kafka will never take go out
 * as dead letters instead, so that one of them does not hold up the account for ever.
 *
 * @returns what it led to.
 */
export async function publishAnswer(
  parts: BridgeParts,
  commit: Commit,
  result: PollResult & { readonly kind: 'events' },
): Promise<AnswerPlan> {
  const { clock, cursor, log, observer } = parts;
  const received = { answer: result.answer, polledAckId: cursor.progress.ackId, receivedAt: result.receivedAt };
  const plan = planAnswer(planContext(parts), cursor.progress, received);
  for (const warning of result.answer.warnings) log.debug({ warning }, 'oddity in the envelope');
  for (const { name } of plan.events) observer.eventReceived(name);
  if (plan.repeats > 0) observer.repeatDropped(plan.repeats);
  if (!plan.isWorthCommitting) return plan;
  const startedAt = clock.monotonic();
  const committed = await commitOrReject(parts, commit, received, plan);
  const receivedToCommittedMs = clock.now() - result.receivedAt;
  observer.committed({ durationMs: clock.monotonic() - startedAt, receivedToCommittedMs });
  tally(observer, committed.batch, result.receivedAt);
  if (committed.isCounterRestart) observer.gapOpened('counter-restart');
  log.debug({ records: committed.records.length, ackId: cursor.progress.ackId }, 'answer committed');
  return committed;
}

/** Each refusal names a partition; the events with records there are replaced and the answer is tried again. */
async function commitOrReject(
  parts: BridgeParts,
  commit: Commit,
  received: ReceivedAnswer,
  first: AnswerPlan,
): Promise<AnswerPlan> {
  let plan = first;
  let rejected: RejectedEvents = new Set();
  for (;;) {
    try {
      await commit(plan);
      return plan;
    } catch (error) {
      if (!(error instanceof RecordRejectedError)) throw error;
      const more = rejected.union(eventsIn(plan, error));
      // Nothing left to replace: the dead letters themselves are refused, or the progress is. A person has to act.
      if (more.size === rejected.size) throw error;
      rejected = more;
      parts.log.error({ err: error, events: rejected.size }, 'Kafka refused records: their events become dead letters');
      plan = planAnswer(planContext(parts), parts.cursor.progress, received, rejected);
    }
  }
}

/** The events whose records went to the refused topic: all of them if the broker named none. */
function eventsIn({ batch }: AnswerPlan, { topic }: RecordRejectedError): RejectedEvents {
  const indexes = new Set<number>();
  for (const { outgoing, ...entry } of batch.entries) {
    if (topic !== undefined && outgoing.topic !== topic) continue;
    if (entry.record === null) indexes.add(entry.eventIndex);
    else if (isOfEvent(entry.record)) indexes.add(entry.record.value.eventIndex);
  }
  return indexes;
}

function isOfEvent({ value }: DataRecord): boolean {
  return value.channel === 'data' && value.recordType !== 'deadLetter';
}
