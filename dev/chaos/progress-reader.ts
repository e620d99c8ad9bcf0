import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { type Admin, type Consumer, Kafka, logLevel } from 'kafkajs';

import { Coalesced } from './coalesced.ts';

/** What is committed about one account: the fields of its progress record that a poll depends on. */
export interface CommittedProgress {
  readonly state: string;
  readonly sid: string | null;
  readonly ackId: string;
}

/** For finding the coordinator of a cluster that has just begun. */
const CONSUMER_RETRIES = 30;
const RESTART_PAUSE_MS = 200;

/**
 * Follows the progress topic as a `read_committed` consumer of its own, so that at any time it can be asked: what is
 * committed *now*? Shares no code with the bridge.
 *
 * "Now" is the last stable offset (LSO) that is fetched after the question: everything below it is decided, and the
 * reader has it when it has consumed up to there. Offsets of transaction markers and aborted records count too, so the
 * end of each fetched batch is noted, not only that of records.
 */
export class ProgressReader {
  readonly #topic: string;
  readonly #brokers: readonly string[];
  readonly #admin: Admin;
  readonly #accounts = new Map<string, CommittedProgress>();
  /** Per partition: the offset behind the last one consumed. */
  readonly #positions = new Map<number, bigint>();
  readonly #onCommitted: (accountId: string, progress: CommittedProgress) => void;
  readonly #stableEnds: Coalesced<ReadonlyMap<number, bigint>>;
  #consumer: Consumer | null = null;
  #wake = Promise.withResolvers<undefined>();
  #isConnected = false;
  #isClosed = false;

  /** @param onCommitted told every committed progress record in its order. */
  constructor(
    brokers: readonly string[],
    topic: string,
    onCommitted: (accountId: string, progress: CommittedProgress) => void,
  ) {
    this.#topic = topic;
    this.#brokers = brokers;
    this.#onCommitted = onCommitted;
    this.#admin = client(brokers, 0).admin();
    this.#stableEnds = new Coalesced(() => this.#fetchStableEnds());
  }

  /** Begins to read, from the beginning of the topic; again whenever Kafka's faults ended the consumer. */
  async start(): Promise<void> {
    const consumer = client(this.#brokers, CONSUMER_RETRIES).consumer({
      groupId: `chaos-judge-${randomUUID()}`,
      maxWaitTimeInMs: 20,
      sessionTimeout: 30_000,
      heartbeatInterval: 3_000,
      readUncommitted: false,
      allowAutoTopicCreation: false,
    });
    this.#consumer = consumer;
    const { CRASH, END_BATCH_PROCESS } = consumer.events;
    consumer.on(END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
      this.#reached(partition, BigInt(lastOffset) + 1n);
    });
    consumer.on(CRASH, ({ payload: { restart } }) => {
      if (!restart) void this.#startAnew(consumer);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [this.#topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 3,
      eachMessage: ({ partition, message: { key, value, offset } }) => {
        this.#take(partition, BigInt(offset), String(key), String(value));
        return Promise.resolve();
      },
    });
  }

  /** The last that was read; may be older than what is committed. */
  lastRead(accountId: string): CommittedProgress | undefined {
    return this.#accounts.get(accountId);
  }

  /**
   * Resolves when everything is read that was decided at the time of the call.
   *
   * @throws if Kafka does not tell its ends, or the reader does not get there within `timeoutMs`.
   */
  async catchUp(timeoutMs: number): Promise<void> {
    const ends = await this.#stableEnds.get();
    const deadline = performance.now() + timeoutMs;
    while (![...ends].every(([partition, end]) => (this.#positions.get(partition) ?? 0n) >= end)) {
      if (this.#isClosed) throw new Error('the reader of the progress topic was closed');
      const left = deadline - performance.now();
      if (left <= 0) throw new Error('the reader of the progress topic lags');
      await Promise.race([this.#wake.promise, delay(Math.min(left, 50))]);
    }
  }

  async stop(): Promise<void> {
    this.#isClosed = true;
    this.#wake.resolve(undefined);
    await Promise.allSettled([this.#consumer?.disconnect(), this.#admin.disconnect()]);
  }

  async #startAnew(crashed: Consumer): Promise<void> {
    await crashed.disconnect().catch(() => undefined);
    while (!this.#isClosed) {
      await delay(RESTART_PAUSE_MS);
      try {
        await this.start();
        return;
      } catch {
        await this.#consumer?.disconnect().catch(() => undefined);
      }
    }
  }

  async #fetchStableEnds(): Promise<ReadonlyMap<number, bigint>> {
    try {
      if (!this.#isConnected) await this.#admin.connect();
      this.#isConnected = true;
      // Of kafkajs: `high` is the last stable offset, not the high watermark.
      const offsets = await this.#admin.fetchTopicOffsets(this.#topic);
      return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
    } catch (error) {
      this.#isConnected = false;
      await this.#admin.disconnect().catch(() => undefined);
      throw error;
    }
  }

  #take(partition: number, offset: bigint, key: string, value: string): void {
    // A consumer that was started anew begins at the beginning: what was told is not told again.
    if (offset < (this.#positions.get(partition) ?? 0n)) return;
    this.#positions.set(partition, offset + 1n);
    if (!key.startsWith('a/')) return;
    const { ackId, sid, state } = JSON.parse(value) as CommittedProgress;
    const accountId = key.slice(2);
    this.#accounts.set(accountId, { ackId, sid, state });
    this.#onCommitted(accountId, { ackId, sid, state });
  }

  #reached(partition: number, position: bigint): void {
    if (position > (this.#positions.get(partition) ?? 0n)) this.#positions.set(partition, position);
    this.#wake.resolve(undefined);
    this.#wake = Promise.withResolvers<undefined>();
  }
}

function client(brokers: readonly string[], retries: number): Kafka {
  return new Kafka({
    clientId: 'chaos-judge',
    brokers: [...brokers],
    connectionTimeout: 1_000,
    requestTimeout: 1_500,
    enforceRequestTimeout: true,
    retry: { retries, initialRetryTime: 50, maxRetryTime: 500 },
    logLevel: logLevel.NOTHING,
  });
}
