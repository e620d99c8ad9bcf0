import { describe, expect, test } from 'vitest';

import { Random } from '../../../src/simulator/random.ts';

describe('Random', () => {
  test('gives the same numbers for the same seed, in every version of this program', () => {
    const random = new Random('tide');
    expect([random.below(1000), random.below(1000), random.below(1000)]).toEqual([754, 968, 485]);
  });

  test('gives unrelated numbers for seeds that differ in one character', () => {
    const [a, b] = [new Random('seed/1'), new Random('seed/2')];
    const equal = Array.from({ length: 1000 }, () => a.below(10) === b.below(10)).filter(Boolean).length;
    expect(equal).toBeGreaterThan(50);
    expect(equal).toBeLessThan(150);
  });

  test('spreads evenly', () => {
    const random = new Random('even');
    const counts = new Map<number, number>();
    for (let i = 0; i < 9000; i += 1) {
      const value = random.between(3, 5);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([3, 4, 5]);
    for (const count of counts.values()) expect(Math.abs(count - 3000)).toBeLessThan(200);
  });

  test('picks in proportion to weights', () => {
    const random = new Random('weights');
    const counts = { heavy: 0, light: 0, never: 0 };
    for (let i = 0; i < 4000; i += 1) counts[random.weighted({ heavy: 3, light: 1, never: 0 })] += 1;
    expect(counts.never).toBe(0);
    expect(counts.heavy / counts.light).toBeGreaterThan(2.5);
    expect(counts.heavy / counts.light).toBeLessThan(3.5);
  });

  test('shuffles into another order of the same items, and leaves the list alone', () => {
    const items = Array.from({ length: 30 }, (_, i) => i);
    const shuffled = new Random('shuffle').shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
    expect(items[0]).toBe(0);
  });
});
