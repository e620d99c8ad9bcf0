import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePointName, findForbiddenCharacter } from '../../../src/lib/xml-characters.ts';

describe('findForbiddenCharacter', () => {
  test.each(['', 'plain', 'tab\tline\r\n', '& < > " \'', 'Ünïcödé', '😀', '\u{FFFD}', '\u{10FFFF}', '\u007F'])(
    'finds nothing in %j',
    (text) => {
      expect(findForbiddenCharacter(text)).toBeNull();
    },
  );

  test.each([
    ['a\u0000', 1, 0],
    ['\u000B', 0, 0x0b],
    ['ab\u001Fc', 2, 0x1f],
    ['x\uFFFE', 1, 0xfffe],
    ['x\uFFFF', 1, 0xffff],
    ['😀\u0001', 2, 1],
    ['a\uD800b', 1, 0xd800],
    ['\uDC00', 0, 0xdc00],
    ['\uDE00\uD83D', 0, 0xde00],
  ])('finds the first forbidden character of %j', (text, index, codePoint) => {
    expect(findForbiddenCharacter(text)).toEqual({ index, codePoint });
  });

  test('finds none among the neighbours of the forbidden ranges', () => {
    expect(findForbiddenCharacter('\t\n\r ~\u007f\u0085\u00a0\uD7FF\uE000\uFFFD😀')).toBeNull();
  });

  test('agrees with the production Char of XML 1.0, character by character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const index = Array.from(text).findIndex((character) => !isChar(character.codePointAt(0) ?? 0));
        const found = findForbiddenCharacter(text);
        expect(found === null).toBe(index === -1);
        if (found !== null) expect(found.codePoint).toBe(Array.from(text)[index]?.codePointAt(0));
      }),
    );
  });
});

describe('codePointName', () => {
  test.each([
    ['a\u0000', 1, 'U+0000'],
    ['\u001b[1m', 0, 'U+001B'],
    ['ab\uD800c', 2, 'U+D800'],
    ['\uDC00', 0, 'U+DC00'],
    ['\uFFFE', 0, 'U+FFFE'],
  ])('names the forbidden character of %j', (text, index, name) => {
    const found = findForbiddenCharacter(text);
    expect(found?.index).toBe(index);
    expect(found && codePointName(found.codePoint)).toBe(name);
  });
});

/** XML 1.0 (fifth edition) §2.2, written out. */
function isChar(c: number): boolean {
  if (c === 0x9 || c === 0xa || c === 0xd) return true;
  return (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}
