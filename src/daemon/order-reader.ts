import { type Order, parseOrder } from '../bridge/orders/order.ts';
import type { KafkaLog, PartitionTail, TailedRecord } from '../kafka/port.ts';
import { hasAborted } from '../lib/abortable.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

export interface OrderReaderParts {
  readonly kafka: Pick<KafkaLog, 'layout'> & PartitionTail;
  /** Name of the orders topic. */
  readonly topic: string;
  /** Number of shards, which the topic must have as partitions. */
  readonly shards: number;
  readonly log: Log;
  readonly clock: Clock;
  /** Called for each order, in the order of the partition; also for those that were carried out long ago. */
  readonly deliver: (order: Order) => void;
}

/** Where there is no topic, or no right to read it, it is looked for again after this time. */
const LOOK_AGAIN_MS = 60_000;
/** So long a start waits for what was ordered while the daemon was down; what comes later is carried out later. */
const CATCH_UP_MS = 10_000;

/**
 * Reads the orders of one shard from their beginning, and then as they come (docs/adr/0006-orders.md). Nothing else
 * depends on it: a bridge without an orders topic publishes as ever, and only does not hear its operators.
 */
export class OrderReader {
  readonly #parts: OrderReaderParts;
  readonly #shard: number;
  readonly #caughtUp = Promise.withResolvers<undefined>();

  constructor(parts: OrderReaderParts, shard: number) {
    this.#parts = parts;
    this.#shard = shard;
  }

  /** Resolves when everything that was ordered before is delivered, or when that takes too long. */
  async caughtUp(): Promise<void> {
    const over = new AbortController();
    await Promise.race([this.#caughtUp.promise, this.#parts.clock.sleep(CATCH_UP_MS, over.signal)]);
    over.abort();
  }

  /** Reads until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, topic } = this.#parts;
    const remedy = `Operators cannot reach the accounts of shard ${String(this.#shard)}; everything else goes on`;
    while (!signal.aborted) {
      try {
        const trouble = await this.#lookForTopic(signal);
        if (trouble === null) await this.#follow(signal);
        else log.error({ topic, remedy: trouble }, `no orders are read: ${trouble}. ${remedy}`);
      } catch (error) {
        if (hasAborted(signal)) return;
        log.error({ err: error, topic }, `no orders are read: see err, and the right READ on ${topic}. ${remedy}`);
      }
      this.#caughtUp.resolve(undefined);
      await clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  /** @returns what is wrong with the topic and what to do; null if nothing is. */
  async #lookForTopic(signal: AbortSignal): Promise<string | null> {
    const { kafka, shards, topic } = this.#parts;
    const partitions = (await kafka.layout([topic], signal)).get(topic)?.length ?? null;
    if (partitions === null) return `there is no topic ${topic}; create it with cwa-bridge topics --create`;
    if (partitions === shards) return null;
    return (
      `the topic ${topic} has ${String(partitions)} partitions and kafka.shards is ${String(shards)}; ` +
      'delete it and create it with cwa-bridge topics --create'
    );
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { kafka, topic } = this.#parts;
    const partition = this.#shard;
    const { high, low } = await kafka.ends(topic, partition, signal);
    if (high <= low) this.#caughtUp.resolve(undefined);
    for await (const record of kafka.tail({ topic, partition, fromOffset: low }, signal)) {
      this.#take(record);
      if (record.offset >= high - 1n) this.#caughtUp.resolve(undefined);
    }
  }

  #take({ key, offset, value }: TailedRecord): void {
    const { deliver, log, topic } = this.#parts;
    const order = parseOrder(Number(offset), value);
    const reason = typeof order === 'string' ? order : order.accountId === key ? null : 'its key is another account';
    if (typeof order === 'string' || reason !== null) {
      const place = { topic, partition: this.#shard, offset: String(offset) };
      log.warn({ ...place, key, reason }, 'record of the orders topic passed over: it is no order');
      return;
    }
    deliver(order);
  }
}
