import { type AccountProgress, parseProgress } from '../../bridge/progress/account-progress.ts';
import { ownerOfKey } from '../../bridge/progress/progress-key.ts';
import type { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import type { KafkajsScanner } from '../../kafka/kafkajs/scanner.ts';
import { BridgeError } from '../../lib/errors.ts';
import { TopicsMissingError } from '../topics-missing-error.ts';

/** So long a transaction may take to end; what is open longer belongs to a bridge that was killed, and is not committed. */
const SETTLE_MS = 35_000;

/** Everything that is committed in one shard, by key; tombstones are gone. */
export type ShardProgress = ReadonlyMap<string, string>;

/** What is committed cannot be read to its end. */
class OpenTransactionError extends BridgeError {
  constructor(topic: string) {
    super(
      `In ${topic} a transaction has been open for ${String(SETTLE_MS / 1000)} s: what comes behind it cannot be read yet. ` +
        'Stop the bridge, or look for a hanging one with kafka-transactions.sh find-hanging; then try again.',
      { code: 'transaction-open', disposition: 'retry' },
    );
  }
}

/**
 * Reads the whole progress topic, committed records only, without a consumer group; also the last words of a bridge
 * that has just ended.
 *
 * @param mustBeWhole refuses to read while a transaction stays open, whose outcome nobody knows.
 * @returns by shard.
 * @throws {@link OpenTransactionError}; {@link KafkaError} if it cannot be read; {@link TopicsMissingError}.
 */
export async function readProgress(
  kafka: KafkajsLog,
  topic: string,
  signal: AbortSignal,
  { mustBeWhole = false }: { readonly mustBeWhole?: boolean } = {},
): Promise<readonly ShardProgress[]> {
  if (!(await kafka.layout([topic], signal)).has(topic)) throw new TopicsMissingError([topic]);
  if (!(await kafka.settle(topic, SETTLE_MS, signal)) && mustBeWhole) throw new OpenTransactionError(topic);
  return scanProgress(kafka.createScanner(), topic, signal);
}

/**
 * Reads the whole progress topic as it is now, committed records only, without a consumer group.
 *
 * @param isKept which keys are of interest; the others are passed over.
 * @returns by shard.
 * @throws {@link KafkaError} if it cannot be read.
 */
export async function scanProgress(
  scanner: KafkajsScanner,
  topic: string,
  signal: AbortSignal,
  isKept: (key: string) => boolean = () => true,
): Promise<readonly ShardProgress[]> {
  const bounds = await scanner.bounds([topic], null, signal);
  const shards = bounds.map(() => new Map<string, string>());
  await scanner.scan(
    bounds,
    ({ key, partition, value }) => {
      if (key === null || !isKept(key)) return;
      if (value === null) shards[partition]?.delete(key);
      else shards[partition]?.set(key, value.toString('utf8'));
    },
    signal,
  );
  return shards;
}

/** The accounts of a shard, each with the number of users of whom something is known. */
export function accountsIn(
  progress: ShardProgress,
): readonly { readonly account: AccountProgress; readonly users: number }[] {
  const users = new Map<string, number>();
  for (const key of progress.keys()) {
    const owner = ownerOfKey(key);
    if (owner?.kind === 'user') users.set(owner.accountId, (users.get(owner.accountId) ?? 0) + 1);
  }
  return [...progress].flatMap(([key, value]) => {
    const owner = ownerOfKey(key);
    if (owner?.kind !== 'account') return [];
    return [{ account: parseProgress(owner.accountId, value), users: users.get(owner.accountId) ?? 0 }];
  });
}
