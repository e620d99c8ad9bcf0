/** One Kafka record, ready to be sent: what `records` makes, `bridge` carries and `kafka` writes. */
export interface OutgoingRecord extends SizedRecord {
  readonly topic: string;
}

/** One that is no tombstone. */
export interface ValuedRecord extends OutgoingRecord {
  readonly value: Buffer;
}

/** A record with its size, which is counted once and known before a transaction is opened. */
export interface SizedRecord extends UnsizedRecord {
  /** Upper bound of its size inside an uncompressed record batch, in bytes. */
  readonly bytes: number;
}

interface UnsizedRecord {
  /** Decides the partition: Java's murmur2 over the partition count that was pinned at start. */
  readonly key: string;
  /** The bytes of the value; null is a tombstone: the key is gone. */
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The Kafka record timestamp, in milliseconds since the epoch. */
  readonly timestampMs: number;
}

/** Length, attributes, timestamp and offset deltas, lengths of key and value, count of headers: all at their widest. */
const RECORD_OVERHEAD_BYTES = 36;
/** Lengths of a header's name and value at their widest. */
const HEADER_OVERHEAD_BYTES = 10;

/** @returns the upper bound of a record's size. https://kafka.apache.org/documentation/#record */
export function recordBytesOf({ key, value, headers }: Omit<UnsizedRecord, 'timestampMs'>): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(key) + (value?.length ?? 0);
  for (const name in headers)
    bytes += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '');
  return bytes;
}
