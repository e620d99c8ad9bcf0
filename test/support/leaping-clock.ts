import type { Clock } from '../../src/lib/clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/**
 * A clock that leaps: whenever all who share it sleep, it is at once the moment at which the first of them wakes. What
 * waits for something else than the clock, such as an exchange on loopback, takes no time.
 */
export class LeapingClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #time: number;

  constructor(startMs: number) {
    this.#time = startMs;
  }

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const sleeper: Sleeper = {
      until: this.#time + Math.ceil(Math.max(0, ms)),
      wake: () => {
        resolve(undefined);
      },
    };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', sleeper.wake, { once: true });
    await promise;
    this.#sleepers.delete(sleeper);
    signal?.removeEventListener('abort', sleeper.wake);
  }

  /**
   * Lets time pass up to a moment.
   *
   * @param parties how many share the clock: it does not leap while fewer sleep.
   */
  async passUntil(moment: number, parties: number): Promise<void> {
    while (this.#time < moment) {
      while (this.#sleepers.size < parties) await turn();
      const next = Math.min(moment, ...[...this.#sleepers].map(({ until }) => until));
      this.#time = Math.max(this.#time, next);
      for (const sleeper of [...this.#sleepers]) if (sleeper.until <= this.#time) sleeper.wake();
      await turn();
    }
  }
}

/** Resolves when the event loop has come round. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
