import type { Clock } from '../../src/lib/clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that stands still until the test moves it; sleepers wake when their time has come or their signal aborts. */
export class ManualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #time: number;

  /** @param startMs wall time and monotonic time alike. */
  constructor(startMs = 1_700_000_000_000) {
    this.#time = startMs;
  }

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper: Sleeper = {
      until: this.#time + ms,
      wake: () => {
        this.#sleepers.delete(sleeper);
        resolve();
      },
    };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', sleeper.wake, { once: true });
    return promise;
  }

  /** How many wait. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  /** Lets time pass, and then everybody run who is woken by it. */
  async advance(ms: number): Promise<void> {
    this.#time += ms;
    for (const sleeper of [...this.#sleepers]) if (sleeper.until <= this.#time) sleeper.wake();
    await settled();
  }
}

/** Resolves when all that can run without time passing has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
