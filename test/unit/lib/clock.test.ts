import { expect, test } from 'vitest';

import { systemClock } from '../../../src/lib/clock.ts';

test('a sleep ends when its time has come, not before', async () => {
  const before = systemClock.monotonic();
  await systemClock.sleep(20);
  // Timers count whole milliseconds and may end a fraction early.
  expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(19);
});

test('a sleep whose signal aborts ends at once and does not reject', async () => {
  const stop = new AbortController();
  const sleep = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error('any reason'));
  await expect(sleep).resolves.toBeUndefined();
  await expect(systemClock.sleep(60_000, stop.signal)).resolves.toBeUndefined();
});

test('a sleep of no or negative time is allowed', async () => {
  await expect(systemClock.sleep(-5)).resolves.toBeUndefined();
});
