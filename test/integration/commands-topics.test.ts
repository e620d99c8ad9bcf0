import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';

import { topics } from '../../src/commands/topics.ts';
import { setStage, type Settings, type Stage } from '../support/bridge.ts';
import { type CommandOutcome, runCommand } from '../support/command-line.ts';

async function runTopics(stage: Stage, option: string | null, settings: Settings = {}): Promise<CommandOutcome> {
  const file = await stage.configure(settings);
  return runCommand(topics, [...(option === null ? [] : [option]), '-c', file]);
}

function objectsOf({ stdout }: CommandOutcome): readonly Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const DATA = [
  ...['presence', 'presence.current', 'signin', 'contacts', 'conversations', 'requests', 'unknown', 'operations'],
  'deadletter',
];
const NAMES = [...DATA, 'progress', 'orders'];

describe('topics', () => {
  test('prints what the topics should be, progress compacted, and makes nothing', async () => {
    const stage = await setStage({ hasTopics: false });
    const printed = await runTopics(stage, null, { kafka: { shards: 4, topics: { partitions: 3 } } });

    expect(printed).toMatchObject({ status: 0, stderr: '' });
    const plans = objectsOf(printed);
    expect(plans.map(({ topic }) => topic)).toEqual(NAMES.map((name) => `${stage.prefix}${name}`));
    expect(plans.map(({ partitions }) => partitions)).toEqual([...DATA.map(() => 3), 4, 4]);
    expect(plans.at(-1)?.settings).toEqual({
      'cleanup.policy': 'delete',
      'retention.ms': '604800000',
      'min.insync.replicas': '1',
    });
    expect(plans.at(-2)?.settings).toEqual({
      'cleanup.policy': 'compact',
      'segment.bytes': '33554432',
      'segment.ms': '600000',
      'min.cleanable.dirty.ratio': '0.1',
      'max.compaction.lag.ms': '3600000',
      'min.insync.replicas': '1',
    });
    const missing = await runTopics(stage, '--diff');
    expect(objectsOf(missing).map(({ topic, actual }) => [topic, actual])).toEqual(
      NAMES.map((name) => [`${stage.prefix}${name}`, 'missing']),
    );
    expect(missing).toMatchObject({ status: 1, stderr: `${NAMES.length} differences.\n` });
  });

  test('creates what is missing, leaves what is there, and then finds no difference', async () => {
    const stage = await setStage({ hasTopics: false });
    const outcomes = async (): Promise<readonly unknown[]> =>
      objectsOf(await runTopics(stage, '--create')).map(({ outcome }) => outcome);
    expect(await outcomes()).toEqual(NAMES.map(() => 'created'));
    expect(await outcomes()).toEqual(NAMES.map(() => 'exists'));
    expect(await runTopics(stage, '--diff')).toEqual({
      status: 0,
      stdout: '',
      stderr: 'The topics are as they should be.\n',
    });
  });

  test('tells each difference: partitions and settings', async () => {
    const stage = await setStage();
    const admin = new kafkajs.Kafka({ brokers: [...stage.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    const presence = `${stage.prefix}presence`;
    await admin.createPartitions({ topicPartitions: [{ topic: presence, count: 2 }] });
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: `${stage.prefix}progress`,
          configEntries: [{ name: 'cleanup.policy', value: 'compact,delete' }],
        },
      ],
    });
    await admin.disconnect();

    const outcome = await runTopics(stage, '--diff');
    expect(outcome.status).toBe(1);
    expect(objectsOf(outcome)).toEqual(
      expect.arrayContaining([
        { topic: presence, what: 'partitions', expected: '1', actual: '2' },
        {
          topic: `${stage.prefix}progress`,
          what: 'cleanup.policy',
          expected: 'compact',
          actual: 'compact,delete',
        },
      ]),
    );
  });

  test('says so when no broker answers', async () => {
    const stage = await setStage({ hasTopics: false });
    const kafka = { brokers: ['127.0.0.1:1'], connectionTimeoutMs: 200, requestTimeoutMs: 500 };
    const outcome = await runTopics(stage, null, { kafka });
    expect(outcome).toMatchObject({ status: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/cwa-bridge topics: Kafka: counting the brokers failed .*127\.0\.0\.1:1/);
  });
});
