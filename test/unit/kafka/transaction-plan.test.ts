import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';

import type { ClusterLayout, PartitionBatch, TransactionPlan } from '../../../src/kafka/port.ts';
import { BATCH_OVERHEAD_BYTES } from '../../../src/kafka/progress-record.ts';
import { planTransaction } from '../../../src/kafka/transaction-plan.ts';
import type { OutgoingRecord } from '../../../src/lib/outgoing-record.ts';
import { outgoingRecord } from '../../support/outgoing.ts';

const LAYOUT: ClusterLayout = new Map([
  ['presence', [1, 2, 3, 1, 2, null]],
  ['operations', [2, 3]],
  ['progress', [3]],
]);

function record(key: string, value: string, topic = 'presence'): OutgoingRecord {
  return outgoingRecord({ topic, key, value });
}

function plan(
  records: readonly OutgoingRecord[],
  options: {
    readonly batchBytesMax?: number;
    readonly isIsolated?: boolean;
    readonly progress?: readonly OutgoingRecord[];
  } = {},
): TransactionPlan {
  const { batchBytesMax = 500, isIsolated = false, progress = [record('a/anna', 'p')] } = options;
  const place = { topic: 'progress', partition: 0, records: progress };
  return planTransaction({ progress: place, records, layout: LAYOUT, batchBytesMax, isIsolated });
}

function leaderOf({ topic, partition }: PartitionBatch): number | null {
  return LAYOUT.get(topic)?.[partition] ?? null;
}

const routed = fc
  .record({
    topic: fc.constantFrom('presence', 'operations'),
    key: fc.string({ minLength: 1, maxLength: 6 }),
    size: fc.integer({ min: 0, max: 700 }),
  })
  .map(({ topic, key, size }) => record(key, 'x'.repeat(size), topic));

describe('every plan', () => {
  const everyPlan = fc.property(fc.array(routed), fc.boolean(), (records, isIsolated) => {
    const { first, rest } = plan(records, { isIsolated });
    const sends = [first, ...rest];
    const batches = sends.flat();

    // Progress goes first.
    expect(first[0]).toMatchObject({ topic: 'progress', partition: 0 });
    // Every record once, on the partition of its key, in order.
    for (const topic of ['presence', 'operations']) {
      const count = LAYOUT.get(topic)?.length ?? 0;
      for (let partition = 0; partition < count; partition += 1) {
        const sent = batches.filter((batch) => batch.topic === topic && batch.partition === partition);
        const wanted = records.filter((each) => each.topic === topic && javaPartition(each.key, count) === partition);
        expect(sent.flatMap((batch) => batch.records)).toEqual(wanted);
      }
    }
    for (const send of sends) {
      // One leader a send; a partition without one goes alone.
      expect(new Set(send.map(leaderOf)).size).toBe(1);
      if (send.some((batch) => leaderOf(batch) === null) || isIsolated) expect(send).toHaveLength(1);
      // A partition at most once, or kafkajs would merge the batches that were cut.
      expect(new Set(send.map(({ topic, partition }) => `${topic}/${String(partition)}`)).size).toBe(send.length);
    }
    for (const batch of batches) {
      const bytes = batch.records.reduce((sum, each) => sum + each.bytes, BATCH_OVERHEAD_BYTES);
      expect(batch.records.length === 1 || bytes <= 500).toBe(true);
    }
  });

  test('sends every record once, in order, to one leader at a time and within the limit of a batch', () => {
    fc.assert(everyPlan);
  });
});

function javaPartition(key: string, count: number): number {
  const choose = kafkajs.Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [],
    isr: [],
  }));
  return choose({ topic: '', partitionMetadata, message: { key, value: '' } });
}

test('needs one send for each leader when everything fits', () => {
  const records = Array.from({ length: 50 }, (_, index) => record(`key${String(index)}`, ''));

  const { first, rest } = plan(records, { batchBytesMax: 100_000 });

  // Leader 3 has the progress too. Nobody leads presence/5.
  expect(first.map(({ topic, partition }) => `${topic}/${String(partition)}`)).toEqual(['progress/0', 'presence/2']);
  expect(rest).toHaveLength(3);
});

test('cuts progress that is too large', () => {
  const progress = Array.from({ length: 5 }, (_, index) => record(`a/${String(index)}`, 'x'.repeat(150)));

  const { first, rest } = plan([record('k', 'v')], { progress });

  expect([...first, ...rest.flat()].map(({ topic, records }) => `${topic}:${String(records.length)}`)).toEqual([
    'progress:2',
    'presence:1',
    'progress:2',
    'progress:1',
  ]);
});

test('refuses a transaction without progress', () => {
  expect(() => plan([], { progress: [] })).toThrow('a transaction without progress');
});
