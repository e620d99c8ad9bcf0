/** What the run knows of the brokers because it is the one who stops them. Times are of `Date.now()`. */
export class KafkaHealth {
  readonly #nodes: number;
  readonly #away = new Set<number>();
  #wellSince: number | null = Date.now();
  #stoppedSince: number | null = null;

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  /** Since when all run; null while one does not. */
  get wellSince(): number | null {
    return this.#wellSince;
  }

  /** Since when none runs; null while one does. */
  get stoppedSince(): number | null {
    return this.#stoppedSince;
  }

  /** To be called before something is done to brokers that stay. */
  unwell(): void {
    this.#wellSince = null;
  }

  /** To be called after it. */
  settled(): void {
    if (this.#away.size === 0) this.#wellSince = Date.now();
  }

  /** To be called when a node has certainly stopped. */
  gone(node: number): void {
    this.#away.add(node);
    this.#wellSince = null;
    if (this.#away.size === this.#nodes) this.#stoppedSince = Date.now();
  }

  /** To be called before a node is let run again. */
  back(node: number): void {
    this.#stoppedSince = null;
    this.#away.delete(node);
    this.settled();
  }
}
