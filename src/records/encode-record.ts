import { unreachable } from '../lib/assert.ts';
import { recordBytesOf, type ValuedRecord } from '../lib/outgoing-record.ts';
import { encodeValue, type EncodedValue, type SchemaIds } from './encode-value.ts';
import { TOPICS, type DataRecord, type LogicalTopic } from './topics/topics.ts';

export interface EncodeOptions {
  readonly installation: string;
  /** Configured name of each topic. */
  readonly topics: Readonly<Record<LogicalTopic, string>>;
  /** Not set: values are JSON. */
  readonly schemaIds?: SchemaIds | undefined;
}

/**
 * Makes the Kafka record of a record (records §1): JSON or Avro by the topic's schema, keyed by the subject or else by the
 * account, CloudEvents attributes as headers (binary mode), and the time of receipt as its timestamp, never a time
 * that the server or a user gave.
 *
 * @throws {@link AssertionError} if the record is not what its schema says.
 */
export function encodeRecord(record: DataRecord, options: EncodeOptions): ValuedRecord {
  const { value } = record;
  const key = value.subjectUri ?? value.accountUri;
  const encoded = encodedOf(record, options.schemaIds);
  const sized = {
    key,
    value: encoded.value,
    headers: {
      ce_specversion: '1.0',
      ce_id: value.id,
      ce_type: `com.cwa-bridge.${value.recordType}.v${TOPICS[record.topic].major}`,
      ce_source: `/${options.installation}/${value.site}/${value.accountId}`,
      ce_subject: key,
      ce_time: new Date(value.receivedAt).toISOString(),
      'content-type': encoded.contentType,
      'schema-version': String(value.schemaVersion),
    },
    timestampMs: value.receivedAt,
  };
  return { topic: options.topics[record.topic], ...sized, bytes: recordBytesOf(sized) };
}

function encodedOf(record: DataRecord, ids: SchemaIds | undefined): EncodedValue {
  switch (record.topic) {
    case 'presence':
      return encodeValue(TOPICS.presence, record.value, ids?.presence);
    case 'signin':
      return encodeValue(TOPICS.signin, record.value, ids?.signin);
    case 'contacts':
      return encodeValue(TOPICS.contacts, record.value, ids?.contacts);
    case 'conversations':
      return encodeValue(TOPICS.conversations, record.value, ids?.conversations);
    case 'requests':
      return encodeValue(TOPICS.requests, record.value, ids?.requests);
    case 'unknown':
      return encodeValue(TOPICS.unknown, record.value, ids?.unknown);
    case 'operations':
      return encodeValue(TOPICS.operations, record.value, ids?.operations);
    case 'deadletter':
      return encodeValue(TOPICS.deadletter, record.value, ids?.deadletter);
    default:
      return unreachable(record);
  }
}
