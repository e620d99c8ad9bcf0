/** A committed record as it stands in Kafka. */
export interface CheckedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** The record's timestamp, in milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly key: string | null;
  /** JSON text, made of Avro where that is what the topic holds; null for a tombstone. */
  readonly value: string | null;
  /** Size of the value in Kafka. */
  readonly valueBytes: number;
  /** Why there is no text although there are bytes; null if there is. */
  readonly fault: string | null;
}
