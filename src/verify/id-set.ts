import { assert } from '../lib/assert.ts';

/** An id is 128 bits as 32 hexadecimal digits: four words. */
const WORDS = 4;
const HEX_PER_WORD = 8;
const SLOTS_MIN = 1024;

/**
 * A set of record ids as the 128 bits that they are: about 32 bytes for each, where a `Set<string>` takes three times as
 * much and a moment of garbage collection. Open addressing; an id is a hash already, so its first word is the slot to
 * look at first. A slot of zeros is free, so the id of nothing but zeros is kept apart.
 */
export class IdSet {
  #slots = SLOTS_MIN;
  #words = new Uint32Array(SLOTS_MIN * WORDS);
  #size = 0;
  #hasZero = false;

  /**
   * @param id 32 hexadecimal digits.
   * @returns false if it was in the set already.
   */
  add(id: string): boolean {
    assert(id.length === WORDS * HEX_PER_WORD, 'an id has 32 digits');
    const [a, b, c, d] = [wordOf(id, 0), wordOf(id, 1), wordOf(id, 2), wordOf(id, 3)];
    if (a === 0 && b === 0 && c === 0 && d === 0) {
      const isNew = !this.#hasZero;
      this.#hasZero = true;
      return isNew;
    }
    if (this.#size * 2 >= this.#slots) this.#grow();
    const isNew = insert(this.#words, this.#slots, a, b, c, d);
    if (isNew) this.#size += 1;
    return isNew;
  }

  #grow(): void {
    const old = this.#words;
    this.#slots *= 2;
    this.#words = new Uint32Array(this.#slots * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const [a = 0, b = 0, c = 0, d = 0] = [old[at], old[at + 1], old[at + 2], old[at + 3]];
      if (a !== 0 || b !== 0 || c !== 0 || d !== 0) insert(this.#words, this.#slots, a, b, c, d);
    }
  }
}

function wordOf(id: string, index: number): number {
  return Number.parseInt(id.slice(index * HEX_PER_WORD, (index + 1) * HEX_PER_WORD), 16);
}

/** Puts an id into the first free slot at or after its own; `slots` is a power of two. */
function insert(words: Uint32Array, slots: number, a: number, b: number, c: number, d: number): boolean {
  let slot = (a & (slots - 1)) >>> 0;
  for (;;) {
    const at = slot * WORDS;
    const [w, x, y, z] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
    if (w === a && x === b && y === c && z === d) return false;
    if (w === 0 && x === 0 && y === 0 && z === 0) {
      words.set([a, b, c, d], at);
      return true;
    }
    slot = (slot + 1) & (slots - 1);
  }
}
