import { describe, expect, test } from 'vitest';

import { differencesOf } from '../../../../src/commands/expectation/difference.ts';
import { parseExactJson } from '../../../../src/lib/exact-json.ts';

function pathsOf(expected: string, actual: string, isSubset = false): readonly string[] {
  return differencesOf(parseExactJson(expected), parseExactJson(actual), isSubset).map(({ path }) => path);
}

describe('differencesOf', () => {
  test('finds none between equal values, whatever the order of keys', () => {
    expect(pathsOf('{"a":[1,{"b":null}],"c":"x"}', '{"c":"x","a":[1.0,{"b":null}]}')).toEqual([]);
  });

  test('names the innermost places, in the order of the expected value', () => {
    expect(pathsOf('{"b":[1,2],"a":{"x y":1,"z":2}}', '{"a":{"x y":2,"z":2},"b":[1,3]}')).toEqual(['b[1]', 'a["x y"]']);
  });

  test('sees the last digit of large numbers', () => {
    expect(pathsOf('{"eid":9007199254740993}', '{"eid":9007199254740992}')).toEqual(['eid']);
  });

  test.each([
    ['a number and its text', '{"a":1}', '{"a":"1"}'],
    ['null and nothing', '{"a":null}', '{}'],
    ['an object and a list', '{"a":{}}', '{"a":[]}'],
    ['an object and null', '{"a":{}}', '{"a":null}'],
  ])('tells %s apart, both ways', (_what, one, other) => {
    expect(pathsOf(one, other)).toEqual(['a']);
    expect(pathsOf(other, one)).toEqual(['a']);
  });

  test('gives what is on one side only, whole', () => {
    const found = differencesOf(parseExactJson('{"a":[1]}'), parseExactJson('{"a":[1,{"b":2}],"c":3}'), false);
    expect(found).toEqual([
      { path: 'a[1]', expected: undefined, actual: { b: 2n } },
      { path: 'c', expected: undefined, actual: 3n },
    ]);
  });

  test('is not led astray by keys that every object has', () => {
    expect(pathsOf('{"__proto__":1,"toString":2}', '{}')).toEqual(['__proto__', 'toString']);
    expect(pathsOf('{}', '{"constructor":2}')).toEqual(['constructor']);
  });

  describe('as a subset', () => {
    test('does not compare what is left out, at any depth', () => {
      expect(pathsOf('{"a":{"b":1}}', '{"a":{"b":1,"c":2},"d":3}', true)).toEqual([]);
    });

    test('still compares what is there, and the length of lists', () => {
      expect(pathsOf('{"a":{"b":1},"e":[{}]}', '{"a":{"b":2,"c":2},"e":[{"f":1},1]}', true)).toEqual(['a.b', 'e[1]']);
      expect(pathsOf('{"a":null}', '{}', true)).toEqual(['a']);
    });
  });
});
