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
  // Not by `node:timers/promises`: most sleeps of the loop are aborted, and there each costs two errors with a stack.
  async sleep(ms, signal) {
    if (signal?.aborted === true) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = (): void => {
      resolve(undefined);
    };
    const timer = setTimeout(wake, Math.max(0, ms));
    signal?.addEventListener('abort', wake);
    await promise;
    clearTimeout(timer);
    signal?.removeEventListener('abort', wake);
  },
};
