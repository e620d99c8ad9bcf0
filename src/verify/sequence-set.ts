import { assert } from '../lib/assert.ts';

/** Bits of a page: half a kibibyte, small enough for the many short generations of a bad day. */
const PAGE_BITS = 4096;
const WORD_BITS = 32;

/** From and to, both inclusive. */
export type SequenceRange = readonly [from: number, to: number];

/**
 * A set of sequence numbers from 1, as bits: a million of them takes an eighth of a megabyte. Pages are made where
 * numbers are, so one absurd number does not take the memory of all before it.
 */
export class SequenceSet {
  readonly #pages = new Map<number, Uint32Array>();

  /** @returns false if it was in the set already. */
  add(sequence: number): boolean {
    assert(Number.isSafeInteger(sequence) && sequence >= 1, 'a sequence is a safe integer from 1');
    const index = (sequence - 1) % PAGE_BITS;
    const page = this.#pageOf(Math.floor((sequence - 1) / PAGE_BITS));
    const word = Math.floor(index / WORD_BITS);
    const mask = 1 << (index % WORD_BITS);
    const bits = page[word] ?? 0;
    page[word] = bits | mask;
    return (bits & mask) === 0;
  }

  /** The ranges between `from` and `to` (inclusive) that are not in the set, ascending; the time is that of what is. */
  *missing(from: number, to: number): Generator<SequenceRange, void, undefined> {
    let expected = from;
    for (const [number, page] of [...this.#pages].sort(([a], [b]) => a - b)) {
      for (const sequence of sequencesOf(number, page)) {
        if (sequence > to) break;
        if (sequence > expected) yield [expected, sequence - 1];
        expected = Math.max(expected, sequence + 1);
      }
    }
    if (expected <= to) yield [expected, to];
  }

  #pageOf(number: number): Uint32Array {
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    const page = new Uint32Array(PAGE_BITS / WORD_BITS);
    this.#pages.set(number, page);
    return page;
  }
}

function* sequencesOf(number: number, page: Uint32Array): Generator<number, void, undefined> {
  for (const [word, bits] of page.entries()) {
    if (bits === 0) continue;
    for (let bit = 0; bit < WORD_BITS; bit += 1) {
      if ((bits & (1 << bit)) !== 0) yield number * PAGE_BITS + word * WORD_BITS + bit + 1;
    }
  }
}
