import { setTimeout as delay } from 'node:timers/promises';

import { type Contest, untilEvents } from './contest.ts';

/** One measurement. */
export interface Sample {
  readonly eventsPerSecond: number;
  /** Processor time of the contestant alone for one event, in microseconds. */
  readonly cpuUsPerEvent: number;
}

/** Waits until events flow, lets the contestant warm up, and counts for a while. */
export function measuring(warmUpSeconds: number, seconds: number): (contest: Contest) => Promise<Sample> {
  return async (contest) => {
    await untilEvents(contest, 1);
    await delay(warmUpSeconds * 1_000);
    const before = await read(contest);
    await delay(seconds * 1_000);
    const after = await read(contest);
    const events = after.events - before.events;
    return {
      eventsPerSecond: (events * 1_000) / (after.atMs - before.atMs),
      cpuUsPerEvent: (after.cpuUs - before.cpuUs) / Math.max(1, events),
    };
  };
}

async function read({ events, subject }: Contest): Promise<{ atMs: number; events: number; cpuUs: number }> {
  const [count, cpuUs] = await Promise.all([events(), subject.cpuUs()]);
  return { atMs: performance.now(), events: count, cpuUs };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
