import type { BackoffBounds } from '../lib/backoff.ts';

/** Which shard of which installation, and who publishes for it. */
export interface ShardIdentity {
  readonly shard: number;
  /** Number of shards of the installation; immutable. */
  readonly shards: number;
  readonly installation: string;
  /** Name of this process, for people; the claim's nonce tells processes apart. */
  readonly replica: string;
  readonly progressTopic: string;
}

export interface ShardSettings {
  /** Most bytes that one transaction gathers; a larger unit goes alone. */
  readonly groupBytesMax: number;
  /** Largest record batch of one partition, under the brokers' `message.max.bytes` (1,048,588 by default). */
  readonly batchBytesMax: number;
  /** When the broker ends a transaction by itself, in milliseconds. */
  readonly transactionTimeoutMs: number;
  /**
   * Shortest time between a commit and the next transaction, in milliseconds. The coordinator is still finishing the
   * last one then, and would only answer CONCURRENT_TRANSACTIONS.
   */
  readonly pauseAfterCommitMs: number;
  /** Between attempts to get the shard back while Kafka does not answer. */
  readonly backoff: BackoffBounds;
}

export const SHARD_DEFAULTS: ShardSettings = {
  groupBytesMax: 8 * 1024 * 1024,
  batchBytesMax: 900 * 1024,
  transactionTimeoutMs: 30_000,
  pauseAfterCommitMs: 2,
  backoff: { minMs: 100, maxMs: 5_000 },
};

export function transactionalIdOf(installation: string, shard: number): string {
  return `${installation}-shard-${String(shard)}`;
}
