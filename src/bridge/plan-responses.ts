import type { ResponsesAnswer } from '../cwa/responses.ts';
import { admitEvents, NOTHING_SEEN } from '../events/admit.ts';
import { orderResponses } from '../events/order.ts';
import type { AccountProgress } from './account-progress.ts';
import type { Plan, PlanContext } from './plan.ts';
import { RecordBatch } from './record-batch.ts';

/** The records of one answer of the command channel: it moves no acknowledgement. */
export function planResponses(
  context: PlanContext,
  progress: AccountProgress,
  { responses }: ResponsesAnswer,
  receivedAt: number,
): Plan {
  const polledAckId = progress.ackId;
  const batch = new RecordBatch(context, progress, { ackId: null, polledAckId, receivedAt, channel: 'command' });
  const events = orderResponses(responses.map(({ element }) => element));
  for (const event of admitEvents(events, polledAckId, NOTHING_SEEN).admitted) batch.event(event, () => false);
  const { nextSequence, records } = batch;
  return { records, next: { ...progress, nextAnswer: progress.nextAnswer + 1, nextSequence } };
}
