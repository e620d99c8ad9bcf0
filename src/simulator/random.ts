import { assert, present } from '../lib/assert.ts';

/**
 * A small reproducible generator (mulberry32). Not for secrets: the same seed gives the same numbers in every run and
 * on every machine, which is its purpose.
 */
export class Random {
  #state: number;

  /** @param seed any text; different texts give unrelated streams. */
  constructor(seed: string) {
    this.#state = hashText(seed);
  }

  /** At least 0, below 1, in steps of 2^-32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** An integer at least 0 and below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** An integer at least `least` and at most `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the items, all equally likely. The list must not be empty. */
  pick<T>(items: readonly T[]): T {
    assert(items.length > 0, 'nothing to pick from');
    return present(items[this.below(items.length)], 'picked item');
  }

  /** One of the names, in proportion to its weight. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const names = Object.keys(weights) as T[];
    let rest = this.next() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      rest -= weights[name];
      if (rest < 0) return name;
    }
    return present(names[0], 'weighted name');
  }

  /** The items in a random order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const list = [...items];
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      const swapped = present(list[i], 'item');
      list[i] = present(list[j], 'item');
      list[j] = swapped;
    }
    return list;
  }
}

/** FNV-1a over UTF-16 code units, then mixed: a change of one character changes about half of the bits. */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
