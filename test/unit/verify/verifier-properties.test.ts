import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { CheckedRecord } from '../../../src/verify/checked-record.ts';
import { check, generationOf, kindsOf } from './builders.ts';

/** A valid stream: some accounts with some generations each, the records of different accounts mixed. */
const streams = fc
  .tuple(
    fc.array(fc.array(fc.nat({ max: 25 }), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    fc.infiniteStream(fc.nat()),
  )
  .map(([accounts, choices]) => {
    const queues = accounts.map((generations, account) =>
      generations.flatMap((events, index) => generationOf(`account${String(account)}`, index + 1, events)),
    );
    const stream: CheckedRecord[] = [];
    while (queues.some(({ length }) => length > 0)) {
      const waiting = queues.filter(({ length }) => length > 0);
      const [choice] = choices.take(1);
      const next = waiting[(choice ?? 0) % waiting.length]?.shift();
      if (next !== undefined) stream.push({ ...next, offset: BigInt(stream.length) });
    }
    return stream;
  });

/** A stream and the index of one of its records. */
const streamsWithIndex = streams.chain((stream) => fc.tuple(fc.constant(stream), fc.nat({ max: stream.length - 1 })));

test('finds nothing in a valid stream, in whatever order its partitions are read', () => {
  fc.assert(
    fc.property(streams, (stream) => {
      expect(kindsOf(check(stream))).toEqual([]);
      const byPartition = Map.groupBy(stream, ({ topic, partition }) => `${topic}/${String(partition)}`);
      expect(kindsOf(check([...byPartition.values()].toReversed().flat()))).toEqual([]);
    }),
  );
});

test('finds every single record that is dropped: the last of a generation by its open gap', () => {
  fc.assert(
    fc.property(streamsWithIndex, ([stream, index]) => {
      expect(check(stream.toSpliced(index, 1)).isFlawless).toBe(false);
    }),
  );
});

test('finds every single record that is there twice, wherever the second one is', () => {
  fc.assert(
    fc.property(streamsWithIndex, fc.nat(), ([stream, index], place) => {
      const again = stream[index];
      if (again === undefined) throw new Error('no such record');
      const report = check(stream.toSpliced(index + 1 + (place % (stream.length - index)), 0, again));
      expect(kindsOf(report)).toEqual(expect.arrayContaining(['duplicate-id', 'duplicate-sequence']));
    }),
  );
});

test('finds every swap of two records of an account in one partition', () => {
  fc.assert(
    fc.property(streamsWithIndex, fc.nat(), ([stream, index], choice) => {
      const one = stream[index];
      if (one === undefined) throw new Error('no such record');
      const siblings = stream.filter((record) => record !== one && isSibling(record, one));
      fc.pre(siblings.length > 0);
      const other = siblings[choice % siblings.length] ?? one;
      const swapped = stream.with(index, other).with(stream.indexOf(other), one);
      expect(kindsOf(check(swapped))).toContain('out-of-order');
    }),
  );
});

function isSibling(a: CheckedRecord, b: CheckedRecord): boolean {
  return a.topic === b.topic && a.partition === b.partition && accountOf(a) === accountOf(b);
}

function accountOf({ value }: CheckedRecord): unknown {
  return (JSON.parse(value ?? '') as { readonly accountId: unknown }).accountId;
}
