import { setTimeout as delay } from 'node:timers/promises';

import kafkajs from 'kafkajs';

export const PARTITIONS = 6;
const ANSWER_TIMEOUT_MS = 10_000;
const ATTEMPTS = 100;
const ATTEMPT_PAUSE_MS = 50;

/** Runs with topics that are new, and gone afterwards. */
export async function withTopics<T>(
  brokers: readonly string[],
  topics: readonly { readonly topic: string; readonly partitions: number }[],
  action: () => Promise<T>,
): Promise<T> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.createTopics({
      topics: topics.map(({ topic, partitions }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: topic.endsWith('.progress') ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
      })),
      timeout: ANSWER_TIMEOUT_MS,
      waitForLeaders: false,
    });
    await untilKnown(
      admin,
      topics.map(({ topic }) => topic),
    );
    return await action();
  } finally {
    await admin.deleteTopics({ topics: topics.map(({ topic }) => topic), timeout: ANSWER_TIMEOUT_MS });
    await admin.disconnect();
  }
}

/** kafkajs' own waiting for leaders gives up at once when the broker does not know the topic yet. */
async function untilKnown(admin: kafkajs.Admin, topics: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
      if (metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
    }
    await delay(ATTEMPT_PAUSE_MS);
  }
}
