import fc from 'fast-check';

import { unreachable } from '../../src/lib/assert.ts';
import type { RecordSchema, Schema, ValueOf } from '../../src/records/schema/schema.ts';

/**
 * Any value of a schema, with what is hard to carry: texts of every code point, longs at both ends of their range.
 * Whole numbers are numbers as far as those are exact.
 */
export function arbitraryValueOf<S extends RecordSchema>(schema: S): fc.Arbitrary<ValueOf<S>> {
  return arbitraryOf(schema) as fc.Arbitrary<ValueOf<S>>;
}

function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 12 });
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'long':
      return fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map(asNumberIfExact);
    case 'timestamp':
      return fc.maxSafeInteger();
    case 'nullable':
      return fc.option(arbitraryOf(schema.inner));
    case 'array':
      return fc.array(arbitraryOf(schema.items), { maxLength: 2 });
    case 'record':
      return fc.record(
        Object.fromEntries(Object.entries(schema.fields).map(([name, { type }]) => [name, arbitraryOf(type)])),
        { noNullPrototype: true },
      );
    default:
      return unreachable(schema);
  }
}

function asNumberIfExact(value: number | bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
