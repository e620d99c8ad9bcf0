/**
 * The configured brokers, the one first that worked last.
 *
 * kafkajs begins every connection with the first of the list and moves on only when connecting fails. A broker that
 * hangs still accepts connections: each attempt would wait for its time limit, and none would get past it. So an
 * operation that failed moves the next ones on to another broker.
 */
export class SeedBrokers {
  readonly #brokers: readonly string[];
  #first = 0;

  /** @param brokers `host:port` of each, at least one. */
  constructor(brokers: readonly string[]) {
    this.#brokers = brokers;
  }

  /** Which broker is first; to be handed to {@link leave} if the operation that begins now fails. */
  get mark(): number {
    return this.#first;
  }

  /** All brokers, in the order in which to try them. */
  list(): string[] {
    return [...this.#brokers.slice(this.#first), ...this.#brokers.slice(0, this.#first)];
  }

  /** Moves on from the broker that was first at `mark`, unless somebody else has done so already. */
  leave(mark: number): void {
    if (this.#first === mark) this.#first = (mark + 1) % this.#brokers.length;
  }
}
