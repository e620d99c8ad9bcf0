import kafkajs, { type Kafka, type Transaction } from 'kafkajs';
import { describe, expect, onTestFinished, test } from 'vitest';

import { verify } from '../../src/commands/verify.ts';
import { partitionOf } from '../../src/lib/murmur2.ts';
import type { OutgoingRecord } from '../../src/lib/outgoing-record.ts';
import { type LogicalTopic, TOPICS } from '../../src/records/topics/topics.ts';
import { setStage, type Stage } from '../support/bridge.ts';
import { type CommandOutcome, runCommand } from '../support/command-line.ts';
import { uniqueName } from '../support/kafka.ts';
import { until } from '../support/until.ts';
import { type Facts, outgoing } from '../unit/verify/builders.ts';

const PARTITIONS = 3;
const DAY_MS = 86_400_000;
const SETTINGS = { kafka: { topics: { partitions: PARTITIONS } } };

/** A place to write and verify: topics without a bridge. */
interface Bench {
  readonly stage: Stage;
  readonly kafka: Kafka;
  readonly record: (facts: Facts) => OutgoingRecord;
  readonly verify: (...args: readonly string[]) => Promise<CommandOutcome>;
}

async function setBench(): Promise<Bench> {
  const stage = await setStage({ settings: SETTINGS });
  const file = await stage.configure();
  const { prefix } = stage;
  const names = Object.keys(TOPICS) as readonly LogicalTopic[];
  const topics = Object.fromEntries(names.map((name) => [name, `${prefix}${name}`])) as Record<LogicalTopic, string>;
  return {
    stage,
    kafka: new kafkajs.Kafka({ brokers: [...stage.brokers], logLevel: kafkajs.logLevel.NOTHING }),
    record: (facts) => outgoing(facts, topics),
    verify: (...args) => runCommand(verify, ['--config', file, ...args]),
  };
}

/** A producer with transactions, gone after the test. */
async function producerOf({ kafka }: Bench) {
  const producer = kafka.producer({ transactionalId: uniqueName('verify'), maxInFlightRequests: 1 });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  return producer;
}

