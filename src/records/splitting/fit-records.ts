import type { OutgoingRecord } from '../../lib/outgoing-record.ts';
import type { DataRecord } from '../topics/topics.ts';
import { splitRecord } from './split-record.ts';

/** A record, and what is sent of it. */
export interface EncodedRecord {
  readonly record: DataRecord;
  readonly outgoing: OutgoingRecord;
}

export interface FitOptions {
  /** Most bytes of one record (`kafka.recordBytesMax`). */
  readonly bytesMax: number;
  readonly encode: (record: DataRecord) => OutgoingRecord;
  /** The `id` of each part. */
  readonly idOf: (part: number) => string;
}

/**
 * Encodes a record; one that is too large is split, and its parts count on from its `sequence`. Where it fits, nothing
 * is copied.
 *
 * @returns null if it cannot be made to fit.
 */
export function fitRecord(record: DataRecord, { bytesMax, encode, idOf }: FitOptions): readonly EncodedRecord[] | null {
  const outgoing = encode(record);
  if (outgoing.bytes <= bytesMax) return [{ record, outgoing }];
  const parts = splitRecord(record, { bytesMax, whole: outgoing, idOf, firstSequence: Number(record.value.sequence) });
  const encoded = parts?.map((part) => ({ record: part, outgoing: encode(part) }));
  return encoded?.every((part) => part.outgoing.bytes <= bytesMax) === true ? encoded : null;
}

/** Whether something of a record is nowhere else in the records: a text that was cut. */
export function isCut({ record }: EncodedRecord): boolean {
  return record.value.truncated.length > 0;
}

/** The same record under this number. */
export function withSequence(record: DataRecord, sequence: number): DataRecord {
  if (record.value.sequence === sequence) return record;
  return { topic: record.topic, value: { ...record.value, sequence } } as DataRecord;
}
