import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { KafkaError } from '../../src/kafka/kafka-error.ts';
import type { KafkajsLog } from '../../src/kafka/kafkajs/log.ts';
import type { TransactionPlan } from '../../src/kafka/port.ts';
import { createTopics, diffTopics, planTopics } from '../../src/kafka/topics.ts';
import { progressRecord } from '../../src/kafka/progress-record.ts';
import { testBrokers, uniqueName } from '../support/kafka.ts';
import { createInstallation, type Installation, NEVER, openLog } from '../support/shards.ts';
import { TcpLink } from '../support/tcp-link.ts';

let installation: Installation;
let log: KafkajsLog;

beforeAll(async () => {
  installation = await createInstallation(testBrokers(), { partitions: 3 });
  log = openLog(installation);
});

afterAll(async () => {
  await log.close();
});

function write(topic: string, partition: number, values: Readonly<Record<string, string | null>>): TransactionPlan {
  const records = Object.entries(values).map(([key, value]) => progressRecord({ key, value }, Date.now()));
  return { first: [{ topic, partition, records }], rest: [] };
}

describe('readPartition', () => {
  test('gives the last committed value of each key, and where it ends', async () => {
    const topic = installation.dataTopic;
    const producer = log.createProducer(uniqueName('writer'));
    await producer.fence(NEVER);
    const first = await producer.commit(write(topic, 0, { a: '1', b: '1', c: '1' }), NEVER);
    await producer.commit(write(topic, 0, { a: '2', b: null }), NEVER);
    await producer.dispose();

    const all = await log.readPartition({ topic, partition: 0, fromOffset: 0n, signal: NEVER });
    const rest = await log.readPartition({ topic, partition: 0, fromOffset: first.nextOffset, signal: NEVER });
    const none = await log.readPartition({ topic, partition: 0, fromOffset: all.nextOffset, signal: NEVER });

    // Three records, a marker, two records, a marker.
    expect(all).toEqual({
      values: new Map([
        ['a', '2'],
        ['b', null],
        ['c', '1'],
      ]),
      nextOffset: 7n,
    });
    expect(rest).toEqual({
      values: new Map([
        ['a', '2'],
        ['b', null],
      ]),
      nextOffset: 7n,
    });
    expect(none).toEqual({ values: new Map(), nextOffset: 7n });
  });

  test('ends at a tail that holds nothing but aborted transactions', async () => {
    const topic = installation.dataTopic;
    const link = await TcpLink.open();
    const broken = openLog(installation, { socketFactory: link.socketFactory });
    const transactionalId = uniqueName('writer');
    const first = log.createProducer(transactionalId);
    await first.fence(NEVER);
    await first.commit(write(topic, 1, { a: 'committed' }), NEVER);
    for (let round = 0; round < 3; round += 1) {
      const producer = broken.createProducer(transactionalId);
      await producer.fence(NEVER);
      link.cutNext('before');
      await expect(producer.commit(write(topic, 1, { a: 'aborted' }), NEVER)).rejects.toThrow(KafkaError);
      await producer.dispose();
    }
    const last = log.createProducer(transactionalId);
    await last.fence(NEVER);

    const { values, nextOffset } = await log.readPartition({ topic, partition: 1, fromOffset: 0n, signal: NEVER });

    expect(values).toEqual(new Map([['a', 'committed']]));
    expect(nextOffset).toBe(8n);
    await expect(first.commit(write(topic, 1, { a: 'fenced' }), NEVER)).rejects.toMatchObject({ kind: 'fenced' });
    await Promise.all([first.dispose(), last.dispose(), broken.close()]);
    await link.close();
  });

  test('needs no group for a partition without records', async () => {
    const read = log.readPartition({ topic: installation.dataTopic, partition: 2, fromOffset: 0n, signal: NEVER });

    expect(await read).toEqual({ values: new Map(), nextOffset: 0n });
  });

  test('is given up when the signal aborts', async () => {
    const signal = AbortSignal.abort(new Error('given up'));

    const read = log.readPartition({ topic: installation.progressTopic, partition: 0, fromOffset: 0n, signal });

    await expect(read).rejects.toThrow('given up');
  });
});

describe('a producer', () => {
  test('sends nothing twice: a send whose answer is lost ends the transaction', async () => {
    const link = await TcpLink.open();
    const broken = openLog(installation, { socketFactory: link.socketFactory });
    const producer = broken.createProducer(uniqueName('writer'));
    await producer.fence(NEVER);
    link.cutNext('after', 'Produce');

    const commit = producer.commit(write(installation.progressTopic, 0, { key: 'sent once' }), NEVER);

    await expect(commit).rejects.toMatchObject({ kind: 'unknown', phase: 'progress' });
    expect(link.cuts).toBe(1);
    await producer.dispose();
    await broken.close();
    await link.close();
  });

  test('does not commit when a partition that it sent to does not exist', async () => {
    const producer = log.createProducer(uniqueName('writer'));
    await producer.fence(NEVER);
    const plan = write(installation.progressTopic, 0, { key: 'value' });
    const missing = write(installation.dataTopic, 99, { key: 'value' }).first;

    const commit = producer.commit({ first: plan.first, rest: [missing] }, NEVER);

    await expect(commit).rejects.toMatchObject({ kafkaCode: 'INCOMPLETE_ANSWER', phase: 'data' });
    await expect(producer.commit(plan, NEVER)).rejects.toMatchObject({ kafkaCode: 'PRODUCER_DISPOSED' });
    await producer.dispose();
  });
});

describe('topics', () => {
  test('are made as planned, so that a comparison finds no difference', async () => {
    const prefix = uniqueName('topics');
    const plans = planTopics({
      names: { signin: `${prefix}.signin`, current: `${prefix}.current`, progress: `${prefix}.progress` },
      partitions: 2,
      shards: 3,
      retentionMs: 86_400_000,
      replicationFactor: null,
      brokers: await log.brokerCount(NEVER),
    });

    const before = await diffTopics(log, plans, NEVER);
    await createTopics(log, plans, NEVER);

    expect(before.map(({ what, actual }) => `${what} ${actual}`)).toEqual(
      Array.from({ length: 3 }, () => 'topic missing'),
    );
    expect(await diffTopics(log, plans, NEVER)).toEqual([]);
  });

  test('that do not exist are left out of the layout', async () => {
    const layout = await log.layout([installation.dataTopic, 'no-such-topic'], NEVER);

    expect([...layout.keys()]).toEqual([installation.dataTopic]);
    expect(layout.get(installation.dataTopic)).toHaveLength(3);
  });
});
