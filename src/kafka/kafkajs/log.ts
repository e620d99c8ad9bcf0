import kafkajs, { type Admin, type ISocketFactory, type Kafka } from 'kafkajs';

import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { abortable } from '../../lib/abortable.ts';
import { kafkaCodeOf, type KafkaPhase, toKafkaError } from '../kafka-error.ts';
import { kafkajsLogCreator } from './log-creator.ts';
import { KafkajsProducer } from './producer.ts';
import { readPartition } from './read-partition.ts';
import { KafkajsScanner } from './scanner.ts';
import { type KafkajsSecurity, securityOf } from './security.ts';
import { settle } from './settle.ts';
import { tailPartition } from './tail.ts';
import { type AppendRequest, appendRecord } from './append.ts';
import type {
  ClusterLayout,
  KafkaLog,
  PartitionContents,
  PartitionEnds,
  PartitionTail,
  ReadRequest,
  TailedRecord,
  TailRequest,
  TopicLayout,
  TransactionalProducer,
} from '../port.ts';
import { SeedBrokers } from '../seed-brokers.ts';
import type { TopicAdmin, TopicDescription, TopicPlan } from '../topic-admin.ts';

export interface KafkajsLogOptions extends KafkajsSecurity {
  readonly installation: string;
  /** `host:port` of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  readonly connectionTimeoutMs: number;
  /** How long a broker may take to answer, enforced: a stopped broker would otherwise never be noticed. */
  readonly requestTimeoutMs: number;
  readonly transactionTimeoutMs: number;
  /** How long reading back one partition may take. */
  readonly readTimeoutMs: number;
  readonly logger: Log;
  readonly clock: Clock;
  /** In place of plain or TLS sockets, for tests of the link. */
  readonly socketFactory?: ISocketFactory;
}

/**
 * Of connecting and of looking for coordinators, which repeat nothing that was produced. What goes beyond is left to
 * our own back-off, which can be aborted.
 */
const RETRY = { initialRetryTime: 50, maxRetryTime: 1_000, retries: 4, factor: 0.2, multiplier: 2 };
/** A coordinator that has just started loads its groups for some tenths of a second; kafkajs gives up at once. */
const GROUP_LOAD_ATTEMPTS = 20;
const GROUP_LOAD_PAUSE_MS = 100;
/** A Kafka that does not answer must not hold up the end of the program. */
const CLOSE_TIMEOUT_MS = 2_000;

/** The Kafka client of the bridge: kafkajs behind the port. */
export class KafkajsLog implements KafkaLog, PartitionTail, TopicAdmin {
  readonly #options: KafkajsLogOptions;
  readonly #kafka: Kafka;
  readonly #seeds: SeedBrokers;
  readonly #leftovers = new Set<Promise<void>>();

