import { randomUUID } from 'node:crypto';

import kafkajs, { type Consumer, type Kafka, type PartitionAssigner } from 'kafkajs';

import type { Clock } from '../../lib/clock.ts';
import { abortable } from '../../lib/abortable.ts';
import { KafkaError } from '../kafka-error.ts';
import type { PartitionContents, ReadRequest } from '../port.ts';

const { AssignerProtocol } = kafkajs;
const NO_BYTES = Buffer.alloc(0);

interface ReadBounds {
  /** First offset that is still there. */
  readonly low: bigint;
  /** The last stable offset: kafkajs asks with read_committed. Not the high watermark (kafka-facts §7). */
  readonly high: bigint;
}

export interface ReadPartitionOptions extends ReadRequest {
  readonly bounds: ReadBounds;
  readonly groupPrefix: string;
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** Gets the group's id when the group is no longer needed. */
  readonly onGroupLeft: (groupId: string) => void;
}

/**
 * Reads one partition to its last stable offset with a throw-away group whose one member gets that one partition:
 * kafkajs has no consumer without a group.
 *
 * The end is reached when END_BATCH_PROCESS reports `lastOffset >= high - 1`. "Until the record at high - 1" would
 * wait for ever: markers and aborted records take offsets and are never handed out, and `eachBatch` is not even called
 * for a batch of them.
 *
 * @throws {@link KafkaError} also when the deadline passes.
 */
export async function readPartition(kafka: Kafka, options: ReadPartitionOptions): Promise<PartitionContents> {
  const { bounds, fromOffset, topic, partition, signal, deadlineMs, clock } = options;
  const values = new Map<string, string | null>();
  const from = fromOffset > bounds.low ? fromOffset : bounds.low;
  if (from >= bounds.high) return { values, nextOffset: bounds.high };

  const groupId = `${options.groupPrefix}${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    partitionAssigners: [onlyPartition(topic, partition)],
    allowAutoTopicCreation: false,
    readUncommitted: false,
    maxWaitTimeInMs: 100,
    maxInFlightRequests: 1,
    retry: { retries: 2, initialRetryTime: 100, restartOnFailure: () => Promise.resolve(false) },
  });
  const ended = endOf(consumer, partition, bounds.high);
  const over = new AbortController();
  try {
    const work = Promise.race([ended, consume(consumer, { topic, partition, from, values }).then(() => ended)]);
    const deadline = clock.sleep(deadlineMs, AbortSignal.any([over.signal, signal])).then(() => {
      if (over.signal.aborted || signal.aborted) return;
      throw new KafkaError(
        `Kafka: reading ${topic}/${String(partition)} from ${String(from)} to ${String(bounds.high)} took longer than ` +
          `${String(deadlineMs)} ms. Look at the brokers' load, and at the right READ on the group prefix "${options.groupPrefix}".`,
        { kind: 'unknown', kafkaCode: 'READ_TIMEOUT', phase: 'read', topic, partition },
      );
    });
    await abortable(Promise.race([work, deadline.then(() => work)]), signal);
  } finally {
    over.abort();
    // In the background: leaving the group waits for the fetch that is under way.
    void consumer
      .disconnect()
      .catch(() => undefined)
      .then(() => {
        options.onGroupLeft(groupId);
      });
  }
  return { values, nextOffset: bounds.high };
}

async function consume(
  consumer: Consumer,
  read: {
    readonly topic: string;
    readonly partition: number;
    readonly from: bigint;
    readonly values: Map<string, string | null>;
  },
): Promise<void> {
  const { topic, partition, from, values } = read;
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      for (const { key, value, offset } of batch.messages) {
        // A fetch from before the seek may hand out older values; they must not cover newer ones.
        if (key === null || BigInt(offset) < from) continue;
        values.set(key.toString('utf8'), value === null ? null : value.toString('utf8'));
      }
      return Promise.resolve();
    },
  });
  try {
    // Only now: kafkajs takes no seek before `run`, and fetches nothing before the group is joined.
    consumer.seek({ topic, partition, offset: String(from) });
  } catch {
    // The consumer crashed while it started; its CRASH event, which comes next, says why.
  }
}

function endOf(consumer: Consumer, partition: number, high: bigint): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  promise.catch(() => undefined);
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.partition === partition && BigInt(payload.lastOffset) >= high - 1n) resolve(undefined);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    reject(payload.error);
  });
  return promise;
}

/** Gives the one partition to the first member; there is only one. */
function onlyPartition(topic: string, partition: number): PartitionAssigner {
  return () => ({
    name: 'one-partition',
    version: 0,
    protocol: ({ topics }) => ({
      name: 'one-partition',
      metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: NO_BYTES }),
    }),
    assign: ({ members }) =>
      Promise.resolve(
        members.map(({ memberId }, index) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 0,
            assignment: { [topic]: index === 0 ? [partition] : [] },
            userData: NO_BYTES,
          }),
        })),
      ),
  });
}
