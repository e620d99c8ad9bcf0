import { setTimeout as delay } from 'node:timers/promises';

/** Time as the core sees it. Tests pass a clock of their own; nothing else reads the machine's. */
export interface Clock {
  /** Wall time, in milliseconds since the epoch. May jump: for records and logs, never for measuring. */
  now(): number;
  /** Monotonic time in milliseconds, for durations. */
  monotonic(): number;
  /**
   * Resolves after `ms` milliseconds, or at once when `signal` aborts: the caller looks at the signal.
   * Never rejects, so that a wait cannot fail.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.max(0, ms), undefined, signal ? { signal } : {});
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    }
  },
};
