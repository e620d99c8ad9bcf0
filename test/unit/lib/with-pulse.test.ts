import { expect, test } from 'vitest';

import { withPulse } from '../../../src/lib/with-pulse.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const work = Promise.withResolvers<string>();
  let beats = 0;
  const result = withPulse(work.promise, () => (beats += 1), clock);
  return { clock, work, result, beats: () => beats };
}

test('beats at once, and every ten seconds while the work goes on', async () => {
  const { clock, work, result, beats } = setUp();
  expect(beats()).toBe(1);
  await clock.advance(9_999);
  expect(beats()).toBe(1);
  await clock.advance(1);
  await clock.advance(10_000);
  expect(beats()).toBe(3);
  work.resolve('done');
  await expect(result).resolves.toBe('done');
});

test('ends with the work, and leaves no timer behind', async () => {
  const { clock, work, result, beats } = setUp();
  work.resolve('done');
  await result;
  await clock.advance(60_000);
  expect(beats()).toBe(1);
  expect(clock.sleepers).toBe(0);
});

test('hands on the failure of the work', async () => {
  const { clock, work, result } = setUp();
  const seen = expect(result).rejects.toThrow('lost');
  work.reject(new Error('lost'));
  await seen;
  expect(clock.sleepers).toBe(0);
});
