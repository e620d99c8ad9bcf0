import { describe, expect, test } from 'vitest';

import { exactJsonText, parseExactJson } from '../../../src/lib/exact-json.ts';

describe('exact JSON', () => {
  test.each(['9007199254740993', '9223372036854775807', '-9223372036854775808', '123456789012345678901234567890'])(
    'keeps all digits of %s',
    (text) => {
      expect(parseExactJson(text)).toBe(BigInt(text));
      expect(exactJsonText(parseExactJson(text))).toBe(text);
    },
  );

  test('takes 1, 1.0 and 1e0 for one number, and other numbers as they are', () => {
    expect(['1', '1.0', '1e0', '-0'].map(parseExactJson)).toEqual([1n, 1n, 1n, 0n]);
    expect(parseExactJson('-1.25e-3')).toBe(-0.00125);
  });

  test('writes what it has read', () => {
    const text = '{"a":[1,2.5,"é\\n",{"__proto__":null}],"eid":9007199254740993,"b":{},"c":[true,false]}';
    expect(exactJsonText(parseExactJson(text))).toBe(text);
  });

  test('refuses what is no JSON', () => {
    expect(() => parseExactJson('{"a":1')).toThrow(SyntaxError);
  });
});
