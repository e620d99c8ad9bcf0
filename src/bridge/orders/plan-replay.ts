import type { DocumentLimits } from '../../cwa/documents/document-limits.ts';
import { eventsAnswerOf } from '../../cwa/documents/envelope.ts';
import { responsesAnswerOf } from '../../cwa/documents/responses.ts';
import { admitEvents, admitResponses, NOTHING_SEEN } from '../../events/admit.ts';
import { orderEvents, orderResponses } from '../../events/order.ts';
import type { AdmittedEvent } from '../../events/ordered-event.ts';
import type { XmlElement } from '../../lib/xml.ts';
import type { Letter } from '../../records/dead-letters/letter-assembler.ts';
import type { LetterPart } from '../../records/dead-letters/letter-part.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { BatchEntry } from '../plans/event-entries.ts';
import type { Plan, PlanContext } from '../plans/plan.ts';
import { RecordBatch } from '../plans/record-batch.ts';
import { documentOf, isResponses } from '../plans/replay-letter.ts';

/** What publishing a letter anew leads to. */
export interface ReplayPlan extends Plan {
  readonly entries: readonly BatchEntry[];
}

/** Events of one document, and what is known of where they came from. */
interface ReplayedAnswer {
  readonly channel: 'data' | 'command';
  readonly sid: string | null;
  readonly ackId: string | null;
  readonly events: readonly AdmittedEvent[];
}

/**
 * The records of a dead letter, published anew: they take the next numbers of the account's current generation, have
 * origin `replay` and warning `replayed`, and the `id`s that they would have had in the letter's own generation. So the
 * same letter gives the same ids, however often it is published.
 *
 * Nothing is derived from them: neither current states nor sign-in edges, for they are history.
 *
 * @param letter whose body is whole.
 * @returns null if an event still cannot be made to fit into records.
 * @throws {@link DocumentRefusedError} if the body still cannot be read.
 */
export function planReplay(
  context: PlanContext,
  progress: AccountProgress,
  letter: Letter,
  limits: DocumentLimits,
): ReplayPlan | null {
  const { settings } = context;
  // Who watches nobody derives no states and edges.
  const world = { ...context, settings: { ...settings, account: { ...settings.account, users: [] } } };
  const entries: BatchEntry[] = [];
  let { nextSequence } = progress;
  for (const answer of answersIn(documentOf(letter, limits), letter.first)) {
    const batch = batchFor(world, { ...progress, nextSequence }, letter.first, answer);
    for (const event of answer.events) batch.event(event, () => false);
    // One by one: a letter may hold more entries than a call takes arguments.
    for (const entry of batch.entries) entries.push(entry);
    nextSequence = batch.nextSequence;
  }
  if (entries.some(({ record }) => record?.topic === 'deadletter')) return null;
  const next = { ...progress, nextSequence, nextAnswer: progress.nextAnswer + 1 };
  return { records: entries.map(({ outgoing }) => outgoing), next, entries };
}

function batchFor(
  context: PlanContext,
  progress: AccountProgress,
  { generation, polledAckId, receivedAt }: LetterPart,
  { ackId, channel, sid }: ReplayedAnswer,
): RecordBatch {
  // What was asked in this session is not what the letter answers.
  const then: AccountProgress = { ...progress, sid, requests: [] };
  return new RecordBatch(context, then, { ackId, polledAckId, receivedAt, channel, identityGeneration: generation });
}

/** The events with the identities that they had. */
function answersIn(root: XmlElement, first: LetterPart): readonly ReplayedAnswer[] {
  const polledAckId = first.polledAckId ?? '0';
  const onData = ({ ackId, eid, events, sid }: ReturnType<typeof eventsAnswerOf>): ReplayedAnswer => {
    const { admitted } = admitEvents(orderEvents(events, eid), polledAckId, NOTHING_SEEN);
    return { channel: 'data', sid: sid ?? first.sid, ackId, events: admitted.map(replayed) };
  };
  if (!isResponses(root)) return [onData(eventsAnswerOf(root))];
  const { nestedEvents, responses, sid } = responsesAnswerOf(root);
  const events = admitResponses(orderResponses(responses.map(({ element }) => element)), first.answer);
  const answer: ReplayedAnswer = {
    channel: 'command',
    sid: sid ?? first.sid,
    ackId: null,
    events: events.map(replayed),
  };
  return [answer, ...nestedEvents.map((nested) => onData({ ...nested, ackId: null }))];
}

function replayed(event: AdmittedEvent): AdmittedEvent {
  return { ...event, isReplay: true, warnings: [...event.warnings, 'replayed'] };
}
