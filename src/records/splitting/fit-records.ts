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
  /** `sequence` of the first record; the others follow without a hole. */
  readonly firstSequence: number;
  /** The `id` of each part of a record. */
  readonly idOf: (userIndex: number, part: number) => string;
}

/**
 * Encodes the records of one event; those that are too large are split, and the `sequence` of all that follow counts
 * on behind their parts. Where nothing is too large, nothing is copied.
 *
 * @returns null if one of them cannot be made to fit.
 */
export function fitRecords(records: readonly DataRecord[], options: FitOptions): readonly EncodedRecord[] | null {
  const { bytesMax, encode, firstSequence } = options;
  const fitted: EncodedRecord[] = [];
  for (const given of records) {
    const sequence = firstSequence + fitted.length;
    const record = withSequence(given, sequence);
    const outgoing = encode(record);
    if (outgoing.bytes <= bytesMax) {
      fitted.push({ record, outgoing });
      continue;
    }
    const idOf = (part: number): string => options.idOf(record.value.userIndex, part);
    const parts = splitRecord(record, { bytesMax, encode, idOf, firstSequence: sequence });
    const encoded = parts?.map((part) => ({ record: part, outgoing: encode(part) }));
    if (encoded?.every((part) => part.outgoing.bytes <= bytesMax) !== true) return null;
    fitted.push(...encoded);
  }
  return fitted;
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
