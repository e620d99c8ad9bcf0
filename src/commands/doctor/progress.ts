import { parseProgress, progressKey, type AccountProgress } from '../../bridge/progress/account-progress.ts';
import { type ClaimRecord, claimKey, parseClaim } from '../../kafka/claim-record.ts';
import type { KafkajsScanner } from '../../kafka/kafkajs/scanner.ts';
import { partitionOf } from '../../lib/murmur2.ts';

/** What the progress topic says about this installation. */
export interface CommittedProgress {
  /** By shard; only shards that were claimed. */
  readonly claims: ReadonlyMap<number, ClaimRecord>;
  /** By account; only configured accounts that `run` has had. */
  readonly accounts: ReadonlyMap<string, AccountProgress>;
}

/** A topic that does not exist yet, or is empty. */
export const NO_PROGRESS: CommittedProgress = { claims: new Map(), accounts: new Map() };

/**
 * Reads the whole progress topic, committed records only, without a group.
 *
 * @throws {@link KafkaError}; {@link BridgeError} if a record cannot be read; the signal's reason when it aborts.
 */
export async function readProgress(
  scanner: KafkajsScanner,
  topic: string,
  accountIds: readonly string[],
  signal: AbortSignal,
): Promise<CommittedProgress> {
  const bounds = await scanner.bounds([topic], null, signal);
  const partitions = Array.from(bounds, () => new Map<string, string | null>());
  const keep = ({ key, partition, value }: { partition: number; key: string | null; value: Buffer | null }): void => {
    // User states are most of the topic, and say nothing here.
    if (key?.startsWith('u/') === false) partitions[partition]?.set(key, value?.toString('utf8') ?? null);
  };
  await scanner.scan(bounds, keep, signal);
  return foldProgress(partitions, accountIds);
}

/** Pure. `partitions` are the last values by key, in the order of the partitions. */
function foldProgress(
  partitions: readonly ReadonlyMap<string, string | null>[],
  accountIds: readonly string[],
): CommittedProgress {
  const claims = new Map<number, ClaimRecord>();
  for (const [shard, values] of partitions.entries()) {
    const text = values.get(claimKey(shard)) ?? null;
    if (text !== null) claims.set(shard, parseClaim(claimKey(shard), text));
  }
  const accounts = new Map<string, AccountProgress>();
  for (const accountId of accountIds) {
    const text = partitions[partitionOf(accountId, partitions.length)]?.get(progressKey(accountId)) ?? null;
    if (text !== null) accounts.set(accountId, parseProgress(accountId, text));
  }
  return { claims, accounts };
}
