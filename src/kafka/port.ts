import type { SizedRecord } from '../lib/outgoing-record.ts';

/**
 * What the publisher needs of a Kafka client, and no more. kafkajs stands behind it (`kafkajs/`); another client
 * can take its place if it keeps the promises written here, which the tests on three nodes check.
 */

/** Records of one partition, in the order in which they must stand there. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly SizedRecord[];
}

/** What goes out in one produce request: partitions that have the same leader, each at most once. */
export type Send = readonly PartitionBatch[];

/** One transaction, serialised before it is opened. */
export interface TransactionPlan {
  /**
   * Begins with the progress. It is the only send that may be repeated, and only on CONCURRENT_TRANSACTIONS, which the
   * coordinator raises before anything is produced.
   */
  readonly first: readonly [PartitionBatch, ...PartitionBatch[]];
  /** Sent in turn, each once. */
  readonly rest: readonly Send[];
}

export interface CommitReceipt {
  /** The offset after the last record of the first batch. */
  readonly nextOffset: bigint;
}

/**
 * One life of a transactional id. Any error ends it: `dispose`, make a new one, fence, read back. The failed object
 * is never used again, because a commit after a failed send may lie.
 *
 * All methods throw {@link KafkaError}, or the signal's reason when it aborts.
 */
export interface TransactionalProducer {
  /** Connects and initialises the transactional id: every older producer of it is fenced, its open transaction aborted. */
  fence(signal: AbortSignal): Promise<void>;
  /** Resolves only when the broker has said that the transaction is committed. */
  commit(plan: TransactionPlan, signal: AbortSignal): Promise<CommitReceipt>;
  /** Never throws, and does not wait for a broker that does not answer. */
  dispose(): Promise<void>;
}

export interface ReadRequest {
  readonly topic: string;
  readonly partition: number;
  /** Where to begin; 0 reads everything that compaction left. */
  readonly fromOffset: bigint;
  readonly signal: AbortSignal;
}

export interface PartitionContents {
  /** Last committed value of each key at or after `fromOffset`; null where it is a tombstone. */
  readonly values: ReadonlyMap<string, string | null>;
  /** The last stable offset that was reached: everything before it has been seen. */
  readonly nextOffset: bigint;
}

export interface TailRequest {
  readonly topic: string;
  readonly partition: number;
  /** Where to begin. */
  readonly fromOffset: bigint;
}

export interface TailedRecord {
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: string | null;
}

/** What a partition holds now: the first offset that is still there, and the last stable offset. */
export interface PartitionEnds {
  readonly low: bigint;
  readonly high: bigint;
}

/** Follows partitions. A port of its own: publishing does not need it. */
export interface PartitionTail {
  /** Committed records as they come, until the signal aborts. @throws {@link KafkaError} if a right is missing. */
  tail(request: TailRequest, signal: AbortSignal): AsyncIterable<TailedRecord>;
  ends(topic: string, partition: number, signal: AbortSignal): Promise<PartitionEnds>;
}

/** Leaders by partition number; null where there is none at the moment. Its length is the partition count. */
export type TopicLayout = readonly (number | null)[];

/** By topic. A topic that does not exist is not in it. */
export type ClusterLayout = ReadonlyMap<string, TopicLayout>;

/** All methods throw {@link KafkaError}, or the signal's reason when it aborts. */
export interface KafkaLog {
  createProducer(transactionalId: string): TransactionalProducer;
  /** Reads committed records up to the last stable offset at the time of the call. */
  readPartition(request: ReadRequest): Promise<PartitionContents>;
  layout(topics: readonly string[], signal: AbortSignal): Promise<ClusterLayout>;
  /** Effective settings of a topic by name, such as `cleanup.policy`. */
  topicSettings(topic: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}
