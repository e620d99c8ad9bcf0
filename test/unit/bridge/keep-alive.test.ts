import { describe, expect, test } from 'vitest';

import { whileKeepingAlive } from '../../../src/bridge/keep-alive.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';

const NEVER = new AbortController().signal;

function setUp(signal: AbortSignal = NEVER) {
  const clock = new ManualClock();
  const polls: number[] = [];
  const pending: number[] = [];
  const work = Promise.withResolvers<string>();
  const result = whileKeepingAlive(
    work.promise,
    {
      intervalMs: 1_000,
      poll: () => {
        polls.push(clock.monotonic());
        return Promise.resolve();
      },
      onPending: (ms) => pending.push(ms),
      clock,
    },
    signal,
  );
  return { clock, polls, pending, work, result };
}

describe('while a commit is pending', () => {
  test('the session is polled once each interval, and what waits is told', async () => {
    const { clock, polls, pending, work, result } = setUp();
    await clock.advance(999);
    expect(polls).toHaveLength(0);
    for (const ms of [1, 1_000, 1_000]) await clock.advance(ms);
    expect(polls).toHaveLength(3);
    expect(pending).toEqual([1_000, 2_000, 3_000]);

    work.resolve('done');
    await expect(result).resolves.toBe('done');
    expect(pending.at(-1)).toBe(0);
    expect(clock.sleepers).toBe(0);
  });

  test('a quick commit costs no poll', async () => {
    const { polls, pending, work, result } = setUp();
    work.resolve('done');
    await expect(result).resolves.toBe('done');
    expect(polls).toEqual([]);
    expect(pending).toEqual([0]);
  });

  test('a failure comes to the caller, after what waited is told to be over', async () => {
    const { clock, pending, work, result } = setUp();
    const seen = expect(result).rejects.toThrow('the shard is lost');
    await clock.advance(1_000);
    work.reject(new Error('the shard is lost'));
    await seen;
    expect(pending).toEqual([1_000, 0]);
  });

  test('the order to stop ends the polls, not the wait', async () => {
    const stop = new AbortController();
    const { clock, polls, work, result } = setUp(stop.signal);
    stop.abort();
    await clock.advance(5_000);
    expect(polls).toEqual([]);
    let isOver = false;
    void result.then(() => (isOver = true));
    await settled();
    expect(isOver).toBe(false);
    work.resolve('done');
    await expect(result).resolves.toBe('done');
  });
});
