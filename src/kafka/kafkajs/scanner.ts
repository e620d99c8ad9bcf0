import type { Admin, Kafka } from 'kafkajs';

import { present } from '../../lib/assert.ts';
import type { Clock } from '../../lib/clock.ts';
import { abortable } from '../../lib/abortable.ts';
import { createCluster, type FetchedPartition, type KafkajsCluster, READ_COMMITTED } from './cluster.ts';
import { connectTo, OUT_OF_RANGE, readFrom } from './fetch.ts';
import { kafkaCodeOf, KafkaError, kindOf, toKafkaError } from '../kafka-error.ts';

/** A part of a partition. */
export interface ScanRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  /** Exclusive; not above the last stable offset. */
  readonly to: bigint;
}

export interface PartitionBounds extends ScanRange {
  /** First offset that is still there; `from` is not below it. */
  readonly low: bigint;
}

export interface ScannedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: string | null;
  /** The bytes as they are: JSON text, or Avro. */
  readonly value: Buffer | null;
}

/** Takes one record; the next is handed out when what it returns has settled. */
export type TakeRecord = (record: ScannedRecord) => Promise<void> | void;

export interface ScannerOptions {
  readonly clock: Clock;
  /** So long nothing may arrive before a scan is given up. */
  readonly stallTimeoutMs: number;
}

/** Of one answer of a broker, and of one partition in it. Large: a scan is about throughput. */
const FETCH_BYTES = 8 * 1024 * 1024;
const PARTITION_BYTES = 2 * 1024 * 1024;
const FETCH_WAIT_MS = 100;
const RETRY_WAIT_MS = 200;

/** A partition has no leader for a moment: it was just made, or its broker goes. */
const LEADERS_MOVE: ReadonlySet<string> = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE']);

/**
 * Reads whole topics, committed records only, in the order of each partition, without a consumer group: it needs no
 * right but READ on the topics and leaves nothing behind. All methods throw {@link KafkaError}, or the signal's reason
 * when it aborts.
 */
export class KafkajsScanner {
  readonly #kafka: Kafka;
  readonly #options: ScannerOptions;

  constructor(kafka: Kafka, options: ScannerOptions) {
    this.#kafka = kafka;
    this.#options = options;
  }

