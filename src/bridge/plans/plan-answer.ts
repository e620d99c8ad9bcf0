import type { EventsAnswer } from '../../cwa/documents/envelope.ts';
import { USER_PRESENCE } from '../../cwa/protocol.ts';
import { type Admission, admitEvents, NOTHING_SEEN } from '../../events/admit.ts';
import { forgetAcknowledged } from '../../events/forget.ts';
import { orderEvents } from '../../events/order.ts';
import type { OrderedEvent } from '../../events/ordered-event.ts';
import type { DataRecord } from '../../records/topics/topics.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { type AckDecision, decideAckId } from './ack-id.ts';
import type { Plan, PlanContext } from './plan.ts';
import { planCounterRestart } from './plan-generation.ts';
import { endSnapshot } from './plan-snapshot.ts';
import { failedRids } from '../outcomes.ts';
import { queriedUsers, withoutFailed, withoutHeard } from '../progress/pending-queries.ts';
import { RecordBatch } from './record-batch.ts';

/** One answer of a poll, as it arrived. */
export interface ReceivedAnswer {
  readonly answer: EventsAnswer;
  /** The acknowledgement that the poll carried. */
  readonly polledAckId: string;
  /** When the body was complete, milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** What an answer leads to. */
export interface AnswerPlan extends Plan {
  readonly ack: AckDecision;
  /** Everything the answer brought, in order, repeats included. */
  readonly events: readonly OrderedEvent[];
  readonly repeats: number;
  readonly batch: RecordBatch;
  /** Who watches the account and is not acknowledged, as far as the records say: normalised URIs. */
  readonly subscribers: readonly string[];
  /** The server counts anew in the same session: the plan begins a new generation on it. */
  readonly isCounterRestart: boolean;
  /** Whether there is anything to commit; an empty answer that moves nothing is not worth a transaction. */
  readonly isWorthCommitting: boolean;
}

/** Indexes of events, in the order of publication, that go out as dead letters because Kafka refused their records. */
export type RejectedEvents = ReadonlySet<number>;

/**
 * The pure middle of the loop: order → de-duplicate → normalize → the records and the progress they lead to.
 *
 * Everything in the answer is covered by its `ackId`, so all of it becomes one plan and is committed in one
 * transaction: an answer is never split (design §1).
 */
export function planAnswer(
  context: PlanContext,
  progress: AccountProgress,
  received: ReceivedAnswer,
  rejected: RejectedEvents = new Set(),
): AnswerPlan {
  const { answer, polledAckId } = received;
  const isForeign = answer.sid !== null && answer.sid !== progress.sid;
  const events = isForeign ? [] : orderEvents(answer.events, answer.eid);
  const ack = decideAckId(progress.ackId, answer.ackId, isForeign);
  const admission = admitEvents(events, polledAckId, progress.seen);
  const isCounterRestart = ack.kind === 'lowered' && admission.conflicts > 0;
  if (!isCounterRestart) return publish(context, progress, received, { ack, events, admission, rejected });
  const restarted = planCounterRestart(context, progress);
  const readmission = admitEvents(events, polledAckId, NOTHING_SEEN);
  const plan = publish(context, restarted.next, received, { ack, events, admission: readmission, rejected });
  return { ...plan, records: [...restarted.records, ...plan.records], isCounterRestart: true };
}

interface Decided {
  readonly ack: AckDecision;
  readonly events: readonly OrderedEvent[];
  readonly admission: Admission;
  readonly rejected: RejectedEvents;
}

function publish(
  context: PlanContext,
  progress: AccountProgress,
  received: ReceivedAnswer,
  decided: Decided,
): AnswerPlan {
  const { ack, admission, events, rejected } = decided;
  const { answer, polledAckId, receivedAt } = received;
  const source = { ackId: answer.ackId, polledAckId, receivedAt, channel: 'data' } as const;
  const batch = new RecordBatch(context, progress, source);
  const pending = new Set(progress.watch.pending);
  const queried = queriedUsers(progress.queries);
  const heard = new Set<string>();
  const subscribers: string[] = [];
  for (const event of admission.admitted) {
    const isQuery = (uri: string): boolean => queried.has(uri) && !heard.has(uri);
    const records = rejected.has(event.index)
      ? batch.eventDeadLetter(event, 'rejectedByBroker')
      : batch.event(event, (uri) => pending.has(uri) && !heard.has(uri), isQuery);
    for (const record of records) {
      noteHeard(heard, event, record.value.subjectUri);
      for (const uri of unacknowledgedIn(record)) subscribers.push(uri);
    }
  }
  const failed = failedRids(admission.admitted.map(({ element }) => element));
  const published: AccountProgress = {
    ...progress,
    ackId: ack.ackId,
    nextAnswer: progress.nextAnswer + 1,
    seen: forgetAcknowledged(admission.seen, ack.ackId, admission.admitted.length),
    watch: { ...progress.watch, pending: [...pending.difference(heard)] },
    queries: withoutFailed(withoutHeard(progress.queries, heard), failed),
    users: batch.users,
  };
  const ended = endSnapshot(context, published, context.settings.session.snapshotTimeoutMs, batch);
  const { records } = batch;
  return {
    records,
    next: { ...(ended ?? published), nextSequence: batch.nextSequence },
    ack,
    events,
    repeats: admission.repeats,
    batch,
    subscribers,
    isCounterRestart: false,
    isWorthCommitting: records.length > 0 || (events.length > 0 && ack.ackId !== progress.ackId),
  };
}

/** A user's first presence after we asked ends the wait for it; one that went to the dead letters does too. */
function noteHeard(heard: Set<string>, event: OrderedEvent, subjectUri: string | null): void {
  if (event.name === USER_PRESENCE && subjectUri !== null) heard.add(subjectUri);
}

/** The server lists those who are not acknowledged (events-and-categories §4.4): one without the attribute is none. */
function unacknowledgedIn(record: DataRecord): readonly string[] {
  if (record.topic !== 'contacts') return [];
  return record.value.subscribers.flatMap(({ acknowledged, uri }) =>
    acknowledged === true || uri === null ? [] : [uri],
  );
}
