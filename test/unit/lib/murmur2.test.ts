import { createRequire } from 'node:module';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { murmur2, partitionOf } from '../../../src/lib/murmur2.ts';

// kafkajs' own port of Java's hash: the judge here, private to that package and therefore loaded by path.
const judge = createRequire(import.meta.url)('kafkajs/src/producer/partitioners/default/murmur2.js') as (
  key: Buffer,
) => number;

test('hashes every text as the Java client does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      expect(murmur2(Buffer.from(text))).toBe(judge(Buffer.from(text)));
    }),
  );
});

test.each([
  // Vectors of org.apache.kafka.common.utils.UtilsTest#testMurmur2.
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
])('hashes %s to the value in the Java client’s own test', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash);
});

test('gives a partition that exists', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (key, count) => {
      const partition = partitionOf(key, count);
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(count);
    }),
  );
});
