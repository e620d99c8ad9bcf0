import type { Kafka, Producer, ProducerConfig } from 'kafkajs';

import { present } from '../../lib/assert.ts';
import type { AbortedTransaction, TransactionalMessage } from '../committed-messages.ts';

/**
 * The part of kafkajs' inner cluster that we use. It is not public, and kafkajs no longer changes. There is no public
 * way to fetch without a consumer group, which hides the aborted transactions and decides wrongly which they are
 * (`committed-messages.ts`); nor to what the producer takes for the leader of a partition.
 */
export interface KafkajsCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  /** Partitions by the node id of their leader. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(options: { readonly nodeId: string }): Promise<KafkajsBroker>;
  /** Asks a broker which node is the coordinator. */
  findGroupCoordinatorMetadata: (options: CoordinatorQuery) => Promise<unknown>;
  readonly brokerPool: {
    /** The broker that was connected to first. */
    readonly seedBroker: KafkajsBroker | undefined;
  };
}

interface CoordinatorQuery {
  /** Of a group, or the transactional id. */
  readonly groupId: string;
  readonly coordinatorType: number;
}

export interface KafkajsBroker {
  /** What the broker speaks, by the number of the request. https://kafka.apache.org/protocol#protocol_api_keys */
  readonly versions: Readonly<Record<string, { readonly minVersion: number; readonly maxVersion: number }>>;
  /** Of all topics where none is named. */
  metadata(topics: readonly string[]): Promise<BrokerMetadata>;
  describeConfigs(request: {
    readonly resources: readonly { readonly type: number; readonly name: string }[];
  }): Promise<{
    readonly resources: readonly {
      readonly configEntries: readonly { readonly configName: string; readonly configValue: string }[];
    }[];
  }>;
  addPartitionsToTxn(request: {
    readonly transactionalId: string;
    readonly producerId: string;
    readonly producerEpoch: number;
    readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  }): Promise<unknown>;
  findGroupCoordinator(query: CoordinatorQuery): Promise<unknown>;
  heartbeat(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
  fetch(request: FetchRequest): Promise<{ readonly responses: readonly FetchedTopic[] }>;
}

interface BrokerMetadata {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly partitionMetadata: readonly {
      readonly partitionId: number;
      readonly leader: number;
      readonly replicas: readonly number[];
      readonly isr: readonly number[];
    }[];
  }[];
}

interface FetchRequest {
  readonly isolationLevel: typeof READ_COMMITTED;
  /** How long the broker waits for `minBytes`, in milliseconds. */
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
}

interface FetchedTopic {
  readonly topicName: string;
  readonly partitions: readonly FetchedPartition[];
}

export interface FetchedPartition {
  readonly partition: number;
  /** In decimal, like the next: the end, and the begin of the first open transaction or the end. */
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  /** From the begin of the record batch in which the asked offset is, markers and aborted messages included. */
  readonly messages: readonly FetchedMessage[];
}

export interface FetchedMessage extends TransactionalMessage {
  readonly timestamp: string;
  readonly value: Buffer | null;
}

/** Isolation level of the fetch and list-offsets requests. https://kafka.apache.org/protocol#The_Messages_Fetch */
export const READ_COMMITTED = 1;

interface ClusterOptions {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
  readonly maxInFlightRequests: number;
  readonly isolationLevel: typeof READ_COMMITTED;
}

type CreateCluster = (options: ClusterOptions) => KafkajsCluster;

/**
 * A cluster of its own, not yet connected.
 *
 * @throws {@link AssertionError} if this is another kafkajs than the one that was pinned.
 */
export function createCluster(kafka: Kafka): KafkajsCluster {
  return innerCreateCluster(kafka).create({
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
    isolationLevel: READ_COMMITTED,
  });
}

/**
 * A producer, not yet connected, and the cluster that it alone works with. It asks for the coordinator of its
 * transactional id once, and not anew before each step of a transaction, which were three requests of eight.
 *
 * @throws {@link AssertionError} if this is another kafkajs than the one that was pinned.
 */
export function createProducer(
  kafka: Kafka,
  config: ProducerConfig,
): { readonly producer: Producer; readonly cluster: KafkajsCluster } {
  const { name, create } = innerCreateCluster(kafka);
  let cluster: KafkajsCluster | undefined;
  const createOnce: CreateCluster = (options) => (cluster = rememberingCoordinator(create(options)));
  const own = Object.create(kafka, { [name]: { value: createOnce } }) as Kafka;
  const producer = own.producer(config);
  return { producer, cluster: present(cluster, "the producer's cluster") };
}

function rememberingCoordinator(cluster: KafkajsCluster): KafkajsCluster {
  const known = new Map<string, unknown>();
  const find = cluster.findGroupCoordinatorMetadata.bind(cluster);
  cluster.findGroupCoordinatorMetadata = async (query) => {
    const name = `${String(query.coordinatorType)} ${query.groupId}`;
    const metadata = known.get(name) ?? (await find(query));
    known.set(name, metadata);
    return metadata;
  };
  return cluster;
}

function innerCreateCluster(kafka: Kafka): { readonly name: symbol; readonly create: CreateCluster } {
  const symbols = Object.getOwnPropertySymbols(kafka);
  const name = present(
    symbols.find(({ description }) => description === 'private:Kafka:createCluster'),
    "the name of kafkajs' createCluster",
  );
  const inner = kafka as unknown as Readonly<Record<symbol, CreateCluster | undefined>>;
  return { name, create: present(inner[name], "kafkajs' createCluster") };
}
