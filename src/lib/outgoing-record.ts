/** One Kafka record, ready to be sent: what `records` makes, `bridge` carries and `kafka` writes. */
export interface OutgoingRecord {
  readonly topic: string;
  /** Decides the partition: Java's murmur2 over the partition count that was pinned at start. */
  readonly key: string;
  /** The JSON text. */
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The Kafka record timestamp, in milliseconds since the epoch. */
  readonly timestampMs: number;
}
