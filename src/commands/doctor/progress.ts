import { parseProgress, type AccountProgress } from '../../bridge/progress/account-progress.ts';
import { ownerOfKey, progressKey } from '../../bridge/progress/progress-key.ts';
import { type ClaimRecord, claimKey, parseClaim } from '../../kafka/claim-record.ts';
import type { KafkajsScanner } from '../../kafka/kafkajs/scanner.ts';
import { partitionOf } from '../../lib/murmur2.ts';
import { scanProgress, type ShardProgress } from '../progress/read-progress.ts';

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
  // User states are most of the topic, and say nothing here.
  const shards = await scanProgress(scanner, topic, signal, (key) => ownerOfKey(key)?.kind !== 'user');
  return foldProgress(shards, accountIds);
}

/** Pure. What is of interest of all shards. */
function foldProgress(shards: readonly ShardProgress[], accountIds: readonly string[]): CommittedProgress {
  const claims = new Map<number, ClaimRecord>();
  for (const [shard, values] of shards.entries()) {
    const text = values.get(claimKey(shard));
    if (text !== undefined) claims.set(shard, parseClaim(claimKey(shard), text));
  }
  const accounts = new Map<string, AccountProgress>();
  for (const accountId of accountIds) {
    const text = shards[partitionOf(accountId, shards.length)]?.get(progressKey(accountId));
    if (text !== undefined) accounts.set(accountId, parseProgress(accountId, text));
  }
  return { claims, accounts };
}
