import type { OutgoingRecord } from '../lib/outgoing-record.ts';
import type { ProgressValue } from './commit-unit.ts';
import type { WireRecord } from './port.ts';

/** Bytes of an empty record batch, format 2. https://kafka.apache.org/documentation/#recordbatch */
export const BATCH_OVERHEAD_BYTES = 61;
/** Length, attributes, timestamp and offset deltas, lengths of key and value, count of headers: all at their widest. */
const RECORD_OVERHEAD_BYTES = 36;
/** Lengths of a header's name and value at their widest. */
const HEADER_OVERHEAD_BYTES = 10;

/** Upper bound of a record's size inside an uncompressed batch, in bytes. */
export function wireBytesOf(record: Omit<WireRecord, 'bytes'>): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(record.key) + Buffer.byteLength(record.value ?? '');
  for (const [name, value] of Object.entries(record.headers)) {
    bytes += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}

export function toWireRecord({ key, value, headers, timestampMs }: OutgoingRecord): WireRecord {
  const record = { key, value, headers, timestampMs };
  return { ...record, bytes: wireBytesOf(record) };
}

export function progressRecord({ key, value }: ProgressValue, timestampMs: number): WireRecord {
  const record = { key, value, headers: {}, timestampMs };
  return { ...record, bytes: wireBytesOf(record) };
}
