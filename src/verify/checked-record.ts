/** A committed record as it stands in Kafka. */
export interface CheckedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** The record's timestamp, in milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string | null;
}
