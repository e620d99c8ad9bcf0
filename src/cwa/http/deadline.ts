/**
 * A signal that aborts with the caller's, or when the time is up. To be ended when the exchange is over, so that
 * neither a timer nor a listener outlives it: a session lasts for weeks and its signal with it.
 *
 * Real time, not the clock that is passed around: a socket knows no other.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  #isExpired = false;

  constructor(caller: AbortSignal, timeoutMs: number) {
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      this.#isExpired = true;
      this.#controller.abort(new Error('the time is up'));
    }, timeoutMs);
    if (caller.aborted) this.#onCallerAbort();
    else caller.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True if the time was up before {@link end}. */
  get isExpired(): boolean {
    return this.#isExpired;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = (): void => {
    this.#controller.abort(this.#caller.reason);
  };
}
