/**
 * Shares one slow question among many who ask: whoever asks gets an answer that was begun after he asked. While one
 * round runs, all who come in that time share the next.
 */
export class Coalesced<T> {
  readonly #ask: () => Promise<T>;
  #running: Promise<unknown> | null = null;
  #next: Promise<T> | null = null;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  get(): Promise<T> {
    if (this.#next !== null) return this.#next;
    if (this.#running === null) return this.#begin();
    this.#next = this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#next;
  }

  #begin(): Promise<T> {
    this.#next = null;
    const round = this.#ask();
    const running = round.finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    running.catch(() => undefined);
    return round;
  }
}
