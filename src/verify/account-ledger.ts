import { type SequenceRange, SequenceSet } from './sequence-set.ts';

interface Generation {
  readonly sequences: SequenceSet;
  records: number;
  /** Infinity and 0 while there is no record. */
  first: number;
  last: number;
  /** The highest number that must be there, known from elsewhere; 0 if nothing is. */
  expectedLast: number;
  /** The lowest number whose record is not older than the horizon; Infinity if there is none. */
  judgedFrom: number;
}

export interface MissingSequences {
  readonly generation: number;
  readonly range: SequenceRange;
  /** False where the records may just as well be older than what was read. */
  readonly isJudged: boolean;
}

export interface AccountCounts {
  readonly generations: number;
  readonly records: number;
  readonly first: { readonly generation: number; readonly sequence: number } | null;
  readonly last: { readonly generation: number; readonly sequence: number } | null;
}

/** The sequence numbers of one account, by generation. */
export class AccountLedger {
  readonly #generations = new Map<number, Generation>();

  /**
   * @param isJudged whether the record is not older than the horizon.
   * @returns false if the number was there already.
   */
  add(generation: number, sequence: number, isJudged: boolean): boolean {
    const entry = this.#of(generation);
    entry.records += 1;
    entry.first = Math.min(entry.first, sequence);
    entry.last = Math.max(entry.last, sequence);
    if (isJudged) entry.judgedFrom = Math.min(entry.judgedFrom, sequence);
    return entry.sequences.add(sequence);
  }

  /** A number that was written after the ends that count: it fills a hole and does nothing else. */
  fill(generation: number, sequence: number): void {
    this.#generations.get(generation)?.sequences.add(sequence);
  }

  expect(generation: number, lastSequence: number): void {
    const entry = this.#of(generation);
    entry.expectedLast = Math.max(entry.expectedLast, lastSequence);
  }

  get counts(): AccountCounts {
    const seen = this.#ascending().filter(([, { records }]) => records > 0);
    const [first, last] = [seen.at(0), seen.at(-1)];
    return {
      generations: seen.length,
      records: seen.reduce((sum, [, { records }]) => sum + records, 0),
      first: first === undefined ? null : { generation: first[0], sequence: first[1].first },
      last: last === undefined ? null : { generation: last[0], sequence: last[1].last },
    };
  }

  /**
   * The holes, ascending. Numbers ascend with time, and so do generations: behind the first record that is not older
   * than the horizon everything must be there.
   *
   * @param isWhole whether there is no horizon: everything must be there from the first number of every generation.
   */
  *missing(isWhole: boolean): Generator<MissingSequences, void, undefined> {
    let mustBeWhole = isWhole;
    for (const [generation, { sequences, last, expectedLast, judgedFrom }] of this.#ascending()) {
      const from = mustBeWhole ? 1 : judgedFrom;
      const to = Math.max(last, expectedLast);
      for (const range of sequences.missing(1, Math.min(from - 1, to))) yield { generation, range, isJudged: false };
      for (const range of sequences.missing(from, to)) yield { generation, range, isJudged: true };
      mustBeWhole ||= judgedFrom !== Infinity;
    }
  }

  #ascending(): readonly (readonly [number, Generation])[] {
    return [...this.#generations].sort(([a], [b]) => a - b);
  }

  #of(generation: number): Generation {
    const known = this.#generations.get(generation);
    if (known !== undefined) return known;
    const sequences = new SequenceSet();
    const entry = { sequences, records: 0, first: Infinity, last: 0, expectedLast: 0, judgedFrom: Infinity };
    this.#generations.set(generation, entry);
    return entry;
  }
}
