import { unreachable } from '../lib/assert.ts';
import { recordBytesOf, type ValuedRecord } from '../lib/outgoing-record.ts';
import { TOPICS, type DataRecord, type LogicalTopic } from './topics/topics.ts';

export interface EncodeOptions {
  readonly installation: string;
  /** Configured name of each topic. */
  readonly topics: Readonly<Record<LogicalTopic, string>>;
}

/**
 * Makes the Kafka record of a record (records §1): JSON by the topic's schema, keyed by the subject or else by the
 * account, CloudEvents attributes as headers (binary mode), and the time of receipt as its timestamp, never a time
 * that the server or a user gave.
 *
 * @throws {@link AssertionError} if the record is not what its schema says.
 */
export function encodeRecord(record: DataRecord, options: EncodeOptions): ValuedRecord {
  const { value } = record;
  const key = value.subjectUri ?? value.accountUri;
  const sized = {
    key,
    value: Buffer.from(valueOf(record)),
    headers: {
      ce_specversion: '1.0',
      ce_id: value.id,
      ce_type: `com.cwa-bridge.${value.recordType}.v${TOPICS[record.topic].major}`,
      ce_source: `/${options.installation}/${value.site}/${value.accountId}`,
      ce_subject: key,
      ce_time: new Date(value.receivedAt).toISOString(),
      'content-type': 'application/json',
      'schema-version': String(value.schemaVersion),
    },
    timestampMs: value.receivedAt,
  };
  return { topic: options.topics[record.topic], ...sized, bytes: recordBytesOf(sized) };
}

function valueOf(record: DataRecord): string {
  switch (record.topic) {
    case 'presence':
      return TOPICS.presence.serialize(record.value);
    case 'signin':
      return TOPICS.signin.serialize(record.value);
    case 'contacts':
      return TOPICS.contacts.serialize(record.value);
    case 'conversations':
      return TOPICS.conversations.serialize(record.value);
    case 'requests':
      return TOPICS.requests.serialize(record.value);
    case 'unknown':
      return TOPICS.unknown.serialize(record.value);
    case 'operations':
      return TOPICS.operations.serialize(record.value);
    case 'deadletter':
      return TOPICS.deadletter.serialize(record.value);
    default:
      return unreachable(record);
  }
}
