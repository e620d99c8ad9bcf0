import { describe, expect, test } from 'vitest';

import { AvroUnreadableError, avroToJsonOf } from '../../../../src/records/schema/avro-to-json.ts';
import { AvscError } from '../../../../src/records/schema/avsc.ts';

function readerOf(type: unknown): (...bytes: readonly number[]) => string {
  const read = avroToJsonOf(JSON.stringify({ type: 'record', name: 'T', fields: [{ name: 'x', type }] }));
  return (...bytes) => read(Buffer.from(bytes));
}

describe('avroToJsonOf', () => {
  test.each([
    ['long', [0x00], '0'],
    ['long', [0x01], '-1'],
    ['long', [0x80, 0x01], '64'],
    ['long', [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], '9223372036854775807'],
    ['long', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], '-9223372036854775808'],
    ['boolean', [0x01], 'true'],
    ['string', [0x06, 0x66, 0x6f, 0x6f], '"foo"'],
    ['string', [0x02, 0x0a], '"\\n"'],
    [['null', 'long'], [0x00], 'null'],
    [['null', 'long'], [0x02, 0x04], '2'],
    [{ type: 'array', items: 'long' }, [0x04, 0x06, 0x36, 0x00], '[3,27]'],
    [{ type: 'array', items: 'long' }, [0x00], '[]'],
  ])('reads the examples of the specification and the limits: %j', (type, bytes, json) => {
    expect(readerOf(type)(...bytes)).toBe(`{"x":${json}}`);
  });

  test('reads arrays that other writers cut into blocks, with their sizes', () => {
    expect(readerOf({ type: 'array', items: 'long' })(0x03, 0x04, 0x06, 0x36, 0x02, 0x02, 0x00)).toBe('{"x":[3,27,1]}');
  });

  test.each([
    ['no bytes', 'long', [], 'ends too early'],
    ['a number without end', 'long', Array.from({ length: 11 }, () => 0x80), 'more than 64 bits'],
    ['a text longer than the value', 'string', [0x08, 0x66], 'longer than itself'],
    ['a text of negative length', 'string', [0x01], 'longer than itself'],
    ['a branch that is not there', ['null', 'long'], [0x04], 'a union with branch 2'],
    ['bytes that are left over', 'long', [0x00, 0x00], 'is longer than its schema says'],
    [
      'an array that says it is huge',
      { type: 'array', items: 'long' },
      [0xfe, 0xff, 0xff, 0xff, 0x0f],
      'ends too early',
    ],
  ])('refuses %s', (_what, type, bytes, message) => {
    expect(() => readerOf(type)(...bytes)).toThrow(AvroUnreadableError);
    expect(() => readerOf(type)(...bytes)).toThrow(message);
  });

  test.each([
    ['not JSON', 'the schema is no JSON'],
    ['"string"', 'the schema is not that of a record'],
    ['{"type":"record","name":"T","fields":[{"name":"x","type":"double"}]}', 'double is no type that records have'],
    ['{"type":"record","name":"T","fields":[{"name":"x","type":"Other"}]}', '"Other" is no type'],
    ['{"type":"record","name":"T","fields":[{"name":"x"}]}', 'nothing'],
    ['{"type":"record","fields":[]}', 'a record has no name or no fields'],
    ['{"type":"record","name":"T","fields":[{"type":"int"}]}', 'a field of T has no name'],
    [
      '{"type":"record","name":"T","fields":[{"name":"x","type":{"type":"record","name":"T","fields":[]}}]}',
      '"T" is defined twice',
    ],
  ])('refuses the schema %s', (avsc, message) => {
    expect(() => avroToJsonOf(avsc)).toThrow(AvscError);
    expect(() => avroToJsonOf(avsc)).toThrow(message);
  });
});
