import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Place, spread } from '../../../src/lib/rendezvous.ts';

/** Users that no two runs share: the property holds for any population, not for one that was chosen. */
function usersOf(count: number, salt: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `sip:user${String(index)}.${salt}@fabrikam.example`);
}

function placesOf(count: number, room: number): readonly Place[] {
  return Array.from({ length: count }, (_, index) => ({ id: `watcher-${String(index + 1)}`, room }));
}

/** Where each user is. */
function placeOf(users: readonly string[], places: readonly Place[]): ReadonlyMap<string, string> {
  const { items } = spread(users, places);
  return new Map([...items].flatMap(([id, group]) => group.map((user) => [user, id] as const)));
}

/** Who is elsewhere than before: from where and to where. */
function movesBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly { readonly from: string; readonly to: string }[] {
  return [...before].flatMap(([user, from]) => {
    const to = after.get(user) ?? '';
    return to === from ? [] : [{ from, to }];
  });
}

const salts = fc.stringMatching(/^[a-z]{1,8}$/);
const counts = fc.integer({ min: 2, max: 8 });
const UNBOUNDED = 1_000_000;

describe('everybody', () => {
  test('is at exactly one place, and no place takes more than it has room for', () => {
    fc.assert(
      fc.property(salts, fc.integer({ min: 0, max: 300 }), counts, fc.integer({ min: 0, max: 80 }), (...given) => {
        const [salt, userCount, placeCount, room] = given;
        const users = usersOf(userCount, salt);
        const { items, leftOver } = spread(users, placesOf(placeCount, room));
        const groups = [...items.values()];
        expect([...groups.flat(), ...leftOver].toSorted()).toEqual(users.toSorted());
        for (const group of groups) expect(group.length).toBeLessThanOrEqual(room);
        expect(leftOver).toHaveLength(Math.max(0, userCount - placeCount * room));
      }),
      { numRuns: 60 },
    );
  });

  test('is at the same place whatever the order of users and places', () => {
    fc.assert(
      fc.property(salts, counts, (salt, placeCount) => {
        const users = usersOf(120, salt);
        const places = placesOf(placeCount, Math.ceil(120 / placeCount));
        const turned = placeOf(users.toReversed(), places.toReversed());
        expect(turned).toEqual(placeOf(users, places));
      }),
      { numRuns: 40 },
    );
  });

  test('is spread evenly: no place is a fifth above its share', () => {
    const { items } = spread(usersOf(4_000, 'even'), placesOf(8, UNBOUNDED));
    for (const group of items.values()) expect(Math.abs(group.length - 500)).toBeLessThan(100);
  });
});

describe('a further place', () => {
  test('moves users to itself only, while there is room everywhere', () => {
    fc.assert(
      fc.property(salts, counts, (salt, placeCount) => {
        const users = usersOf(200, salt);
        const before = placeOf(users, placesOf(placeCount, UNBOUNDED));
        const moves = movesBetween(before, placeOf(users, placesOf(placeCount + 1, UNBOUNDED)));
        expect(moves.every(({ to }) => to === `watcher-${String(placeCount + 1)}`)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  // The share of one user is a coin of 1/N: 5 % above it are nearly five standard deviations of 2,000 users.
  test('moves at most 1/N + 5 % of the users', () => {
    fc.assert(
      fc.property(salts, counts, (salt, placeCount) => {
        const users = usersOf(2_000, salt);
        const room = Math.ceil((2_000 / placeCount) * 1.15);
        const before = placeOf(users, placesOf(placeCount, room));
        const moves = movesBetween(before, placeOf(users, placesOf(placeCount + 1, room)));
        expect(moves.length / users.length).toBeLessThanOrEqual(1 / (placeCount + 1) + 0.05);
      }),
      { numRuns: 12 },
    );
  });

  test('moves at most 1/N + 5 % of the users of places that were full to the last', () => {
    fc.assert(
      fc.property(salts, counts, (salt, placeCount) => {
        const users = usersOf(200 * placeCount, salt);
        const before = placeOf(users, placesOf(placeCount, 200));
        const moves = movesBetween(before, placeOf(users, placesOf(placeCount + 1, 200)));
        expect(moves.length / users.length).toBeLessThanOrEqual(1 / placeCount + 0.05);
      }),
      { numRuns: 40 },
    );
  });

  test('moves nobody from one of the others to another that was not full', () => {
    fc.assert(
      fc.property(salts, counts, fc.integer({ min: 40, max: 80 }), (salt, placeCount, room) => {
        const users = usersOf(placeCount * 40, salt);
        const before = placeOf(users, placesOf(placeCount, room));
        const sizes = new Map(Object.entries(Object.groupBy([...before.values()], (id) => id)).map(sizeOf));
        const moves = movesBetween(before, placeOf(users, placesOf(placeCount + 1, room)));
        const elsewhere = moves.filter(({ to }) => to !== `watcher-${String(placeCount + 1)}`);
        expect(elsewhere.filter(({ to }) => sizes.get(to) !== room)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a place that goes', () => {
  test('moves its own users only, while there is room everywhere', () => {
    fc.assert(
      fc.property(salts, counts, (salt, placeCount) => {
        const users = usersOf(200, salt);
        const places = placesOf(placeCount, UNBOUNDED);
        const moves = movesBetween(placeOf(users, places), placeOf(users, places.slice(1)));
        expect(moves.every(({ from }) => from === 'watcher-1')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('moves others only out of places that are full now', () => {
    fc.assert(
      fc.property(salts, fc.integer({ min: 3, max: 8 }), (salt, placeCount) => {
        const users = usersOf((placeCount - 1) * 40, salt);
        const places = placesOf(placeCount, 44);
        const after = placeOf(users, places.slice(1));
        const sizes = new Map(Object.entries(Object.groupBy([...after.values()], (id) => id)).map(sizeOf));
        const others = movesBetween(placeOf(users, places), after).filter(({ from }) => from !== 'watcher-1');
        expect(others.filter(({ from }) => sizes.get(from) !== 44)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

test('who is where is fixed for good: another hash would move everybody', () => {
  const users = usersOf(6, 'fixed');
  const places = placeOf(users, placesOf(3, 2));
  expect(users.map((user) => places.get(user))).toEqual([
    'watcher-1',
    'watcher-2',
    'watcher-1',
    'watcher-3',
    'watcher-2',
    'watcher-3',
  ]);
});

function sizeOf([id, group]: readonly [string, readonly string[] | undefined]): readonly [string, number] {
  return [id, group?.length ?? 0];
}