  /**
   * What is to be read: from the first record of that time or later (null: from the first that there is) to the last
   * stable offset, as they are now.
   */
  async bounds(
    topics: readonly string[],
    sinceMs: number | null,
    signal: AbortSignal,
  ): Promise<readonly PartitionBounds[]> {
    const { clock, stallTimeoutMs } = this.#options;
    const deadline = clock.monotonic() + stallTimeoutMs;
    for (;;) {
      try {
        return await this.#askBounds(topics, sinceMs, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!LEADERS_MOVE.has(kafkaCodeOf(error)) || clock.monotonic() >= deadline) {
          throw toKafkaError(error, `asking for the ends of ${topics.join(', ')}`, { phase: 'read' });
        }
      }
      await clock.sleep(RETRY_WAIT_MS, signal);
    }
  }

  async #askBounds(
    topics: readonly string[],
    sinceMs: number | null,
    signal: AbortSignal,
  ): Promise<readonly PartitionBounds[]> {
    const admin = this.#kafka.admin();
    try {
      const asked = admin.connect().then(async () => {
        const bounds: PartitionBounds[] = [];
        for (const topic of topics) bounds.push(...(await boundsOf(admin, topic, sinceMs)));
        return bounds;
      });
      return await abortable(asked, signal);
    } finally {
      void admin.disconnect().catch(() => undefined);
    }
  }

  /** Hands out the records one by one; returns when all ranges are read. Throws what `onRecord` throws, too. */
  async scan(ranges: readonly ScanRange[], onRecord: TakeRecord, signal: AbortSignal): Promise<void> {
    const scan = new Scan(createCluster(this.#kafka), ranges, onRecord, this.#options);
    await scan.run(signal);
  }
}

/** What the taker of records threw: trying again would hand out records twice. */
class TakerFailure extends Error {
  constructor(cause: unknown) {
    super('the taker of records failed', { cause });
  }
}

interface Cursor extends ScanRange {
  position: bigint;
}

/** One run over some ranges: fetches from one broker after the other until every cursor is at its end. */
class Scan {
  readonly #cluster: KafkajsCluster;
  readonly #onRecord: TakeRecord;
  readonly #options: ScannerOptions;
  readonly #topics: readonly string[];
  #open: readonly Cursor[];

  constructor(cluster: KafkajsCluster, ranges: readonly ScanRange[], onRecord: TakeRecord, options: ScannerOptions) {
    this.#cluster = cluster;
    this.#onRecord = onRecord;
    this.#options = options;
    this.#open = ranges.filter(({ from, to }) => from < to).map((range) => ({ ...range, position: range.from }));
    this.#topics = [...new Set(this.#open.map(({ topic }) => topic))];
  }

  async run(signal: AbortSignal): Promise<void> {
    if (this.#open.length === 0) return;
    const { clock, stallTimeoutMs } = this.#options;
    let movedAt = clock.monotonic();
    let isConnected = false;
    let lastError: unknown = null;
    try {
      while (this.#open.length > 0) {
        signal.throwIfAborted();
        try {
          if (!isConnected) await abortable(connectTo(this.#cluster, this.#topics), signal);
          isConnected = true;
          if (await this.#turn(signal)) movedAt = clock.monotonic();
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof TakerFailure) throw error.cause;
          lastError = error;
          this.#throwIfHopeless(error);
          await clock.sleep(RETRY_WAIT_MS, signal);
          await abortable(this.#cluster.refreshMetadata(), signal).catch(() => undefined);
        }
        if (clock.monotonic() - movedAt > stallTimeoutMs) throw this.#stalled(lastError);
      }
    } finally {
      void this.#cluster.disconnect().catch(() => undefined);
    }
  }

  /** @returns whether any cursor moved. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    let hasMoved = false;
    for (const [nodeId, cursors] of this.#byLeader()) {
      const broker = await abortable(this.#cluster.findBroker({ nodeId }), signal);
      const { responses } = await abortable(broker.fetch(requestOf(cursors)), signal);
      for (const { topicName, partitions } of responses) {
        for (const fetched of partitions) {
          const cursor = cursors.find(({ topic, partition }) => topic === topicName && partition === fetched.partition);
          if (await this.#take(present(cursor, `cursor of ${topicName}`), fetched)) hasMoved = true;
        }
      }
    }
    this.#open = this.#open.filter(({ position, to }) => position < to);
    return hasMoved;
  }

  async #take(cursor: Cursor, fetched: FetchedPartition): Promise<boolean> {
    const { topic, partition, position: from, to } = cursor;
    const { messages, next } = readFrom(from, fetched);
    for (const { key, offset, timestamp, value } of messages) {
      const at = BigInt(offset);
      if (at >= to) break;
      const content = { key: key?.toString('utf8') ?? null, value };
      await this.#handOut({ topic, partition, offset: at, timestampMs: Number(timestamp), ...content });
    }
    cursor.position = next;
    return next > from;
  }

  /** @throws {@link TakerFailure} */
  async #handOut(record: ScannedRecord): Promise<void> {
    try {
      await this.#onRecord(record);
    } catch (error) {
      throw new TakerFailure(error);
    }
  }

  #byLeader(): ReadonlyMap<string, readonly Cursor[]> {
    const leaders = new Map<string, Cursor[]>();
    for (const cursor of this.#open) {
      const [nodeId] = Object.keys(this.#cluster.findLeaderForPartitions(cursor.topic, [cursor.partition]));
      if (nodeId === undefined) continue;
      const cursors = leaders.get(nodeId) ?? [];
      cursors.push(cursor);
      leaders.set(nodeId, cursors);
    }
    return leaders;
  }

  /** Everything else is tried again: brokers come back, and leaders move. */
  #throwIfHopeless(error: unknown): void {
    const kafkaCode = kafkaCodeOf(error);
    if (OUT_OF_RANGE.has(kafkaCode)) {
      const message = 'Kafka: retention deleted records while they were read. Begin again, or with a later time.';
      throw new KafkaError(message, { kind: 'unknown', kafkaCode, phase: 'read', cause: error });
    }
    if (kindOf(kafkaCode) === 'denied')
      throw toKafkaError(error, `reading ${this.#topics.join(', ')}`, { phase: 'read' });
  }

  #stalled(lastError: unknown): KafkaError {
    const [cursor] = this.#open;
    const where =
      cursor === undefined ? '' : `${cursor.topic}/${String(cursor.partition)} at ${String(cursor.position)}`;
    const waited = `nothing arrived of ${where} for ${String(this.#options.stallTimeoutMs)} ms`;
    if (lastError !== null) return toKafkaError(lastError, `reading (${waited})`, { phase: 'read' });
    const message = `Kafka: ${waited}. Look at the brokers' load, and whether the partition has a leader.`;
    return new KafkaError(message, { kind: 'unknown', kafkaCode: 'READ_TIMEOUT', phase: 'read' });
  }
}

async function boundsOf(admin: Admin, topic: string, sinceMs: number | null): Promise<readonly PartitionBounds[]> {
  const ends = await admin.fetchTopicOffsets(topic);
  const starts = sinceMs === null ? [] : await admin.fetchTopicOffsetsByTimestamp(topic, sinceMs);
  return ends.map(({ partition, low, high }) => {
    const start = BigInt(starts.find((found) => found.partition === partition)?.offset ?? low);
    const to = BigInt(high);
    const from = start < BigInt(low) ? BigInt(low) : start;
    return { topic, partition, low: BigInt(low), from: from > to ? to : from, to };
  });
}

function requestOf(cursors: readonly Cursor[]) {
  const topics = Map.groupBy(cursors, ({ topic }) => topic);
  return {
    isolationLevel: READ_COMMITTED,
    maxWaitTime: FETCH_WAIT_MS,
    minBytes: 1,
    maxBytes: FETCH_BYTES,
    topics: [...topics].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, position }) => ({
        partition,
        fetchOffset: String(position),
        maxBytes: PARTITION_BYTES,
      })),
    })),
  } as const;
}
