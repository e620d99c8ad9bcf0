import { CONFERENCE, INITIATE_IM_SESSION_ACCEPTED } from '../cwa/protocol.ts';
import { elementsOf, serializeXml, type XmlElement } from '../lib/xml.ts';
import { peopleOf, readItem } from './conversations/conversation-items.ts';
import { CONVERSATION_FACTS, isConversationFact } from './conversations/conversation-vocabulary.ts';
import type { WritingRules } from './conversations/written.ts';
import type { DisclosedEvent } from './disclosed-event.ts';
import { ElementReader } from './reading/element-reader.ts';
import { Findings } from './reading/findings.ts';
import { privacyRulesOf, type RecordContext } from './record-context.ts';
import { eventHead } from './record-head.ts';
import type { ConversationItem } from './topics/conversations.ts';
import { type DataRecord, TOPICS } from './topics/topics.ts';
import { unknownChildRecords } from './unknown-records.ts';

/**
 * The facts that {@link recordsOfFact} reads where they stand among the events. Without `initiateImSessionAccepted`:
 * there it answers a request, and belongs to the requests.
 */
export const FACT_EVENTS: readonly string[] = [...CONVERSATION_FACTS].filter(
  (name) => name !== INITIATE_IM_SESSION_ACCEPTED,
);

/**
 * The records of a `conference`, keyed by the account (events-and-categories §3.1 K4): one with everything that is
 * known, its children in document order; then, for each child that is not known, those of its generic form.
 */
export function recordsOfConference(event: DisclosedEvent, context: RecordContext): readonly DataRecord[] {
  const unknown = elementsOf(event.element).filter((child) => !isConversationFact(child));
  const slice = unknown.length === 0 ? event.element : without(event.element, new Set(unknown));
  const reader = new ElementReader(slice, null, new Findings(context, event.warnings));
  reader.attribute('eid');
  const rid = reader.attribute('rid');
  const confId = reader.long('confId');
  const rules = writingRulesOf(event, context);
  const items = reader.every(isConversationFact, (child) => readItem(child, rules));
  reader.finish();
  const records = [conversationRecord(event, context, reader.findings, { rid, confId, items, slice })];
  for (const child of unknown) {
    const place = { confId, firstIndex: records.length };
    // One by one: more users than a call takes arguments fit into an answer.
    for (const record of unknownChildRecords(event, child, context, place)) records.push(record);
  }
  return records;
}

/** The record of a fact that stands among the events (§4.12): of which conversation is not said. */
export function recordsOfFact(event: DisclosedEvent, context: RecordContext): readonly DataRecord[] {
  const reader = new ElementReader(event.element, null, new Findings(context, event.warnings));
  reader.attribute('eid');
  const item = readItem(reader, writingRulesOf(event, context));
  const rid = item.rid ?? reader.attribute('rid');
  reader.finish();
  return [
    conversationRecord(event, context, reader.findings, { rid, confId: null, items: [item], slice: event.element }),
  ];
}

function writingRulesOf({ concealed }: DisclosedEvent, context: RecordContext): WritingRules {
  return { policy: privacyRulesOf(context).messages, concealed };
}

function without(element: XmlElement, children: ReadonlySet<XmlElement>): XmlElement {
  return {
    ...element,
    children: element.children.filter((child) => typeof child === 'string' || !children.has(child)),
  };
}

interface Conversation {
  readonly rid: string | null;
  readonly confId: number | bigint | null;
  readonly items: readonly ConversationItem[];
  /** The part of the event that the record is about. */
  readonly slice: XmlElement;
}

function conversationRecord(
  event: DisclosedEvent,
  context: RecordContext,
  findings: Findings,
  { rid, confId, items, slice }: Conversation,
): DataRecord {
  const facts = {
    recordType: CONFERENCE,
    schemaVersion: TOPICS.conversations.version,
    subjectUri: null,
    subjectUriRaw: null,
    rid,
    userIndex: 0,
    userCount: 0,
    origin: event.isReplay ? 'replay' : 'live',
    raw: context.includeRaw ? findings.bounded('raw', serializeXml(slice)) : null,
  };
  return {
    topic: 'conversations',
    value: {
      ...eventHead(event, context, facts, findings),
      confId,
      peerUri: peerOf(items, context.accountUri),
      contentPolicy: privacyRulesOf(context).messages,
      items,
    },
  };
}

/** The one other person that the items name; null if they name nobody else, or several. */
function peerOf(items: readonly ConversationItem[], accountUri: string): string | null {
  const others = new Set(items.flatMap(peopleOf).filter((person) => person !== accountUri));
  const [peer = null, ...further] = others;
  return further.length === 0 ? peer : null;
}
