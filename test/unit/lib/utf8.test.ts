import { expect, test } from 'vitest';

import { beginningOf } from '../../../src/lib/utf8.ts';

test.each([
  ['abc', 2, 'ab'],
  ['abc', 3, 'abc'],
  ['abc', 9, 'abc'],
  ['abc', 0, ''],
  ['aß', 2, 'a'],
  ['aß', 3, 'aß'],
  ['☂☂', 5, '☂'],
  ['𝔘𝔘', 7, '𝔘'],
  ['𝔘', 3, ''],
])('the beginning of %s in %i bytes is "%s"', (text, bytesMax, beginning) => {
  expect(beginningOf(Buffer.from(text), bytesMax)).toBe(beginning);
});
