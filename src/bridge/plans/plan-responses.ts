import type { ResponsesAnswer } from '../../cwa/documents/responses.ts';
import { admitResponses } from '../../events/admit.ts';
import { orderResponses } from '../../events/order.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { rememberRequests, type SentRequests } from '../progress/own-requests.ts';
import type { Plan, PlanContext } from './plan.ts';
import { withoutFailed, withQueries } from '../progress/pending-queries.ts';
import { planAnswer } from './plan-answer.ts';
import { RecordBatch } from './record-batch.ts';

/** One answer of the command channel, as it arrived. */
export interface ReceivedResponses {
  readonly answer: ResponsesAnswer;
  /** When the body was complete, milliseconds since the epoch. */
  readonly receivedAt: number;
  /** What it answers; null if that is not known. */
  readonly sent: SentRequests | null;
}

/** What an answer of the command channel leads to. */
export interface ResponsesPlan extends Plan {
  /** Of the answers themselves, then of each document of events inside. */
  readonly batches: readonly RecordBatch[];
}

/**
 * The records of one answer of the command channel, and the memory of what it answers. A `cwaEvents` inside is a
 * document of the data channel (events-and-categories §1.2), with one difference: it moves no acknowledgement, for
 * nobody polled for it. So its events come again with the next poll, and are known then.
 *
 * @param isRejected whether Kafka refused a record: then everything goes out as dead letters.
 */
export function planResponses(
  context: PlanContext,
  progress: AccountProgress,
  { answer, receivedAt, sent }: ReceivedResponses,
  isRejected = false,
): ResponsesPlan {
  const requests = sent === null ? progress.requests : rememberRequests(progress.requests, sent);
  const failed = new Set(answer.responses.flatMap(({ fault, rid }) => (fault === null || rid === null ? [] : [rid])));
  const queries = withoutFailed(withQueries(progress.queries, sent), failed);
  const asked: AccountProgress = { ...progress, requests, queries };
  const batch = new RecordBatch(context, asked, {
    ackId: null,
    polledAckId: null,
    receivedAt,
    channel: 'command',
    sent,
  });
  const events = orderResponses(answer.responses.map(({ element }) => element));
  for (const event of admitResponses(events, asked.nextAnswer)) {
    if (isRejected) batch.eventDeadLetter(event, 'rejectedByBroker');
    else batch.event(event, () => false);
  }
  const records = [...batch.records];
  const batches = [batch];
  const { nextSequence, users } = batch;
  let next: AccountProgress = { ...asked, nextAnswer: asked.nextAnswer + 1, nextSequence, users };
  for (const nested of answer.nestedEvents) {
    const polled = { answer: { ...nested, ackId: null }, polledAckId: next.ackId, receivedAt };
    const plan = planAnswer(context, next, polled, new Set(isRejected ? nested.events.keys() : []));
    // One by one: more records than a call takes arguments fit into an answer.
    for (const record of plan.records) records.push(record);
    batches.push(plan.batch);
    next = plan.next;
  }
  return { records, batches, next };
}
