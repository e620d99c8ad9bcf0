import type { Kafka } from 'kafkajs';

import { present } from '../lib/assert.ts';
import type { AbortedTransaction, TransactionalMessage } from './committed-messages.ts';

/**
 * The part of kafkajs' inner cluster that can fetch without a consumer group. It is not public, and kafkajs no longer
 * changes. There is no public way to what the scan needs: the consumer hides which transactions are aborted, and
 * decides it wrongly (`committed-messages.ts`).
 */
export interface KafkajsCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  /** Partitions by the node id of their leader. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(options: { readonly nodeId: string }): Promise<KafkajsBroker>;
}

interface KafkajsBroker {
  fetch(request: FetchRequest): Promise<{ readonly responses: readonly FetchedTopic[] }>;
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
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  /** From the begin of the record batch in which the asked offset is, markers and aborted messages included. */
  readonly messages: readonly FetchedMessage[];
}

interface FetchedMessage extends TransactionalMessage {
  readonly timestamp: string;
  readonly value: Buffer | null;
}

/** Isolation level of the fetch and list-offsets requests. https://kafka.apache.org/protocol#The_Messages_Fetch */
export const READ_COMMITTED = 1;

type CreateCluster = (options: {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
  readonly maxInFlightRequests: number;
  readonly isolationLevel: typeof READ_COMMITTED;
}) => KafkajsCluster;

/**
 * A cluster of its own, not yet connected.
 *
 * @throws {@link AssertionError} if this is another kafkajs than the one that was pinned.
 */
export function createCluster(kafka: Kafka): KafkajsCluster {
  const symbols = Object.getOwnPropertySymbols(kafka);
  const name = symbols.find(({ description }) => description === 'private:Kafka:createCluster');
  const inner = kafka as unknown as Readonly<Record<symbol, CreateCluster | undefined>>;
  const create = present(name === undefined ? undefined : inner[name], "kafkajs' createCluster");
  return create({
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
    isolationLevel: READ_COMMITTED,
  });
}
