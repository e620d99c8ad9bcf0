import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { Message, Transaction } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { collectCommitted } from '../../dev/kafka/console-consumer.ts';
import { LocalCluster } from '../../dev/kafka/local-cluster.ts';
import { quietClient } from '../../dev/kafka/readiness.ts';
import { testBrokers, uniqueName } from '../support/kafka.ts';

const PROGRAM = fileURLToPath(new URL('../../dev/kafka/main.ts', import.meta.url));

async function createTopic(brokers: readonly string[], numPartitions = 1): Promise<string> {
  const topic = uniqueName('dev-kafka');
  const admin = quietClient(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true });
  await admin.disconnect();
  return topic;
}

/** Sends each batch in a transaction of its own and ends it as told. */
async function transact(
  brokers: readonly string[],
  topic: string,
  batches: readonly { readonly messages: readonly Message[]; readonly end: 'commit' | 'abort' }[],
): Promise<void> {
  const producer = quietClient(brokers).producer({ transactionalId: uniqueName('writer'), maxInFlightRequests: 1 });
  await producer.connect();
  for (const { messages, end } of batches) {
    const transaction = await eventually(() => producer.transaction());
    await sendWhenFree(transaction, topic, messages);
    await transaction[end]();
  }
  await producer.disconnect();
}

/** The coordinator may still be ending the transaction before: the error comes before anything is written. */
async function sendWhenFree(transaction: Transaction, topic: string, messages: readonly Message[]): Promise<void> {
  await eventually(() => transaction.send({ topic, messages: [...messages], acks: -1 }));
}

async function eventually<T>(attempt: () => Promise<T>, timeoutMs = 15_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(20);
  }
}

