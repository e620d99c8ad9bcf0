import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

import kafkajs from 'kafkajs';

import type { CapturedRecord } from './task.ts';

/** One record for each event here. */
const EVENTS_TOPIC = 'presence';

/** What was captured, and how much of it belongs to events. */
export interface Capture {
  readonly file: string;
  readonly records: number;
  readonly bytes: number;
  readonly events: number;
}

/**
 * Reads what the pipeline has committed, writes it to a file, and tells how many events these records are.
 *
 * @param limit stop at so many records; the topics must have them.
 */
export async function capture(
  brokers: readonly string[],
  topics: readonly string[],
  limit: number,
  file: string,
): Promise<Capture> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const { promise: isFull, resolve } = Promise.withResolvers<undefined>();
  const records: CapturedRecord[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ topic, partition, message }) => {
      if (records.length < limit) records.push(capturedOf(topic, partition, message));
      else resolve(undefined);
      return Promise.resolve();
    },
  });
  await isFull;
  await consumer.disconnect();
  // In the order of their production, as far as their times tell it: so batches mix partitions as the pipeline's do.
  records.sort((a, b) => Number(a.message.timestamp) - Number(b.message.timestamp));
  const lines = records.map((record) => JSON.stringify(record));
  await writeFile(file, `${lines.join('\n')}\n`);
  return {
    file,
    records: records.length,
    bytes: records.reduce((sum, { message }) => sum + Buffer.byteLength(message.value), 0),
    events: records.filter(({ topic }) => topic === EVENTS_TOPIC).length,
  };
}

function capturedOf(topic: string, partition: number, message: kafkajs.KafkaMessage): CapturedRecord {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  return {
    topic: topic.slice(topic.lastIndexOf('.') + 1),
    message: {
      key: String(message.key),
      value: String(message.value),
      headers: Object.fromEntries(headers),
      timestamp: message.timestamp,
      partition,
    },
  };
}
