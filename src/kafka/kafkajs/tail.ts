import type { Kafka } from 'kafkajs';

import { abortable } from '../../lib/abortable.ts';
import type { Clock } from '../../lib/clock.ts';
import { committedMessages } from '../committed-messages.ts';
import { createCluster, type FetchedPartition, type KafkajsCluster, READ_COMMITTED } from './cluster.ts';
import { kafkaCodeOf, type KafkaError, kindOf, toKafkaError } from '../kafka-error.ts';
import type { TailedRecord, TailRequest } from '../port.ts';

/** How long a broker keeps a fetch when there is nothing new: an idle reader costs one request in that time. */
const FETCH_WAIT_MS = 10_000;
const FETCH_BYTES = 1024 * 1024;
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 10_000;

interface TailOptions {
  readonly clock: Clock;
  /** Told of each failure; the reader tries again. */
  readonly onFailure: (error: KafkaError) => void;
}

/**
 * Hands out the committed records of one partition as they come, for as long as the signal does not abort. Without a
 * consumer group: it needs no right but READ on the topic, and a record is handed out as soon as it is committed.
 *
 * Where records were deleted, or the topic was made anew, it goes on with the first that there is.
 *
 * @throws {@link KafkaError} only if a right is missing; everything else is waited out.
 */
export async function* tailPartition(
  kafka: Kafka,
  { fromOffset, partition, topic }: TailRequest,
  { clock, onFailure }: TailOptions,
  signal: AbortSignal,
): AsyncGenerator<TailedRecord, void, undefined> {
  let position = fromOffset;
  let failures = 0;
  while (!signal.aborted) {
    const cluster = createCluster(kafka);
    try {
      await abortable(connect(cluster, topic), signal);
      for (;;) {
        const fetched = await abortable(fetch(cluster, topic, partition, position), signal);
        failures = 0;
        for (const record of recordsOf(fetched, position)) {
          yield record;
          position = record.offset + 1n;
        }
        const last = fetched?.messages.at(-1);
        if (last !== undefined && BigInt(last.offset) >= position) position = BigInt(last.offset) + 1n;
      }
    } catch (error) {
      if (isOver(signal)) return;
      const failure = toKafkaError(error, `reading ${topic}/${String(partition)}`, { phase: 'read', topic, partition });
      if (kindOf(failure.kafkaCode) === 'denied') throw failure;
      if (OUT_OF_RANGE.has(kafkaCodeOf(error)))
        position = await firstOffset(kafka, topic, partition).catch(() => position);
      failures += 1;
      onFailure(failure);
    } finally {
      void cluster.disconnect().catch(() => undefined);
    }
    await clock.sleep(Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** failures), signal);
  }
}

const OUT_OF_RANGE: ReadonlySet<string> = new Set(['OFFSET_OUT_OF_RANGE', 'KafkaJSOffsetOutOfRange']);

async function connect(cluster: KafkajsCluster, topic: string): Promise<void> {
  await cluster.connect();
  await cluster.addMultipleTargetTopics([topic]);
}

async function fetch(
  cluster: KafkajsCluster,
  topic: string,
  partition: number,
  position: bigint,
): Promise<FetchedPartition | undefined> {
  const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  const broker = await cluster.findBroker({ nodeId });
  const { responses } = await broker.fetch({
    isolationLevel: READ_COMMITTED,
    maxWaitTime: FETCH_WAIT_MS,
    minBytes: 1,
    maxBytes: FETCH_BYTES,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(position), maxBytes: FETCH_BYTES }] }],
  });
  return responses[0]?.partitions[0];
}

function recordsOf(fetched: FetchedPartition | undefined, position: bigint): readonly TailedRecord[] {
  if (fetched === undefined) return [];
  return committedMessages(fetched.messages, fetched.abortedTransactions ?? []).flatMap(({ key, offset, value }) => {
    const at = BigInt(offset);
    if (at < position) return [];
    return [{ offset: at, key: key?.toString('utf8') ?? null, value: value?.toString('utf8') ?? null }];
  });
}

async function firstOffset(kafka: Kafka, topic: string, partition: number): Promise<bigint> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(topic);
    return BigInt(offsets.find((found) => found.partition === partition)?.low ?? 0);
  } finally {
    void admin.disconnect().catch(() => undefined);
  }
}

/** Asked again after a wait: it may have aborted meanwhile. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
