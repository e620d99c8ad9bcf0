import type { Clock } from '../../lib/clock.ts';
import type { Order } from './order.ts';

/**
 * The orders that wait for one account, in the order in which they were given. Whoever waits for something else wakes
 * up when one arrives: an account that is stopped for a day does what it is told at once.
 */
export class OrderInbox {
  readonly #clock: Clock;
  readonly #waiting: Order[] = [];
  #isDeferred = false;
  #wake: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(order: Order): void {
    this.#waiting.push(order);
    this.#isDeferred = false;
    this.#wake();
  }

  /** The one to be carried out next; null if there is none. */
  get first(): Order | null {
    return this.#waiting[0] ?? null;
  }

  /** The first is done with. */
  removeFirst(): void {
    this.#waiting.shift();
    this.#isDeferred = false;
  }

  /** The first cannot be carried out yet: waits are not cut short for it any more. */
  deferFirst(): void {
    this.#isDeferred = true;
  }

  /** Sleeps as the clock does, and not longer than until an order arrives. At once awake if one waits already. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#waiting.length > 0 && !this.#isDeferred) return;
    const awake = new AbortController();
    this.#wake = () => {
      awake.abort();
    };
    signal.addEventListener('abort', this.#wake);
    if (signal.aborted) awake.abort();
    await this.#clock.sleep(ms, awake.signal);
    signal.removeEventListener('abort', this.#wake);
    this.#wake = () => undefined;
  }
}
