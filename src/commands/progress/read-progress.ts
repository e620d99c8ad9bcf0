import { type AccountProgress, parseProgress, progressKey } from '../../bridge/progress/account-progress.ts';
import type { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import { BridgeError } from '../../lib/errors.ts';

/** So long a transaction may take to end; what is open longer belongs to a bridge that was killed, and is not committed. */
const SETTLE_MS = 35_000;

/** Everything that is committed in one shard, by key; tombstones are gone. */
export type ShardProgress = ReadonlyMap<string, string>;

/** The topic is not there. */
class ProgressTopicError extends BridgeError {
  constructor(topic: string) {
    super(`Kafka has no topic ${topic}. Look at kafka.topics, or create it: cwa-bridge topics --create.`, {
      code: 'topics-missing',
      disposition: 'fatal',
    });
  }
}

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
 * @throws {@link OpenTransactionError}; {@link KafkaError} if it cannot be read; {@link ProgressTopicError}.
 */
export async function readProgress(
  kafka: KafkajsLog,
  topic: string,
  signal: AbortSignal,
  { mustBeWhole = false }: { readonly mustBeWhole?: boolean } = {},
): Promise<readonly ShardProgress[]> {
  const partitions = (await kafka.layout([topic], signal)).get(topic)?.length;
  if (partitions === undefined) throw new ProgressTopicError(topic);
  if (!(await kafka.settle(topic, SETTLE_MS, signal)) && mustBeWhole) throw new OpenTransactionError(topic);
  const shards = Array.from({ length: partitions }, () => new Map<string, string>());
  const scanner = kafka.createScanner();
  const bounds = await scanner.bounds([topic], null, signal);
  await scanner.scan(
    bounds,
    ({ key, partition, value }) => {
      if (key === null) return;
      if (value === null) shards[partition]?.delete(key);
      else shards[partition]?.set(key, value.toString('utf8'));
    },
    signal,
  );
  return shards;
}

const ACCOUNT_PREFIX = progressKey('');

/** The accounts of a shard, each with the number of users of whom something is known. */
export function accountsIn(
  progress: ShardProgress,
): readonly { readonly account: AccountProgress; readonly users: number }[] {
  const users = new Map<string, number>();
  for (const key of progress.keys()) {
    const accountId = key.startsWith(ACCOUNT_PREFIX) ? null : accountOf(key);
    if (accountId !== null) users.set(accountId, (users.get(accountId) ?? 0) + 1);
  }
  return [...progress].flatMap(([key, value]) => {
    if (!key.startsWith(ACCOUNT_PREFIX)) return [];
    const accountId = key.slice(ACCOUNT_PREFIX.length);
    return [{ account: parseProgress(accountId, value), users: users.get(accountId) ?? 0 }];
  });
}

/** Whose a record of the progress topic is: of an account itself, or of one of its users; null for a claim. */
export function accountOf(key: string): string | null {
  const [kind = '', accountId = ''] = key.split('/', 2);
  return kind === 'a' || kind === 'u' ? accountId : null;
}
