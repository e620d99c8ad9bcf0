import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chunksOf } from '../../../../src/bridge/watching/subscription-chunks.ts';

test('chunks hold everybody in order, and none is longer than any of its users allows', () => {
  const users = fc.array(fc.record({ uri: fc.uuid(), limit: fc.integer({ min: 1, max: 5 }) }), { maxLength: 40 });
  fc.assert(
    fc.property(users, (list) => {
      const limits = new Map(list.map(({ limit, uri }) => [uri, limit]));
      const limitOf = (uri: string): number => limits.get(uri) ?? 0;
      const chunks = chunksOf([...limits.keys()], limitOf);
      expect(chunks.flat()).toEqual([...limits.keys()]);
      for (const chunk of chunks) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(chunk.length).toBeLessThanOrEqual(Math.min(...chunk.map(limitOf)));
      }
    }),
  );
});

test('chunks are as few as one limit for all allows', () => {
  const users = Array.from({ length: 101 }, (_, index) => `sip:u${String(index)}@harbour.example`);
  expect(chunksOf(users, () => 50).map(({ length }) => length)).toEqual([50, 50, 1]);
  expect(chunksOf([], () => 50)).toEqual([]);
});
