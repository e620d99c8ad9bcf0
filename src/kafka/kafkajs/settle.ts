import type { Kafka } from 'kafkajs';

import { abortable } from '../../lib/abortable.ts';
import type { Clock } from '../../lib/clock.ts';
import { createCluster, type KafkajsCluster } from './cluster.ts';
import { connectTo, fetchPartition } from './fetch.ts';
import { toKafkaError } from '../kafka-error.ts';

const LOOK_AGAIN_MS = 50;

/**
 * Waits until no transaction is open in any of the partitions. Right after a commit was acknowledged its markers may
 * still be on their way, and a committed read does not show it: who reads what a process left that has just ended
 * could miss its last words.
 *
 * @returns false if one was open all the time.
 * @throws {@link KafkaError}, or the signal's reason when it aborts.
 */
export async function settle(
  kafka: Kafka,
  { clock, deadlineMs, partitions, topic }: SettleOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const cluster = createCluster(kafka);
  const deadline = clock.monotonic() + deadlineMs;
  try {
    await abortable(connectTo(cluster, [topic]), signal);
    for (const [partition, position] of partitions.entries()) {
      while (!(await abortable(isSettled(cluster, topic, partition, position), signal))) {
        if (clock.monotonic() >= deadline) return false;
        await clock.sleep(LOOK_AGAIN_MS, signal);
      }
    }
    return true;
  } catch (error) {
    signal.throwIfAborted();
    throw toKafkaError(error, `looking for open transactions in ${topic}`, { phase: 'read', topic });
  } finally {
    void cluster.disconnect().catch(() => undefined);
  }
}

export interface SettleOptions {
  readonly topic: string;
  /** An offset of each partition that is there, or its end. */
  readonly partitions: readonly bigint[];
  readonly deadlineMs: number;
  readonly clock: Clock;
}

/** The last stable offset is the begin of the first open transaction, or the end (kafka-facts §7). */
async function isSettled(
  cluster: KafkajsCluster,
  topic: string,
  partition: number,
  position: bigint,
): Promise<boolean> {
  const ends = await fetchPartition(cluster, { topic, partition, position, maxWaitTime: 0, minBytes: 0, maxBytes: 1 });
  return ends !== undefined && ends.lastStableOffset === ends.highWatermark;
}
