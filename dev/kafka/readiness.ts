import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { Kafka, logLevel } from 'kafkajs';

import { DevelopmentKafkaError, textOf } from './errors.ts';

const PAUSE_MS = 50;

export interface ReadinessOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A kafkajs client that says nothing and repeats nothing: the loops here do both. */
export function quietClient(brokers: readonly string[]): Kafka {
  return new Kafka({
    clientId: 'development-kafka',
    brokers: [...brokers],
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    enforceRequestTimeout: true,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
}

/**
 * Waits until an InitProducerId succeeds: then the transaction coordinator has loaded, which is the last thing a
 * broker gets ready. An open port or a metadata answer comes a second earlier.
 *
 * @throws {@link DevelopmentKafkaError} at the deadline, with the last reason.
 * @throws the signal's reason when it aborts.
 */
export async function untilTransactionsWork(brokers: readonly string[], options: ReadinessOptions): Promise<void> {
  const transactionalId = `development-kafka-${randomUUID()}`;
  await untilItWorks(`no transaction could be started on ${brokers.join(',')}`, options, async () => {
    const producer = quietClient(brokers).producer({
      transactionalId,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
    });
    try {
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.abort();
    } finally {
      await producer.disconnect();
    }
  });
}

/**
 * Waits until the cluster lists all of `nodeIds` as live brokers, asking `brokers`.
 *
 * @throws {@link DevelopmentKafkaError} at the deadline, with the last reason.
 * @throws the signal's reason when it aborts.
 */
export async function untilRegistered(
  brokers: readonly string[],
  nodeIds: readonly number[],
  options: ReadinessOptions,
): Promise<void> {
  await untilItWorks(`nodes ${nodeIds.join(',')} did not register on ${brokers.join(',')}`, options, async () => {
    const admin = quietClient(brokers).admin();
    try {
      await admin.connect();
      const cluster = await admin.describeCluster();
      const missing = nodeIds.filter((id) => !cluster.brokers.some((broker) => broker.nodeId === id));
      if (missing.length > 0) throw new Error(`still missing: ${missing.join(',')}`);
    } finally {
      await admin.disconnect();
    }
  });
}

async function untilItWorks(failure: string, options: ReadinessOptions, attempt: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + options.deadlineMs;
  let reason = 'not tried';
  while (performance.now() < deadline) {
    options.signal?.throwIfAborted();
    try {
      await attempt();
      return;
    } catch (error) {
      reason = textOf(error);
    }
    await delay(PAUSE_MS);
  }
  throw new DevelopmentKafkaError(`${failure} within ${String(options.deadlineMs)} ms: ${reason}`);
}
