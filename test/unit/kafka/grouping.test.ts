import fc from 'fast-check';
import { expect, test } from 'vitest';

import { takeGroup } from '../../../src/kafka/grouping.ts';

const units = fc.array(fc.record({ id: fc.nat(), bytes: fc.integer({ min: 1, max: 50 }) }), { minLength: 1 });

test('takes everything once and in order, in groups that keep the limit unless one unit alone exceeds it', () => {
  fc.assert(
    fc.property(units, fc.integer({ min: 1, max: 100 }), (all, bytesMax) => {
      const queue = [...all];
      const groups: (typeof all)[] = [];
      while (queue.length > 0) groups.push([...takeGroup(queue, bytesMax)]);

      expect(groups.flat()).toEqual(all);
      for (const group of groups) {
        const bytes = group.reduce((sum, unit) => sum + unit.bytes, 0);
        expect(group.length === 1 || bytes <= bytesMax).toBe(true);
      }
    }),
  );
});

test('takes as much as fits', () => {
  const queue = [{ bytes: 4 }, { bytes: 6 }, { bytes: 1 }];

  expect(takeGroup(queue, 10)).toEqual([{ bytes: 4 }, { bytes: 6 }]);
  expect(queue).toEqual([{ bytes: 1 }]);
});

test('takes nothing from an empty queue', () => {
  expect(takeGroup([], 10)).toEqual([]);
});
