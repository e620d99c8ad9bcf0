import { type OutgoingRecord, recordBytesOf, type ValuedRecord } from '../lib/outgoing-record.ts';
import type { EncodeOptions } from './encode-record.ts';
import { encodeValue } from './encode-value.ts';
import { type CurrentRecord } from './topics/current.ts';
import { STATE_TOPICS } from './topics/topics.ts';

/** What encoding a current state needs of the settings. */
export type EncodeCurrentOptions = Pick<EncodeOptions, 'schemaIds'> & {
  readonly topics: { readonly current: string };
};

/**
 * Makes the Kafka record of a user's current state, keyed by the user. It is a state and no event, so it has no
 * CloudEvents attributes: only its media type and the version of its schema. Its timestamp is `updatedAt`.
 *
 * @throws {@link AssertionError} if the record is not what its schema says.
 */
export function encodeCurrent(current: CurrentRecord, { schemaIds, topics }: EncodeCurrentOptions): ValuedRecord {
  const { contentType, value } = encodeValue(STATE_TOPICS.current, current, schemaIds?.current);
  const record = {
    key: current.userUri,
    value,
    headers: { 'content-type': contentType, 'schema-version': String(STATE_TOPICS.current.version) },
    timestampMs: current.updatedAt,
  };
  return { topic: topics.current, ...record, bytes: recordBytesOf(record) };
}

/** Ends a user's current state: nobody watches the user any longer. */
export function currentTombstone(
  userUri: string,
  { topics }: Pick<EncodeCurrentOptions, 'topics'>,
  timestampMs: number,
): OutgoingRecord {
  const record = { key: userUri, value: null, headers: {}, timestampMs };
  return { topic: topics.current, ...record, bytes: recordBytesOf(record) };
}
