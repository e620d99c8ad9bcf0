/** What is known of a partition before it is read. */
interface PartitionStart {
  readonly topic: string;
  readonly partition: number;
  /** First offset that is still there: 0, unless retention has cut. */
  readonly low: bigint;
  /** Where reading begins. */
  readonly from: bigint;
}

export interface HorizonFacts {
  readonly partitions: readonly PartitionStart[];
  /** What `--since` says, in milliseconds since the epoch; null if it was not given. */
  readonly sinceMs: number | null;
  /** For each topic how old a record is at least when retention deletes it; null where age does not decide. */
  readonly retentionMs: ReadonlyMap<string, number | null>;
  readonly nowMs: number;
}

/**
 * How much the timestamps of records may be out of order along the sequence of an account or the offsets of a
 * partition: they say when an answer arrived, and it may have waited for its commit.
 */
export const DISORDER_MS = 60_000;

/**
 * From which timestamp on everything must be there. A partition that was not read from its first offset lacks records,
 * and those are older than a time that can be told: the one of `--since`, or the age at which retention deletes. Where
 * `--since` is given it counts also if nothing is cut: after a move the numbers of before are in another cluster.
 *
 * @returns null if every partition was read from its first offset without `--since`, Infinity if no time can be told.
 */
export function horizonOf({ partitions, sinceMs, retentionMs, nowMs }: HorizonFacts): number | null {
  const cut = partitions.filter(({ from }) => from > 0n);
  if (cut.length === 0) return sinceMs;
  const times = cut.map(({ topic, from, low }) => {
    // The first record of that time is behind the cut, so `--since` says what is missing.
    if (sinceMs !== null && from > low) return sinceMs;
    const age = retentionMs.get(topic) ?? null;
    return age === null ? Infinity : Math.max(sinceMs ?? -Infinity, nowMs - age + DISORDER_MS);
  });
  return Math.max(...times);
}
