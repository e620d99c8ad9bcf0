import type { Kafka } from 'kafkajs';

import { abortable } from '../../lib/abortable.ts';
import { toKafkaError } from '../kafka-error.ts';

export interface AppendRequest {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
}

/**
 * Writes one record, acknowledged by all replicas in sync. The producer is idempotent and sends one request to one
 * partition, so kafkajs' own retries cannot write it twice.
 *
 * @returns its offset.
 * @throws {@link KafkaError} if it is not certain that it was written; the signal's reason when it aborts.
 */
export async function appendRecord(
  kafka: Kafka,
  { key, partition, timestampMs, topic, value }: AppendRequest,
  signal: AbortSignal,
): Promise<bigint> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { retries: 3, initialRetryTime: 100 },
  });
  try {
    const sent = producer
      .connect()
      .then(() =>
        producer.send({ topic, acks: -1, messages: [{ key, value, partition, timestamp: String(timestampMs) }] }),
      );
    const [answer] = await abortable(sent, signal);
    return BigInt(answer?.baseOffset ?? -1);
  } catch (error) {
    signal.throwIfAborted();
    throw toKafkaError(error, `writing to ${topic}/${String(partition)}`, { phase: 'data', topic, partition });
  } finally {
    void producer.disconnect().catch(() => undefined);
  }
}
