import { committedMessages } from '../committed-messages.ts';
import { type FetchedMessage, type FetchedPartition, type KafkajsCluster, READ_COMMITTED } from './cluster.ts';

/** The steps of reading without a consumer group, over a cluster of one's own. */

/** What the broker says where records were deleted, or the topic was made anew: the offset is not there. */
export const OUT_OF_RANGE: ReadonlySet<string> = new Set(['OFFSET_OUT_OF_RANGE', 'KafkaJSOffsetOutOfRange']);

/** Connects, and learns where the partitions of the topics are. */
export async function connectTo(cluster: KafkajsCluster, topics: readonly string[]): Promise<void> {
  await cluster.connect();
  await cluster.addMultipleTargetTopics(topics);
}

/** From where in a partition, and how long the broker may wait for how much. */
export interface PartitionFetch {
  readonly topic: string;
  readonly partition: number;
  readonly position: bigint;
  /** Milliseconds. */
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** One fetch of one partition from its leader. Undefined if the answer does not speak of it. */
export async function fetchPartition(
  cluster: KafkajsCluster,
  { maxBytes, maxWaitTime, minBytes, partition, position, topic }: PartitionFetch,
): Promise<FetchedPartition | undefined> {
  const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  const broker = await cluster.findBroker({ nodeId });
  const { responses } = await broker.fetch({
    isolationLevel: READ_COMMITTED,
    maxWaitTime,
    minBytes,
    maxBytes,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(position), maxBytes }] }],
  });
  return responses[0]?.partitions[0];
}

/** Committed messages from `position` on, and the offset behind all that was looked at. */
export function readFrom(
  position: bigint,
  { abortedTransactions, messages }: Pick<FetchedPartition, 'abortedTransactions' | 'messages'>,
): { readonly messages: readonly FetchedMessage[]; readonly next: bigint } {
  const committed = committedMessages(messages, abortedTransactions ?? []);
  const last = messages.at(-1);
  const isBehind = last !== undefined && BigInt(last.offset) >= position;
  return {
    // A fetch begins with the record batch in which the offset is.
    messages: committed.filter(({ offset }) => BigInt(offset) >= position),
    next: isBehind ? BigInt(last.offset) + 1n : position,
  };
}
