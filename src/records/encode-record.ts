import { unreachable } from '../lib/assert.ts';
import type { OutgoingRecord } from '../lib/outgoing-record.ts';
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
export function encodeRecord(record: DataRecord, options: EncodeOptions): OutgoingRecord {
  const { value } = record;
  const key = value.subjectUri ?? value.accountUri;
  return {
    topic: options.topics[record.topic],
    key,
    value: valueOf(record),
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
}

function valueOf(record: DataRecord): string {
  switch (record.topic) {
    case 'presence':
      return TOPICS.presence.serialize(record.value);
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

/** Lengths and deltas around one record and one header of a record batch, at the most. */
const RECORD_OVERHEAD_BYTES = 40;
const HEADER_OVERHEAD_BYTES = 6;

/** The size of a record as it is sent, in bytes before compression, rounded up by a few dozen. */
export function recordBytes(record: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(record.key) + Buffer.byteLength(record.value);
  for (const [name, value] of Object.entries(record.headers)) {
    bytes += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}
