import { hash } from 'node:crypto';

import { expect, test } from 'vitest';

import { IdSet } from '../../../src/verify/id-set.ts';

function idOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

test('tells a known id from a new one, also after it has grown many times', () => {
  const ids = new IdSet();
  const all = Array.from({ length: 20_000 }, (_, index) => idOf(String(index)));
  expect(all.filter((id) => ids.add(id))).toHaveLength(all.length);
  expect(all.filter((id) => ids.add(id))).toEqual([]);
});

test('looks at all bits of an id', () => {
  const ids = new IdSet();
  const variants = Array.from({ length: 32 }, (_, at) => `${'0'.repeat(at)}8${'0'.repeat(31 - at)}`);
  for (const id of [...variants, '0'.repeat(32), 'f'.repeat(32)]) {
    expect(ids.add(id)).toBe(true);
    expect(ids.add(id)).toBe(false);
  }
});
