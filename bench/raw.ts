import { readFile } from 'node:fs/promises';
import process from 'node:process';

import kafkajs from 'kafkajs';

import type { CapturedRecord, RawTask } from './task.ts';

/**
 * kafkajs alone, sending over and over the very records that the pipeline published: same bytes, headers, keys and
 * partitions. Either each batch in a transaction, or without any.
 */
const task = JSON.parse(process.argv[2] ?? '') as RawTask;
const kafka = new kafkajs.Kafka({ brokers: [...task.brokers], logLevel: kafkajs.logLevel.NOTHING });
const producer = kafka.producer({
  maxInFlightRequests: 1,
  allowAutoTopicCreation: false,
  ...(task.transactionalId !== null && { transactionalId: task.transactionalId }),
});
const PAUSE_AFTER_COMMIT_MS = 2;

/** One `sendBatch`, put together before the clock runs. */
interface Batch {
  readonly topicMessages: kafkajs.TopicMessages[];
  readonly records: number;
}

async function readBatches(): Promise<readonly Batch[]> {
  const lines = (await readFile(task.recordsFile, 'utf8')).trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as CapturedRecord);
  const batches: Batch[] = [];
  for (let from = 0; from < records.length; from += task.recordsPerBatch) {
    const part = records.slice(from, from + task.recordsPerBatch);
    const byTopic = Map.groupBy(part, ({ topic }) => topic);
    const topicMessages = [...byTopic].map(([topic, of]) => ({
      topic: task.prefix + topic,
      messages: of.map(({ message }) => message),
    }));
    batches.push({ topicMessages, records: part.length });
  }
  return batches;
}

let sent = 0;

async function sendPlain({ topicMessages, records }: Batch): Promise<void> {
  await producer.sendBatch({ acks: -1, topicMessages });
  sent += records;
}

async function sendInTransaction({ topicMessages, records }: Batch): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.sendBatch({ acks: -1, topicMessages });
  await transaction.commit();
  sent += records;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_COMMIT_MS));
}

process.on('message', () => process.send?.(sent));
process.once('SIGTERM', () => process.exit(0));
const batches = await readBatches();
await producer.connect();
const send = task.transactionalId === null ? sendPlain : sendInTransaction;
for (;;) for (const batch of batches) await send(batch);