  constructor(options: KafkajsLogOptions) {
    this.#options = options;
    this.#seeds = new SeedBrokers(options.brokers);
    this.#kafka = new kafkajs.Kafka({
      clientId: options.installation,
      brokers: () => this.#seeds.list(),
      connectionTimeout: options.connectionTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      enforceRequestTimeout: true,
      retry: RETRY,
      logCreator: kafkajsLogCreator(options.logger),
      ...securityOf(options),
      ...(options.socketFactory !== undefined && { socketFactory: options.socketFactory }),
    });
  }

  createProducer(transactionalId: string): TransactionalProducer {
    const { transactionTimeoutMs, clock } = this.#options;
    const { mark } = this.#seeds;
    const onUnreachable = (): void => {
      this.#seeds.leave(mark);
    };
    return new KafkajsProducer(this.#kafka, { transactionalId, transactionTimeoutMs, clock, onUnreachable });
  }

  /** For whole topics, which are too large to be folded by key. */
  createScanner(): KafkajsScanner {
    const { clock, readTimeoutMs: stallTimeoutMs } = this.#options;
    return new KafkajsScanner(this.#kafka, { clock, stallTimeoutMs });
  }

  tail(request: TailRequest, signal: AbortSignal): AsyncIterable<TailedRecord> {
    const { clock, logger } = this.#options;
    const onFailure = (err: Error): void => {
      logger.info({ err, topic: request.topic, partition: request.partition }, 'partition not followed: tried again');
    };
    return tailPartition(this.#kafka, request, { clock, onFailure }, signal);
  }

  async ends(topic: string, partition: number, signal: AbortSignal): Promise<PartitionEnds> {
    const offsets = await this.#admin('read', `asking for the end of ${topic}`, signal, (admin) =>
      admin.fetchTopicOffsets(topic),
    );
    const found = offsets.find((offset) => offset.partition === partition);
    return { low: BigInt(found?.low ?? 0), high: BigInt(found?.high ?? 0) };
  }

  /** Waits until no transaction is open in a topic; false if one was, all the time. */
  async settle(topic: string, deadlineMs: number, signal: AbortSignal): Promise<boolean> {
    const offsets = await this.#admin('read', `asking for the ends of ${topic}`, signal, (admin) =>
      admin.fetchTopicOffsets(topic),
    );
    const ascending = offsets.toSorted((a, b) => a.partition - b.partition);
    const partitions = ascending.map(({ high }) => BigInt(high));
    return settle(this.#kafka, { topic, partitions, deadlineMs, clock: this.#options.clock }, signal);
  }

  /** Writes one record outside of any transaction, once; for what is no event. @returns its offset. */
  append(request: AppendRequest, signal: AbortSignal): Promise<bigint> {
    return appendRecord(this.#kafka, request, signal);
  }

  async readPartition(request: ReadRequest): Promise<PartitionContents> {
    const { topic, partition, signal } = request;
    const { clock, readTimeoutMs: deadlineMs, installation } = this.#options;
    const bounds = await this.ends(topic, partition, signal);
    const groupPrefix = `${installation}-recover-`;
    const onGroupLeft = (groupId: string): void => {
      this.#deleteGroup(groupId);
    };
    const options = { ...request, bounds, groupPrefix, deadlineMs, clock, onGroupLeft };
    for (let attempt = 1; ; attempt += 1) {
      const { mark } = this.#seeds;
      try {
        return await readPartition(this.#kafka, options);
      } catch (error) {
        signal.throwIfAborted();
        this.#seeds.leave(mark);
        const failure = toKafkaError(error, `reading ${topic}/${String(partition)}`, {
          phase: 'read',
          topic,
          partition,
        });
        if (failure.kafkaCode !== 'GROUP_LOAD_IN_PROGRESS' || attempt === GROUP_LOAD_ATTEMPTS) throw failure;
      }
      await clock.sleep(GROUP_LOAD_PAUSE_MS, signal);
    }
  }

  async layout(topics: readonly string[], signal: AbortSignal): Promise<ClusterLayout> {
    return this.#admin('metadata', `asking for the topics ${topics.join(', ')}`, signal, async (admin) => {
      try {
        return await layoutOf(admin, topics);
      } catch (error) {
        if (kafkaCodeOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
        // kafkajs refuses the whole answer for one missing topic.
        const existing = new Set(await admin.listTopics());
        return await layoutOf(
          admin,
          topics.filter((topic) => existing.has(topic)),
        );
      }
    });
  }

  async topicSettings(topic: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return this.#admin('admin', `reading the settings of ${topic}`, signal, (admin) => settingsOf(admin, topic));
  }

  async describeTopic(topic: string, signal: AbortSignal): Promise<TopicDescription | null> {
    return this.#admin('admin', `describing ${topic}`, signal, async (admin) => {
      const existing = await admin.listTopics();
      if (!existing.includes(topic)) return null;
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const partitions = topics[0]?.partitions ?? [];
      return {
        name: topic,
        partitions: partitions.length,
        replicationFactor: partitions[0]?.replicas.length ?? 0,
        settings: await settingsOf(admin, topic),
      };
    });
  }

  async createTopics(plans: readonly TopicPlan[], signal: AbortSignal): Promise<void> {
    await this.#admin('admin', `creating ${plans.map(({ name }) => name).join(', ')}`, signal, (admin) =>
      admin.createTopics({
        waitForLeaders: true,
        timeout: 15_000,
        topics: plans.map(({ name, partitions, replicationFactor, settings }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: [...settings].map(([setting, value]) => ({ name: setting, value })),
        })),
      }),
    );
  }

  async brokerCount(signal: AbortSignal): Promise<number> {
    return this.#admin('admin', 'counting the brokers', signal, async (admin) => {
      const { brokers } = await admin.describeCluster();
      return brokers.length;
    });
  }

  /** Waits a little for what runs in the background; the producers belong to those who made them. */
  async close(): Promise<void> {
    const deadline = new AbortController();
    await Promise.race([Promise.all(this.#leftovers), this.#options.clock.sleep(CLOSE_TIMEOUT_MS, deadline.signal)]);
    deadline.abort();
  }

  /** One connection for each question: they are rare, and none is left over from before an outage. */
  async #admin<T>(
    phase: KafkaPhase,
    doing: string,
    signal: AbortSignal,
    ask: (admin: Admin) => Promise<T>,
  ): Promise<T> {
    const { mark } = this.#seeds;
    const admin = this.#kafka.admin();
    try {
      signal.throwIfAborted();
      return await abortable(
        admin.connect().then(() => ask(admin)),
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      this.#seeds.leave(mark);
      throw toKafkaError(error, doing, { phase });
    } finally {
      this.#inBackground(admin.disconnect());
    }
  }

  /** Empty groups vanish by themselves after a week; best effort, because it needs a right of its own. */
  #deleteGroup(groupId: string): void {
    const never = new AbortController().signal;
    this.#inBackground(this.#admin('admin', `deleting ${groupId}`, never, (admin) => admin.deleteGroups([groupId])));
  }

  #inBackground(work: Promise<unknown>): void {
    const leftover = work
      .catch(() => undefined)
      .then(() => {
        this.#leftovers.delete(leftover);
      });
    this.#leftovers.add(leftover);
  }
}

async function layoutOf(admin: Admin, topics: readonly string[]): Promise<ClusterLayout> {
  const layout = new Map<string, TopicLayout>();
  if (topics.length === 0) return layout;
  const answer = await admin.fetchTopicMetadata({ topics: [...topics] });
  for (const { name, partitions } of answer.topics) {
    const leaders = new Array<number | null>(partitions.length).fill(null);
    for (const { partitionId, leader } of partitions) leaders[partitionId] = leader < 0 ? null : leader;
    layout.set(name, leaders);
  }
  return layout;
}

async function settingsOf(admin: Admin, topic: string): Promise<ReadonlyMap<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  const entries = resources[0]?.configEntries ?? [];
  return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
}
