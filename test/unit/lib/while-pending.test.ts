import { expect, test } from 'vitest';

import { whilePending } from '../../../src/lib/while-pending.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';

/** Turns of a second that go on until they are told that it is over. */
function setUp(signal?: AbortSignal) {
  const clock = new ManualClock();
  const work = Promise.withResolvers<string>();
  let turns = 0;
  let isOver = false;
  const turn = (over: AbortSignal): Promise<void> => {
    turns += 1;
    return clock.sleep(3_600_000, over);
  };
  const result = whilePending(work.promise, turn, { intervalMs: 1_000, clock, ...(signal && { signal }) });
  void result.then(() => (isOver = true));
  return { clock, work, turns: () => turns, isOver: () => isOver };
}

test.each(['resolves', 'rejects'])('a turn under way is told when the work %s, and is the last', async (how) => {
  const { clock, work, turns, isOver } = setUp();
  await clock.advance(1_000);
  expect([turns(), isOver()]).toEqual([1, false]);
  if (how === 'resolves') work.resolve('done');
  else work.reject(new Error('lost'));
  await settled();
  expect([turns(), isOver()]).toEqual([1, true]);
  expect(clock.sleepers).toBe(0);
});

test('a turn under way is told when the signal aborts, and is the last although the work goes on', async () => {
  const stop = new AbortController();
  const { clock, turns, isOver } = setUp(stop.signal);
  await clock.advance(1_000);
  expect([turns(), isOver()]).toEqual([1, false]);
  stop.abort();
  await clock.advance(5_000);
  expect([turns(), isOver()]).toEqual([1, true]);
  expect(clock.sleepers).toBe(0);
});
