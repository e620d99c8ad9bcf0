import { describe, expect, test } from 'vitest';

import { DISORDER_MS, horizonOf } from '../../../src/verify/horizon.ts';

const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;
const retentionMs = new Map<string, number | null>([
  ['aged', 7 * DAY_MS],
  ['sized', null],
]);

function horizon(sinceMs: number | null, ...starts: readonly (readonly [topic: string, low: bigint, from: bigint])[]) {
  const partitions = starts.map(([topic, low, from], partition) => ({ topic, partition, low, from }));
  return horizonOf({ partitions, sinceMs, retentionMs, nowMs: NOW });
}

describe('from when on everything must be there', () => {
  test('always, where every partition is read from its first offset', () => {
    expect(horizon(null, ['aged', 0n, 0n], ['sized', 0n, 0n])).toBeNull();
  });

  test('from the age on at which retention deletes, where it has deleted', () => {
    expect(horizon(null, ['aged', 0n, 0n], ['aged', 9n, 9n])).toBe(NOW - 7 * DAY_MS + DISORDER_MS);
  });

  test('never, where retention deletes by something else than age', () => {
    expect(horizon(null, ['aged', 9n, 9n], ['sized', 9n, 9n])).toBe(Infinity);
  });

  test('from the time that was asked for, where older records are still there', () => {
    expect(horizon(98 * DAY_MS, ['aged', 0n, 5n], ['sized', 9n, 10n])).toBe(98 * DAY_MS);
  });

  test('from the time that was asked for, also where nothing is cut: the records before may be in another cluster', () => {
    expect(horizon(5 * DAY_MS, ['aged', 0n, 0n])).toBe(5 * DAY_MS);
  });

  test('not from an asked time that retention has already reached', () => {
    expect(horizon(90 * DAY_MS, ['aged', 9n, 9n])).toBe(NOW - 7 * DAY_MS + DISORDER_MS);
    expect(horizon(98 * DAY_MS, ['aged', 9n, 9n])).toBe(98 * DAY_MS);
    expect(horizon(98 * DAY_MS, ['sized', 9n, 9n])).toBe(Infinity);
  });
});
