import type { OutgoingRecord } from '../lib/outgoing-record.ts';
import { currentTombstone, encodeCurrent } from './encode-current.ts';
import { encodeRecord } from './encode-record.ts';
import type { SchemaIds } from './encode-value.ts';
import { concealRecord, concealValue } from './pseudonyms/conceal.ts';
import { concealId, type PseudonymKey, pseudonymOf } from './pseudonyms/pseudonym.ts';
import { type RecordOwner, recordId } from './record-id.ts';
import { type EncodedRecord, fitRecord } from './splitting/fit-records.ts';
import { type CurrentRecord, currentSchema } from './topics/current.ts';
import type { DataRecord, PublishedTopic } from './topics/topics.ts';

/**
 * The one way out: everything that is published passes here, so that people have their pseudonyms
 * (`privacy.subjects: pseudonym`) in all of it or in none. Behind it nobody knows any more what a record says: key,
 * headers, partition and size are made of what is published.
 *
 * What a record is made of stays plain, and so does whatever the bridge keeps for itself: states of users, progress,
 * counters.
 */
export interface OutletSettings {
  readonly installation: string;
  /** Logical topic name → configured topic name. */
  readonly topics: Readonly<Record<PublishedTopic, string>>;
  /** Not set: values are JSON. */
  readonly schemaIds?: SchemaIds | undefined;
  readonly recordBytesMax: number;
  /** Not set, or none: people are named. The first makes the pseudonyms; the others made those of before. */
  readonly pseudonymKeys?: readonly PseudonymKey[] | undefined;
}

/** Where a record stands among those of its event. */
export interface RecordPlace {
  readonly owner: RecordOwner;
  /** Of what the record is about: part of its `id`. */
  readonly identity: string;
}

/** Encodes a record whatever its size. */
export function outgoingOf(record: DataRecord, settings: OutletSettings): OutgoingRecord {
  const key = firstKeyOf(settings);
  return encodeRecord(key === undefined ? record : concealRecord(record, key), settings);
}

/**
 * Encodes a record, in parts if it is too large. It is concealed before it is measured, because a pseudonym may be
 * longer than the address.
 *
 * @returns null if it cannot be made to fit. What the parts were made of names the user as `record` does.
 */
export function fittedOf(
  record: DataRecord,
  { identity, owner }: RecordPlace,
  settings: OutletSettings,
): readonly EncodedRecord[] | null {
  const key = firstKeyOf(settings);
  const fitted = fitRecord(key === undefined ? record : concealRecord(record, key), {
    bytesMax: settings.recordBytesMax,
    encode: (part) => encodeRecord(part, settings),
    idOf: (part) => {
      const id = recordId(owner, identity, record.value.userIndex, part);
      return key === undefined ? id : concealId(id, key);
    },
  });
  if (key === undefined || fitted === null) return fitted;
  return fitted.map(({ outgoing, record: part }) => ({ outgoing, record: withSubjectOf(record, part) }));
}

/**
 * Encodes the current state of a user, and ends the states that the topic may still hold under older pseudonyms.
 */
export function outgoingStatesOf(current: CurrentRecord, settings: OutletSettings): readonly OutgoingRecord[] {
  const key = firstKeyOf(settings);
  if (key === undefined) return [encodeCurrent(current, settings)];
  const ended = olderPseudonymsOf(current.userUri, settings).map((name) => {
    return currentTombstone(name, settings, current.updatedAt);
  });
  return [...ended, encodeCurrent(concealValue(currentSchema, current, key), settings)];
}

/** Ends the current state of a user, under whatever name it is known. */
export function outgoingTombstones(
  userUri: string,
  settings: OutletSettings,
  timestampMs: number,
): readonly OutgoingRecord[] {
  const key = firstKeyOf(settings);
  if (key === undefined) return [currentTombstone(userUri, settings, timestampMs)];
  const names = [...olderPseudonymsOf(userUri, settings), pseudonymOf(userUri, key)];
  return names.map((name) => currentTombstone(name, settings, timestampMs));
}

/** Whether people are published under pseudonyms. */
export function hasPseudonyms(settings: Pick<OutletSettings, 'pseudonymKeys'>): boolean {
  return firstKeyOf(settings) !== undefined;
}

function firstKeyOf({ pseudonymKeys }: Pick<OutletSettings, 'pseudonymKeys'>): PseudonymKey | undefined {
  return pseudonymKeys?.[0];
}

function olderPseudonymsOf(userUri: string, { pseudonymKeys = [] }: OutletSettings): readonly string[] {
  return pseudonymKeys.slice(1).map((key) => pseudonymOf(userUri, key));
}

function withSubjectOf({ value }: DataRecord, part: DataRecord): DataRecord {
  return { topic: part.topic, value: { ...part.value, subjectUri: value.subjectUri } } as DataRecord;
}
