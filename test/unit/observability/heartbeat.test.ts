import { describe, expect, test } from 'vitest';
import { Heartbeats, watchForFreezes } from '../../../src/observability/heartbeat.ts';

function heartbeatsAt(start: number): { heartbeats: Heartbeats; advance: (ms: number) => void } {
  let now = start;
  return {
    heartbeats: new Heartbeats(() => now),
    advance: (ms) => {
      now += ms;
    },
  };
}

describe('heartbeats', () => {
  test('are good while every loop turns in time', () => {
    const { heartbeats, advance } = heartbeatsAt(1_000);
    const pulse = heartbeats.register('account a', 500);
    advance(500);
    expect(heartbeats.verdict()).toEqual({ ok: true, reasons: [] });
    pulse.beat();
    advance(500);
    expect(heartbeats.verdict().ok).toBe(true);
  });

  test('name each loop that has been silent for too long', () => {
    const { heartbeats, advance } = heartbeatsAt(0);
    heartbeats.register('account a', 500);
    heartbeats.register('shard 0', 5_000);
    advance(501);
    expect(heartbeats.verdict()).toEqual({
      ok: false,
      reasons: ['The loop account a has not turned for 501 ms (at most 500).'],
    });
  });

  test('are good again as soon as the loop turns again', () => {
    const { heartbeats, advance } = heartbeatsAt(0);
    const pulse = heartbeats.register('account a', 500);
    advance(10_000);
    expect(heartbeats.verdict().ok).toBe(false);
    pulse.beat();
    expect(heartbeats.verdict().ok).toBe(true);
  });

  test('do not wait for a loop that has ended', () => {
    const { heartbeats, advance } = heartbeatsAt(0);
    heartbeats.register('account a', 500).end();
    advance(10_000);
    expect(heartbeats.verdict().ok).toBe(true);
    expect(heartbeats.longestSilenceSeconds()).toBe(0);
  });

  test('keep the new loop when the old one of the same name ends late', () => {
    const { heartbeats, advance } = heartbeatsAt(0);
    const old = heartbeats.register('account a', 500);
    heartbeats.register('account a', 500);
    old.end();
    advance(2_500);
    expect(heartbeats.longestSilenceSeconds()).toBe(2.5);
    expect(heartbeats.verdict().ok).toBe(false);
  });
});

describe('watching for freezes', () => {
  /** A clock whose sleeps take what is given, and that stops the watch after the last. */
  function clockWithSleeps(sleepsMs: readonly number[], stop: AbortController) {
    const left = [...sleepsMs];
    let now = 0;
    return {
      monotonic: () => now,
      sleep: (): Promise<void> => {
        now += left.shift() ?? 0;
        if (left.length === 0) stop.abort();
        return Promise.resolve();
      },
    };
  }

  test('tells how long the process stood still, and nothing of an ordinary delay', async () => {
    const stop = new AbortController();
    const frozen: number[] = [];
    await watchForFreezes(clockWithSleeps([1_000, 1_900, 8_000, 1_000], stop), stop.signal, (ms) => frozen.push(ms));
    expect(frozen).toEqual([7_000]);
  });
});
