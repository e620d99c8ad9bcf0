import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';

import { parseProgress } from '../../bridge/progress/account-progress.ts';
import { progressKey } from '../../bridge/progress/progress-key.ts';
import { formatOrder, type OrderTask } from '../../bridge/orders/order.ts';
import type { CarriedOutOrder } from '../../bridge/orders/orders-done.ts';
import type { BridgeConfiguration } from '../../config/configuration.ts';
import type { KafkajsLog } from '../../kafka/kafkajs/log.ts';
import { systemClock } from '../../lib/clock.ts';
import { BridgeError } from '../../lib/errors.ts';
import { partitionOf } from '../../lib/murmur2.ts';

/** What is ordered, and how long the answer may take. */
export interface OrderRequest {
  readonly accountId: string;
  readonly task: OrderTask;
  /** Milliseconds; 0 does not wait. */
  readonly timeoutMs: number;
}

/** An order that stands in the orders topic; `result` is null while nobody has carried it out. */
export interface GivenOrder {
  readonly id: string;
  readonly result: CarriedOutOrder | null;
}

/** The topics are not such that an order could reach anybody. */
class OrdersTopicError extends BridgeError {
  constructor(message: string) {
    super(message, { code: 'orders-topic', disposition: 'fatal' });
  }
}

/**
 * Writes an order to the partition that is the account's shard, and waits until the account's committed progress says
 * what became of it. Whoever owns the shard carries it out, now or at its next start; this works from any host.
 *
 * @throws {@link KafkaError} if it is not certain that the order stands, or if the progress cannot be read.
 * @throws {@link OrdersTopicError}
 */
export async function giveOrder(
  kafka: KafkajsLog,
  { kafka: { shards, topics } }: BridgeConfiguration,
  { accountId, task, timeoutMs }: OrderRequest,
  signal: AbortSignal,
): Promise<GivenOrder> {
  const { orders, progress } = topics.names;
  await checkTopics(kafka, [orders, progress], shards, signal);
  const partition = partitionOf(accountId, shards);
  const { high } = await kafka.ends(progress, partition, signal);
  const slip = { id: randomUUID(), accountId, task, by: orderedBy(), at: systemClock.now() };
  const place = { topic: orders, partition, key: accountId, timestampMs: slip.at };
  await kafka.append({ ...place, value: formatOrder(slip) }, signal);
  if (timeoutMs === 0) return { id: slip.id, result: null };
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  for await (const { key, value } of kafka.tail({ topic: progress, partition, fromOffset: high }, deadline)) {
    if (key !== progressKey(accountId) || value === null) continue;
    const { last } = parseProgress(accountId, value).orders;
    if (last?.id === slip.id) return { id: slip.id, result: last };
  }
  return { id: slip.id, result: null };
}

async function checkTopics(
  kafka: KafkajsLog,
  topics: readonly string[],
  shards: number,
  signal: AbortSignal,
): Promise<void> {
  const layout = await kafka.layout(topics, signal);
  for (const topic of topics) {
    const partitions = layout.get(topic)?.length;
    if (partitions === shards) continue;
    throw new OrdersTopicError(
      partitions === undefined
        ? `Kafka has no topic ${topic}: nobody could read the order. Create it with cwa-bridge topics --create.`
        : `The topic ${topic} has ${String(partitions)} partitions and kafka.shards is ${String(shards)}: the order ` +
            "would not reach the account's owner. Is this the configuration of the running bridge?",
    );
  }
}

/** For people who look back: who it was and where. */
function orderedBy(): string {
  return `${userName()}@${hostname()}`;
}

/** In a container there may be no name for the user's number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
