import { createRequire } from 'node:module';

import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';

/**
 * Fetching one partition without a consumer group, which kafkajs can do inside but does not offer. A group would need
 * its coordinator, and the judge must read also in the seconds after a broker was killed. kafkajs has no `exports`
 * map and is no longer changed, so what is used here stays.
 */
export interface FetchedPartition {
  readonly partition: number;
  /** Committed records from the fetched offset on; those of aborted transactions and markers are left out. */
  readonly messages: readonly KafkaMessage[];
  /** The offset to fetch next. */
  readonly nextOffset: bigint;
  /** Everything below is decided. */
  readonly lastStableOffset: bigint;
  /** Everything below is replicated; above the last stable offset it belongs to undecided transactions or follows them. */
  readonly highWatermark: bigint;
}

interface PartitionData {
  readonly partition: number;
  readonly errorCode?: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly messages: readonly unknown[];
}

interface Broker {
  fetch(request: object): Promise<{
    readonly responses: readonly { readonly topicName: string; readonly partitions: readonly PartitionData[] }[];
  }>;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  findBroker(node: { readonly nodeId: string }): Promise<Broker>;
}

interface Batch {
  readonly messages: readonly KafkaMessage[];
  readonly rawMessages: readonly unknown[];
  lastOffset(): string;
}

type BatchClass = new (topic: string, fetchedOffset: string, data: PartitionData) => Batch;

const BatchOfKafkajs = createRequire(import.meta.url)('kafkajs/src/consumer/batch.js') as BatchClass;
const READ_COMMITTED = 1;
const BYTES_MAX = 4 * 1024 * 1024;

/** One connection to a cluster for reading one topic. Thrown away after any error. */
export class TopicFetcher {
  readonly #topic: string;
  readonly #cluster: Cluster;

  private constructor(topic: string, cluster: Cluster) {
    this.#topic = topic;
    this.#cluster = cluster;
  }

  static async connect(brokers: readonly string[], topic: string): Promise<TopicFetcher> {
    const cluster = createCluster(brokers);
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    return new TopicFetcher(topic, cluster);
  }

  get partitions(): readonly number[] {
    return this.#cluster.findTopicPartitionMetadata(this.#topic).map(({ partitionId }) => partitionId);
  }

  /** One fetch, answered at once whether there is something or not. */
  async fetch(partition: number, offset: bigint): Promise<FetchedPartition> {
    const metadata = this.#cluster.findTopicPartitionMetadata(this.#topic);
    const leader = metadata.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
    const broker = await this.#cluster.findBroker({ nodeId: String(leader) });
    const { responses } = await broker.fetch({
      replicaId: -1,
      isolationLevel: READ_COMMITTED,
      maxWaitTime: 0,
      minBytes: 0,
      maxBytes: BYTES_MAX,
      topics: [{ topic: this.#topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: BYTES_MAX }] }],
    });
    const data = responses[0]?.partitions[0];
    if (data === undefined) throw new Error(`no answer about ${this.#topic}[${String(partition)}]`);
    const batch = new BatchOfKafkajs(this.#topic, String(offset), data);
    return {
      partition,
      messages: batch.messages,
      nextOffset: batch.rawMessages.length === 0 ? offset : BigInt(batch.lastOffset()) + 1n,
      lastStableOffset: BigInt(data.lastStableOffset),
      highWatermark: BigInt(data.highWatermark),
    };
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect().catch(() => undefined);
  }
}

function createCluster(brokers: readonly string[]): Cluster {
  const kafka = new Kafka({
    clientId: 'chaos-judge',
    brokers: [...brokers],
    connectionTimeout: 1_000,
    requestTimeout: 1_500,
    enforceRequestTimeout: true,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const key = Object.getOwnPropertySymbols(kafka).find(({ description }) => description?.endsWith(':createCluster'));
  if (key === undefined) throw new Error('this kafkajs is not the one that this was written for');
  const create = (kafka as unknown as Readonly<Record<symbol, (options: object) => Cluster>>)[key];
  if (create === undefined) throw new Error('this kafkajs is not the one that this was written for');
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false, isolationLevel: READ_COMMITTED });
}
