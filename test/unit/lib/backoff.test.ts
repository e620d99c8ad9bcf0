import fc from 'fast-check';
import { expect, test } from 'vitest';

import { backoffMs } from '../../../src/lib/backoff.ts';

const BOUNDS = { minMs: 500, maxMs: 30_000 };

test('doubles with each failure up to the longest wait', () => {
  const longest = [1, 2, 3, 6, 7, 100].map((failures) => backoffMs(failures, BOUNDS, () => 1));
  expect(longest).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000]);
});

test('fixes one half and draws the other', () => {
  expect(backoffMs(3, BOUNDS, () => 0)).toBe(1_000);
  expect(backoffMs(3, BOUNDS, () => 0.5)).toBe(1_500);
});

test('stays within its bounds for any number of failures and any bounds', () => {
  const bounds = fc.tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 0, max: 3_600_000 }));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      bounds,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, [minMs, more], random) => {
        const ms = backoffMs(failures, { minMs, maxMs: minMs + more }, () => random);
        expect(ms).toBeGreaterThanOrEqual(minMs / 2);
        expect(ms).toBeLessThan(minMs + more);
      },
    ),
  );
});