async function untilGone(pid: number): Promise<void> {
  await eventually(() =>
    isAlive(pid) ? Promise.reject(new Error(`process ${String(pid)} still runs`)) : Promise.resolve(),
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function valuesOf(brokers: readonly string[], topic: string): Promise<readonly string[]> {
  return (await collectCommitted({ brokers, topics: [topic], timeoutMs: 40_000 })).map(({ value }) => String(value));
}

describe('the console consumer', () => {
  test('yields every committed record with all its parts, and no other', async () => {
    const topic = await createTopic(testBrokers(), 3);
    const binary = Buffer.from([0, 10, 13, 255, 34]);
    await transact(testBrokers(), topic, [
      { messages: [{ partition: 0, key: 'a', value: 'first', timestamp: '1700000000000' }], end: 'commit' },
      { messages: [{ partition: 0, key: 'a', value: 'aborted' }], end: 'abort' },
      { messages: [{ partition: 2, key: 'sip:ü@x', value: binary, headers: { id: '1:2', name: 'n' } }], end: 'commit' },
      { messages: [{ partition: 0, key: null, value: null }], end: 'commit' },
      { messages: [{ partition: 0, value: 'aborted at the end' }], end: 'abort' },
    ]);
    const records = await collectCommitted({
      brokers: testBrokers(),
      topics: [await createTopic(testBrokers()), topic],
    });
    const first = { key: 'a', value: Buffer.from('first'), headers: [], timestampMs: 1_700_000_000_000 };
    const headers = [
      ['id', '1:2'],
      ['name', 'n'],
    ];
    expect(records.toSorted((a, b) => a.partition - b.partition)).toEqual([
      { topic, partition: 0, offset: 0n, ...first },
      { topic, partition: 0, offset: 4n, key: null, value: null, headers: [], timestampMs: expect.any(Number) },
      { topic, partition: 2, offset: 0n, key: 'sip:ü@x', value: binary, headers, timestampMs: expect.any(Number) },
    ]);
  });

  test('waits for a transaction that is still open', async () => {
    const topic = await createTopic(testBrokers());
    const producer = quietClient(testBrokers()).producer({
      transactionalId: uniqueName('writer'),
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await eventually(() => producer.transaction());
    await sendWhenFree(transaction, topic, [{ value: 'late' }]);
    const reading = valuesOf(testBrokers(), topic);
    const early = await Promise.race([reading, delay(1_500, 'nothing yet')]);
    await transaction.commit();
    await producer.disconnect();
    expect([early, await reading]).toEqual(['nothing yet', ['late']]);
  });

  test('fails rather than yielding less than everything in time', async () => {
    const topic = await createTopic(testBrokers());
    await transact(testBrokers(), topic, [{ messages: [{ value: 'one' }], end: 'commit' }]);
    const hurried = collectCommitted({ brokers: testBrokers(), topics: [topic], timeoutMs: 300 });
    await expect(hurried).rejects.toThrow(/did not reach the end in 300 ms/);
  });

  test('fails for a topic that does not exist', async () => {
    const reading = collectCommitted({ brokers: testBrokers(), topics: [uniqueName('nowhere')] });
    await expect(reading).rejects.toThrow(/there is no topic nowhere-/);
  });
});

describe('a single local node', () => {
  let cluster: LocalCluster;

  beforeAll(async () => {
    cluster = await LocalCluster.start({ nodes: 1 });
  });

  afterAll(async () => {
    await cluster.stop();
  });

  test('comes back on its data after it was killed', async () => {
    const topic = await createTopic(cluster.brokers);
    await transact(cluster.brokers, topic, [{ messages: [{ value: 'before' }], end: 'commit' }]);
    const killed = cluster.node(1).pid;
    await cluster.node(1).kill();
    expect(cluster.node(1).pid).toBeUndefined();
    await cluster.node(1).start();
    expect(cluster.node(1).pid).not.toBe(killed);
    await transact(cluster.brokers, topic, [{ messages: [{ value: 'after' }], end: 'commit' }]);
    expect(await valuesOf(cluster.brokers, topic)).toEqual(['before', 'after']);
  });

  test('answers nothing while it is paused and goes on when resumed', async () => {
    const admin = quietClient(cluster.brokers).admin();
    await admin.connect();
    cluster.node(1).pause();
    await expect(admin.listTopics()).rejects.toThrow();
    cluster.node(1).resume();
    await eventually(() => admin.listTopics());
    await admin.disconnect();
  });

  test('leaves neither process nor data when it is stopped, even while paused', async () => {
    const { pid = 0 } = cluster.node(1);
    const folder = path.dirname(path.dirname(cluster.node(1).logFile));
    cluster.node(1).pause();
    await cluster.stop();
    expect(isAlive(pid)).toBe(false);
    await expect(readdir(folder)).rejects.toThrow(/ENOENT/);
  });
});

describe('three local nodes', () => {
  test('hold every partition, also after one of them was killed and came back', async () => {
    const cluster = await LocalCluster.start({ nodes: 3 });
    try {
      const topic = await createTopic(cluster.brokers, 3);
      const onAll = ['0', '1', '2'].map((value, partition) => ({ value, partition }));
      await transact(cluster.brokers, topic, [{ messages: onAll, end: 'commit' }]);
      await cluster.node(2).kill();
      await cluster.node(2).start();
      expect((await valuesOf(cluster.brokers, topic)).toSorted()).toEqual(['0', '1', '2']);
    } finally {
      await cluster.stop();
    }
  }, 120_000);
});

describe('a program that runs a local node', () => {
  let scratch: string;
  let program: ChildProcess;

  beforeEach(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'cwa-kafka-test-'));
    const env = { ...process.env, TMPDIR: scratch };
    program = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  });

  afterEach(async () => {
    program.kill('SIGKILL');
    await rm(scratch, { recursive: true, force: true });
  });

  test.each(['SIGKILL', 'SIGINT'] as const)('leaves neither broker nor data behind after %s', async (name) => {
    const { stderr } = program;
    let said = '';
    while (!/process ids (\d+)/.test(said) && stderr !== null) said += String((await once(stderr, 'data'))[0]);
    const pid = Number(/process ids (\d+)/.exec(said)?.[1]);
    expect(isAlive(pid)).toBe(true);
    program.kill(name);
    await untilGone(pid);
    await eventually(async () => {
      expect(await readdir(scratch)).toEqual([]);
    });
  });
});
