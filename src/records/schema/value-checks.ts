import { AssertionError } from '../../lib/assert.ts';

/**
 * What a value of each kind of schema must be, whatever it is written as. A value that is not would be unreadable for
 * consumers, and it is our own mistake: all of these throw an {@link AssertionError}. `path` names the field.
 */
export function checkString(value: unknown, path: string): asserts value is string {
  if (typeof value !== 'string') refuse(path, 'a string', value);
}

export function checkBoolean(value: unknown, path: string): asserts value is boolean {
  if (typeof value !== 'boolean') refuse(path, 'a boolean', value);
}

export function checkInt(value: unknown, path: string): asserts value is number {
  if (typeof value !== 'number' || value !== (value | 0)) refuse(path, 'a 32-bit integer', value);
}

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

export function checkLong(value: unknown, path: string): asserts value is number | bigint {
  const isLong = typeof value === 'bigint' ? value >= LONG_MIN && value <= LONG_MAX : Number.isSafeInteger(value);
  if (!isLong) refuse(path, 'a 64-bit integer', value);
}

export function checkTimestamp(value: unknown, path: string): asserts value is number {
  if (!Number.isSafeInteger(value)) refuse(path, 'epoch milliseconds', value);
}

export function checkArray(value: unknown, path: string): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) refuse(path, 'an array', value);
}

export function checkObject(value: unknown, path: string): asserts value is object {
  if (typeof value !== 'object' || value === null) refuse(path, 'a record', value);
}

function refuse(path: string, expected: string, value: unknown): never {
  throw new AssertionError(`${path} must be ${expected}, but is ${value === null ? 'null' : typeof value}`);
}
