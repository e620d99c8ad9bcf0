import { expect, test } from 'vitest';

import { FIXED_LABEL_SETS } from '../../../src/observability/label-sets.ts';
import { availabilityNameOf } from '../../../src/records/availability.ts';
import { DEAD_LETTER_REASONS } from '../../../src/records/dead-letter-records.ts';

/** Values of the records that a set has to know: one that it does not know would be counted as `other`. */

test('every reason of a dead letter has a label of its own', () => {
  expect(FIXED_LABEL_SETS.deadLetterReason).toEqual(DEAD_LETTER_REASONS);
});

test('every name of an availability has a label of its own', () => {
  const names = Array.from({ length: 200 }, (_, step) => availabilityNameOf(step * 100));
  expect(FIXED_LABEL_SETS.availability).toEqual([...new Set(names)]);
});
