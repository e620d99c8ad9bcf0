import { eventsEnvelopeOf } from '../../src/cwa/documents/envelope.ts';
import { EVENTS, RESPONSES } from '../../src/cwa/protocol.ts';
import { readDocument } from '../../src/cwa/documents/read-document.ts';
import { responsesAnswerOf } from '../../src/cwa/documents/responses.ts';
import { admitEvents, admitResponses, NOTHING_SEEN } from '../../src/events/admit.ts';
import { orderEvents, orderResponses } from '../../src/events/order.ts';
import type { AdmittedEvent } from '../../src/events/ordered-event.ts';
import { elementsOf, type XmlElement } from '../../src/lib/xml.ts';
import { encodeRecord } from '../../src/records/encode-record.ts';
import { normalizeEvent } from '../../src/records/normalize-event.ts';
import type { RecordContext } from '../../src/records/record-context.ts';
import type { DataRecord } from '../../src/records/topics/topics.ts';
import { TOPIC_NAMES } from '../support/topic-names.ts';

/** Installation, times and names are the same in every golden file. */
const CONTEXT = {
  installation: 'cwa-bridge',
  site: 'northpier',
  accountId: 'bot',
  accountUri: 'sip:bot@northpier.example',
  generation: 1_700_000_000,
  answer: 3,
  polledAckId: '1',
  receivedAt: 1_700_000_000_123,
  publishedAt: 1_700_000_000_456,
  isSnapshot: (uri: string) => uri === 'sip:maren.holt@northpier.example',
  isQuery: () => false,
  requestOf: () => null,
  includeRaw: false,
  rawXmlBytesMax: 64 * 1024,
  privacyNotes: 'keep',
} as const;

export const ENCODE_OPTIONS = { installation: 'cwa-bridge', topics: TOPIC_NAMES };

/** What would be published for a document: through the real gate, envelope, order and admission, as the first answer of a session. */
export function recordsOfDocument(bytes: Uint8Array, overrides: Partial<RecordContext> = {}): readonly DataRecord[] {
  const { root } = readDocument(bytes, { roots: [EVENTS, RESPONSES] });
  const envelope = eventsEnvelopeOf(root);
  const events = root.name === RESPONSES ? responsesOf(root) : eventsOf(root);
  const records: DataRecord[] = [];
  for (const event of events) {
    const context: RecordContext = {
      ...CONTEXT,
      ...(root.name === RESPONSES
        ? { channel: 'command', polledAckId: null, sid: responsesAnswerOf(root).sid, ackId: null }
        : { channel: 'data', sid: envelope.sid, ackId: envelope.ackId }),
      firstSequence: records.length + 1,
      ...overrides,
    };
    records.push(...normalizeEvent(event, context));
  }
  return records;
}

function eventsOf(root: XmlElement): readonly AdmittedEvent[] {
  return admitEvents(orderEvents(elementsOf(root), eventsEnvelopeOf(root).eid), '1', NOTHING_SEEN).admitted;
}

function responsesOf(root: XmlElement): readonly AdmittedEvent[] {
  return admitResponses(orderResponses(elementsOf(root)), CONTEXT.answer);
}

/** Topic, key and value of each record: indented, but every number, text and order as it is published. */
export function goldenTextOf(records: readonly DataRecord[]): string {
  const lines = records.map((record) => {
    const { topic, key, value } = encodeRecord(record, ENCODE_OPTIONS);
    return `${topic} ${key}\n${indented(value.toString())}\n`;
  });
  return lines.join('\n');
}

/** One token a line outside of strings; nothing is parsed, so no digit can change. */
function indented(json: string): string {
  let depth = 0;
  return json.replace(/"(?:[^"\\]|\\.)*"|\[\]|\{\}|[[{,}\]]/g, (token) => {
    if (token === ',') return `,\n${'  '.repeat(depth)}`;
    if (token === '[' || token === '{') return `${token}\n${'  '.repeat((depth += 1))}`;
    if (token === ']' || token === '}') return `\n${'  '.repeat((depth -= 1))}${token}`;
    return token;
  });
}
