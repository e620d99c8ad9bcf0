import { recordBytesOf, type ValuedRecord } from '../lib/outgoing-record.ts';
import { encodeValue, type EncodedValue, type SchemaIds } from './encode-value.ts';
import { TOPICS, type DataRecord, type LogicalTopic, type TopicDefinition } from './topics/topics.ts';

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

function encodedOf({ topic, value }: DataRecord, ids: SchemaIds | undefined): EncodedValue {
  // A record's value is that of its topic, which the type of the pair says and that of a lookup does not.
  const definition = TOPICS[topic] as TopicDefinition<DataRecord['value']>;
  return encodeValue(definition, value, ids?.[topic]);
}
