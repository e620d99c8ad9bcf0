import { type OutgoingRecord, recordBytesOf, type ValuedRecord } from '../../src/lib/outgoing-record.ts';

type Fields = Pick<OutgoingRecord, 'topic' | 'key'> & Partial<Pick<OutgoingRecord, 'headers' | 'timestampMs'>>;

/** A record with the value that is given as text. */
export function outgoingRecord(fields: Fields & { readonly value: string }): ValuedRecord {
  const record = { headers: {}, timestampMs: 1, ...fields, value: Buffer.from(fields.value) };
  return { ...record, bytes: recordBytesOf(record) };
}
