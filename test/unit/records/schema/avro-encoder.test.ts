import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { AssertionError } from '../../../../src/lib/assert.ts';
import { avroEncoderOf } from '../../../../src/records/schema/avro-encoder.ts';
import { avroToJsonOf } from '../../../../src/records/schema/avro-to-json.ts';
import { avroSchemaOf } from '../../../../src/records/schema/avro.ts';
import { array, boolean, field, int, long, optional, record, text } from '../../../../src/records/schema/schema.ts';

const schema = record('T', 'a bit of everything', {
  name: field(text, ''),
  number: field(long, ''),
  small: field(int, ''),
  flag: field(boolean, ''),
  maybe: optional(long, ''),
  list: field(array(text), ''),
});
const encode = avroEncoderOf(schema);
const VALUE = { name: 'a', number: 1, small: -1, flag: true, maybe: null, list: [] };
const readJson = avroToJsonOf(JSON.stringify(avroSchemaOf(schema)));

describe('avroEncoderOf', () => {
  test('writes a zero, the id of the schema, and the fields in the order of the schema', () => {
    const shuffled = Object.fromEntries(Object.entries({ ...VALUE, list: ['b', 'c'], maybe: 64 }).toReversed());
    expect(encode(shuffled as unknown as typeof VALUE, 0xfffefdfc).toString('hex')).toBe(
      ['00fffefdfc', '0261', '02', '01', '01', '028001', '0402620263', '00'].join(''),
    );
  });

  test.each([0, -1, 63, -64, 64, 2 ** 31, -(2 ** 31) - 1, 2 ** 52, -(2 ** 52), 2 ** 53 - 1, -(2 ** 53) + 1])(
    'writes %i alike as a number and as a bigint',
    (number) => {
      const bytes = encode({ ...VALUE, number }, 1);
      expect(encode({ ...VALUE, number: BigInt(number) }, 1)).toEqual(bytes);
      expect(readJson(bytes.subarray(5))).toContain(`"number":${String(number)},`);
    },
  );

  test('carries every 64-bit number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (number) =>
        readJson(encode({ ...VALUE, number }, 1).subarray(5)).includes(`"number":${String(number)},`),
      ),
    );
  });

  test('gives each value bytes of its own, also after a large one', () => {
    const first = encode(VALUE, 1);
    const copy = Buffer.from(first);
    const large = encode({ ...VALUE, name: 'ü'.repeat(2_000_000) }, 2);
    expect(large.length).toBeGreaterThan(4_000_000);
    expect(encode(VALUE, 1)).toEqual(copy);
    expect(first).toEqual(copy);
  });

  test('writes a surrogate that stands alone as U+FFFD, because UTF-8 has none', () => {
    expect(readJson(encode({ ...VALUE, name: 'a\ud800b' }, 1).subarray(5))).toContain('"name":"a\ufffdb"');
  });

  test.each([
    ['a field is missing', { ...VALUE, name: undefined }, 'T.name must be a string, but is undefined'],
    ['a number has a fraction', { ...VALUE, number: 1.5 }, 'T.number must be a 64-bit integer'],
    ['a number is beyond 64 bits', { ...VALUE, number: 2n ** 63n }, 'T.number must be a 64-bit integer'],
    ['an int is beyond 32 bits', { ...VALUE, small: 2 ** 31 }, 'T.small must be a 32-bit integer'],
    ['an item is null', { ...VALUE, list: [null] }, 'T.list must be a string, but is null'],
    ['it is no record', null, 'T must be a record, but is null'],
  ])('refuses a value where %s', (_what, value, message) => {
    expect(() => encode(value as never, 1)).toThrow(AssertionError);
    expect(() => encode(value as never, 1)).toThrow(message);
    expect(encode(VALUE, 1)).toEqual(encode(VALUE, 1));
  });
});
