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
  /** In the order in which they wake. */
  readonly #sleepers: Sleeper[] = [];
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
    this.#sleepers.splice(this.#firstAfter(sleeper.until), 0, sleeper);
    signal?.addEventListener('abort', sleeper.wake, { once: true });
    await promise;
    this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
    signal?.removeEventListener('abort', sleeper.wake);
  }

  /** Index of the first sleeper who wakes later. */
  #firstAfter(moment: number): number {
    let [from, to] = [0, this.#sleepers.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const isLater = (this.#sleepers[middle]?.until ?? Number.POSITIVE_INFINITY) > moment;
      if (isLater) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /**
   * Lets time pass up to a moment.
   *
   * @param parties how many share the clock: it does not leap while fewer sleep.
   */
  async passUntil(moment: number, parties: number): Promise<void> {
    while (this.#time < moment) {
      while (this.#sleepers.length < parties) await turn();
      const next = this.#sleepers[0]?.until ?? moment;
      this.#time = Math.max(this.#time, Math.min(moment, next));
      for (const { wake } of this.#sleepers.slice(0, this.#firstAfter(this.#time))) wake();
      await turn();
    }
  }
}

/** Resolves when the event loop has come round. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
