/** What can be wrong with what was published. */
export const FAULTS = [
  ...(['lost', 'duplicated', 'reordered', 'sequence', 'wrongId', 'foreign', 'edges'] as const),
  ...(['orders', 'held', 'subscriptions'] as const),
] as const;
export type Fault = (typeof FAULTS)[number];

/** How many examples of each fault are kept: enough to begin a search with. */
const EXAMPLES_MAX = 5;

/** Counts faults and keeps examples. */
export class Findings {
  readonly #counts = new Map<Fault, number>(FAULTS.map((fault) => [fault, 0]));
  readonly #examples = new Map<Fault, string[]>(FAULTS.map((fault) => [fault, []]));

  /** @param example what and where, in words; made only if it is kept. */
  add(fault: Fault, example: () => string, count = 1): void {
    this.#counts.set(fault, this.count(fault) + count);
    const examples = this.#examples.get(fault);
    if (examples !== undefined && examples.length < EXAMPLES_MAX) examples.push(`${fault}: ${example()}`);
  }

  count(fault: Fault): number {
    return this.#counts.get(fault) ?? 0;
  }

  get total(): number {
    return FAULTS.reduce((sum, fault) => sum + this.count(fault), 0);
  }

  get examples(): readonly string[] {
    return FAULTS.flatMap((fault) => this.#examples.get(fault) ?? []);
  }
}
