import { recordBytesOf, type SizedRecord } from '../lib/outgoing-record.ts';
import type { ProgressValue } from './commit-unit.ts';

/** Bytes of an empty record batch, format 2. https://kafka.apache.org/documentation/#recordbatch */
export const BATCH_OVERHEAD_BYTES = 61;

export function progressRecord({ key, value }: ProgressValue, timestampMs: number): SizedRecord {
  const record = { key, value: value === null ? null : Buffer.from(value), headers: {}, timestampMs };
  return { ...record, bytes: recordBytesOf(record) };
}
