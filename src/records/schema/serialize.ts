import { AssertionError, unreachable } from '../../lib/assert.ts';
import type { RecordSchema, Schema, ValueOf } from './schema.ts';

/**
 * Writes values as "Avro-like JSON" (records §1): exactly the schema's fields in the schema's order, unions without
 * wrapper, longs with all their digits.
 *
 * `JSON.stringify` cannot do that: it refuses a bigint, follows the object's order instead of the schema's, and skips
 * a missing field silently. A serializer is compiled once for each schema, into one closure for each field.
 */
export type Serialize<Value> = (value: Value) => string;

type Write = (value: unknown) => string;

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/**
 * Compiles the serializer of a schema.
 *
 * The serializer throws an {@link AssertionError} for a value that the schema does not allow (a field missing, of
 * another type, or out of range): such a record would be unreadable for consumers, and it is our own mistake.
 */
export function serializerOf<S extends RecordSchema>(schema: S): Serialize<ValueOf<S>> {
  return writerOf(schema, schema.name);
}

function writerOf(schema: Schema, path: string): Write {
  switch (schema.kind) {
    case 'string':
      return (value) => (typeof value === 'string' ? JSON.stringify(value) : refuse(path, 'a string', value));
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? String(value) : refuse(path, 'a boolean', value));
    case 'int':
      return (value) => (isInt(value) ? String(value) : refuse(path, 'a 32-bit integer', value));
    case 'long':
      return (value) => (isLong(value) ? String(value) : refuse(path, 'a 64-bit integer', value));
    case 'timestamp':
      return (value) => (Number.isSafeInteger(value) ? String(value) : refuse(path, 'epoch milliseconds', value));
    case 'nullable':
      return nullableWriter(writerOf(schema.inner, path));
    case 'array':
      return arrayWriter(writerOf(schema.items, `${path}[]`), path);
    case 'record':
      return recordWriter(schema, path);
    default:
      return unreachable(schema);
  }
}

function nullableWriter(write: Write): Write {
  return (value) => (value === null ? 'null' : write(value));
}

function arrayWriter(write: Write, path: string): Write {
  return (value) => {
    if (!Array.isArray(value)) return refuse(path, 'an array', value);
    const items: readonly unknown[] = value;
    if (items.length === 0) return '[]';
    let json = '[';
    let separator = '';
    for (const item of items) {
      json += separator + write(item);
      separator = ',';
    }
    return `${json}]`;
  };
}

function recordWriter(schema: RecordSchema, path: string): Write {
  const fields = Object.entries(schema.fields).map(([name, { type }], index) => ({
    name,
    prefix: `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
    write: writerOf(type, `${path}.${name}`),
  }));
  return (value) => {
    if (!isObject(value)) return refuse(path, 'a record', value);
    let json = '';
    for (const { name, prefix, write } of fields) json += prefix + write(value[name]);
    return `${json}}`;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isInt(value: unknown): value is number {
  return typeof value === 'number' && value === (value | 0);
}

function isLong(value: unknown): value is number | bigint {
  return typeof value === 'bigint' ? value >= LONG_MIN && value <= LONG_MAX : Number.isSafeInteger(value);
}

function refuse(path: string, expected: string, value: unknown): never {
  throw new AssertionError(`${path} must be ${expected}, but is ${value === null ? 'null' : typeof value}`);
}
