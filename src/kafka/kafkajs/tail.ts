import type { Kafka } from 'kafkajs';

import { abortable, hasAborted } from '../../lib/abortable.ts';
import type { Clock } from '../../lib/clock.ts';
import { createCluster } from './cluster.ts';
import { connectTo, fetchPartition, OUT_OF_RANGE, readFrom } from './fetch.ts';
import { kafkaCodeOf, type KafkaError, kindOf, toKafkaError } from '../kafka-error.ts';
import type { TailedRecord, TailRequest } from '../port.ts';

/** A broker keeps a fetch for so long when there is nothing new: an idle reader costs one request in that time. */
const PATIENT = { maxWaitTime: 10_000, minBytes: 1, maxBytes: 1024 * 1024 } as const;
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
      await abortable(connectTo(cluster, [topic]), signal);
      for (;;) {
        const fetched = await abortable(fetchPartition(cluster, { topic, partition, position, ...PATIENT }), signal);
        failures = 0;
        if (fetched === undefined) continue;
        const { messages, next } = readFrom(position, fetched);
        for (const { key, offset, value } of messages) {
          const at = BigInt(offset);
          yield { offset: at, key: key?.toString('utf8') ?? null, value: value?.toString('utf8') ?? null };
          position = at + 1n;
        }
        position = next;
      }
    } catch (error) {
      if (hasAborted(signal)) return;
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
