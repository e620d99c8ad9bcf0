import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { AssertionError } from '../../../../src/lib/assert.ts';
import {
  array,
  boolean,
  field,
  int,
  long,
  nullable,
  optional,
  record,
  text,
  timestamp,
  type ValueOf,
} from '../../../../src/records/schema/schema.ts';
import { serializerOf } from '../../../../src/records/schema/serialize.ts';

const inner = record('Inner', 'inside', { name: field(text, 'a name') });
const schema = record('Outer', 'a bit of everything', {
  b: field(text, ''),
  a: field(long, ''),
  flag: field(boolean, ''),
  small: field(int, ''),
  at: field(timestamp, ''),
  maybe: optional(long, ''),
  list: field(array(inner), ''),
  child: optional(inner, ''),
  names: field(array(nullable(text)), ''),
});
type Outer = ValueOf<typeof schema>;

const serialize = serializerOf(schema);
const OUTER: Outer = {
  b: 'b',
  a: 1,
  flag: true,
  small: -2,
  at: 1_700_000_000_123,
  maybe: null,
  list: [],
  child: null,
  names: [],
};

describe('serializerOf', () => {
  test("follows the schema's order, not the object's, and leaves out what the schema does not name", () => {
    const shuffled = { extra: 1, ...OUTER, names: ['x', null], list: [{ name: 'i' }, { name: 'j' }] };
    expect(serialize(Object.fromEntries(Object.entries(shuffled).toReversed()) as unknown as Outer)).toBe(
      '{"b":"b","a":1,"flag":true,"small":-2,"at":1700000000123,"maybe":null,' +
        '"list":[{"name":"i"},{"name":"j"}],"child":null,"names":["x",null]}',
    );
  });

  test('writes longs with all their digits', () => {
    expect(serialize({ ...OUTER, a: 2n ** 63n - 1n, maybe: -(2n ** 63n) })).toContain(
      '"a":9223372036854775807,"flag":true,"small":-2,"at":1700000000123,"maybe":-9223372036854775808',
    );
  });

  test('writes strings as JSON.stringify does, whatever is in them', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u2028', '\ud800', '\udc00', '🙂', 'å') }),
    );
    fc.assert(fc.property(hostile, (b) => serialize({ ...OUTER, b }).startsWith(`{"b":${JSON.stringify(b)},"a":1`)));
  });

  test.each<[string, Partial<Record<keyof Outer, unknown>>, string]>([
    ['a missing field', { b: undefined }, 'Outer.b must be a string, but is undefined'],
    ['a missing field that may be null', { maybe: undefined }, 'Outer.maybe must be a 64-bit integer'],
    ['null where there must be a value', { flag: null }, 'Outer.flag must be a boolean, but is null'],
    ['text for a number', { a: '1' }, 'Outer.a must be a 64-bit integer, but is string'],
    ['a rounded long', { a: 2 ** 53 }, 'Outer.a must be'],
    ['a long that is too large', { a: 2n ** 63n }, 'Outer.a must be'],
    ['an int that is too large', { small: 2 ** 31 }, 'Outer.small must be a 32-bit integer'],
    ['a fraction', { at: 0.5 }, 'Outer.at must be epoch milliseconds'],
    ['no array', { list: {} }, 'Outer.list must be an array'],
    ['a wrong item', { list: [{ name: 1 }] }, 'Inner.name must be a string'],
    ['no record', { child: 'x' }, 'Outer.child must be a record'],
  ])('refuses %s and names the place', (_what, wrong, message) => {
    const value = { ...OUTER, ...wrong } as Outer;
    expect(() => serialize(value)).toThrow(AssertionError);
    expect(() => serialize(value)).toThrow(message);
  });
});
