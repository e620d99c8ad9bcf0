import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SequenceSet } from '../../../src/verify/sequence-set.ts';

function setOf(sequences: readonly number[]): SequenceSet {
  const set = new SequenceSet();
  for (const sequence of sequences) set.add(sequence);
  return set;
}

test('says whether a number is new, like a Set', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9_000 })), (sequences) => {
      const known = new Set<number>();
      const set = new SequenceSet();
      for (const sequence of sequences) {
        expect(set.add(sequence)).toBe(!known.has(sequence));
        known.add(sequence);
      }
    }),
  );
});

test('names exactly the numbers that are missing between two', () => {
  const number = fc.integer({ min: 1, max: 9_000 });
  fc.assert(
    fc.property(fc.array(number, { maxLength: 50 }), number, number, (sequences, from, to) => {
      const missing = new Set<number>();
      for (const [first, last] of setOf(sequences).missing(from, to)) {
        for (let sequence = first; sequence <= last; sequence += 1) missing.add(sequence);
      }
      const expected = new Set<number>();
      for (let sequence = from; sequence <= to; sequence += 1) expected.add(sequence);
      expect(missing).toEqual(expected.difference(new Set(sequences)));
    }),
  );
});

test('takes an absurdly large number without the memory of all before it', () => {
  const set = setOf([1, Number.MAX_SAFE_INTEGER]);
  expect([...set.missing(1, Number.MAX_SAFE_INTEGER)]).toEqual([[2, Number.MAX_SAFE_INTEGER - 1]]);
});