async function send(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<void> {
  for (const { headers, key, timestampMs, topic, value } of records) {
    const partition = partitionOf(key, PARTITIONS);
    const message = { key, value, headers: { ...headers }, partition, timestamp: String(timestampMs) };
    await transaction.send({ topic, messages: [message] });
  }
}

/**
 * Commits records and waits until they can be read. A commit is answered before its markers are in all partitions, and
 * `verify` knows of records at the end of a generation from the progress alone, which these have not.
 */
async function publish(bench: Bench, records: readonly OutgoingRecord[]): Promise<void> {
  const transaction = await (await producerOf(bench)).transaction();
  await send(transaction, records);
  await transaction.commit();
  const texts = new Set(records.map(({ value }) => String(value)));
  await until('what was committed can be read', () => {
    return texts.isSubsetOf(new Set(bench.stage.records.all.map(({ text }) => text)));
  });
}

/** A generation of 8 records: gap, six of presence, and the end of the snapshot. */
function generationOf({ record }: Bench, accountId: string, timestampMs: number): readonly OutgoingRecord[] {
  const facts = { accountId, timestampMs, operation: { gapId: accountId } };
  return [
    record({ ...facts, sequence: 1, type: 'gap' }),
    ...[2, 3, 4, 5, 6, 7].map((sequence) => record({ ...facts, sequence, subject: `sip:${String(sequence)}@x` })),
    record({ ...facts, sequence: 8, type: 'snapshotEnded' }),
  ];
}

/** Deletes the first record of a partition, as retention does. */
async function deleteFirst({ kafka }: Bench, topic: string, partition: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  // kafkajs deletes only in topics that it has heard of.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '1' }] });
}

function lineOf({ stdout }: CommandOutcome): unknown {
  expect(stdout.match(/\n/g)).toHaveLength(1);
  return JSON.parse(stdout);
}

describe('verify', () => {
  test('finds what a bridge publishes flawless, while it runs and afterwards', async () => {
    const stage = await setStage({ simulator: { eventsPerSecond: 200, eventsTotal: 400 }, settings: SETTINGS });
    const file = await stage.configure();
    const bridge = await stage.start();
    await until('the snapshot has ended', () => stage.records.ofType('snapshotEnded').length > 0);
    expect(await runCommand(verify, ['-c', file])).toMatchObject({ status: 0 });
    await bridge.stop();
    const outcome = await runCommand(verify, ['-c', file]);
    expect(outcome.stderr).toMatch(/\nFlawless: \d+ records/);
    expect(lineOf(outcome)).toMatchObject({
      verdict: 'flawless',
      holesJudged: 'all',
      accounts: [{ accountId: 'watcher', generations: 1, gapsOpened: 1, gapsClosed: 1, violations: 0 }],
    });
  });

  test('does not see aborted records, also where overlapping transactions were aborted', async () => {
    const bench = await setBench();
    const records = generationOf(bench, 'a', Date.now());
    const [one, two] = [await producerOf(bench), await producerOf(bench)];
    const [first, second] = [await one.transaction(), await two.transaction()];
    await send(first, records);
    await send(second, records);
    await send(first, records);
    await second.abort();
    await first.abort();
    expect(lineOf(await bench.verify())).toMatchObject({ verdict: 'flawless', records: 0 });
    await publish(bench, records);
    expect(lineOf(await bench.verify())).toMatchObject({ verdict: 'flawless', records: 8 });
  });

  test('exits 1 and names what is missing, what is twice and where', async () => {
    const bench = await setBench();
    const records = generationOf(bench, 'a', Date.now());
    await publish(bench, [...records.toSpliced(3, 1), ...records.slice(6, 7)]);
    const outcome = await bench.verify();
    expect(outcome.status).toBe(1);
    expect(lineOf(outcome)).toMatchObject({
      verdict: 'violated',
      counts: { 'missing-sequence': 1, 'duplicate-id': 1, 'duplicate-sequence': 1, 'out-of-order': 0 },
      violations: expect.arrayContaining([
        expect.objectContaining({ kind: 'duplicate-id', topic: `${bench.stage.prefix}presence` }),
        expect.objectContaining({ message: 'sequence 4 is in no topic: account a, generation 1' }),
      ]),
    });
    expect(outcome.stderr).toContain('Not as promised: 3 violations in 8 records');
  });

  test('with --since leaves older records alone, and judges all later ones', async () => {
    const bench = await setBench();
    const now = Date.now();
    const [old, recent] = [generationOf(bench, 'old', now - 3_600_000), generationOf(bench, 'recent', now)];
    await publish(bench, [...old.toSpliced(3, 1), ...recent]);
    const since = new Date(now - 600_000).toISOString();
    expect(lineOf(await bench.verify('--since', since))).toMatchObject({
      verdict: 'flawless',
      holesJudged: 'since',
      judgedFrom: since,
      accounts: [{ accountId: 'recent', records: 8 }],
    });
    await publish(bench, [bench.record({ accountId: 'recent', sequence: 10, timestampMs: now })]);
    expect(lineOf(await bench.verify('--since', since))).toMatchObject({ counts: { 'missing-sequence': 1 } });
  });

  test('does not judge holes that retention may have made, and still judges later ones', async () => {
    const bench = await setBench();
    const now = Date.now();
    await publish(bench, [...generationOf(bench, 'old', now - 30 * DAY_MS), ...generationOf(bench, 'recent', now)]);
    await deleteFirst(bench, `${bench.stage.prefix}presence`, partitionOf('sip:2@x', PARTITIONS));
    expect(lineOf(await bench.verify())).toMatchObject({
      verdict: 'flawless',
      holesJudged: 'since',
      records: 15,
      unjudged: 1,
    });
    await publish(bench, [bench.record({ accountId: 'recent', sequence: 10, timestampMs: now })]);
    expect(lineOf(await bench.verify())).toMatchObject({ counts: { 'missing-sequence': 1 } });
  });

  test('says what to do when there are no topics, and what a time looks like', async () => {
    const stage = await setStage({ hasTopics: false });
    const args = ['-c', await stage.configure()];
    const outcome = await runCommand(verify, args);
    expect(outcome).toMatchObject({ status: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/^cwa-bridge verify: Kafka has no topic .*topics --create/);
    await expect(runCommand(verify, [...args, '--since', 'yesterday'])).rejects.toThrow('2009-03-02T08:15:00Z');
  });
});
