import { expect, test } from 'vitest';

import { SeedBrokers } from '../../../src/kafka/seed-brokers.ts';

test('keeps to a broker that works', () => {
  const seeds = new SeedBrokers(['a', 'b', 'c']);

  expect([seeds.list(), seeds.list()]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

test('tries the next one first after a failure, and comes round', () => {
  const seeds = new SeedBrokers(['a', 'b', 'c']);
  const orders: string[] = [];
  for (let failure = 0; failure < 4; failure += 1) {
    orders.push(seeds.list().join(''));
    seeds.leave(seeds.mark);
  }

  expect(orders).toEqual(['abc', 'bca', 'cab', 'abc']);
});

test('moves on once for all operations that failed at the same broker', () => {
  const seeds = new SeedBrokers(['a', 'b', 'c']);
  const mark = seeds.mark;

  seeds.leave(mark);
  seeds.leave(mark);

  expect(seeds.list()).toEqual(['b', 'c', 'a']);
});
