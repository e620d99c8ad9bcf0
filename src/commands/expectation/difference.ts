import { type ExactJson, isExactList, isExactObject } from '../../lib/exact-json.ts';

/** One place at which two values differ. */
export interface Difference {
  /** Such as `value.users[2].note`; "" is the whole value. */
  readonly path: string;
  /** Undefined: it is not there. The same holds for the next. */
  readonly expected: ExactJson | undefined;
  readonly actual: ExactJson | undefined;
}

/**
 * All places at which the two differ, in the order of the expected value: the innermost ones, or a whole object or
 * list where the other side has something else. The order of an object's keys does not matter, that of a list does.
 *
 * @param isSubset whether keys that an expected object leaves out may have any value. Lists must have all elements.
 */
export function differencesOf(expected: ExactJson, actual: ExactJson, isSubset: boolean): readonly Difference[] {
  const found: Difference[] = [];
  const pending: Difference[] = [{ path: '', expected, actual }];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const inner = innerPairs(pair, isSubset);
    if (inner === null) {
      if (pair.expected !== pair.actual) found.push(pair);
    } else {
      for (const next of inner.reverse()) pending.push(next);
    }
  }
  return found;
}

/** The parts of two objects or two lists, side by side; null for everything else. */
function innerPairs({ path, expected, actual }: Difference, isSubset: boolean): Difference[] | null {
  if (isExactList(expected) && isExactList(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, index) => ({
      path: `${path}[${String(index)}]`,
      expected: expected[index],
      actual: actual[index],
    }));
  }
  if (!isExactObject(expected) || !isExactObject(actual)) return null;
  const more = isSubset ? [] : Object.keys(actual).filter((key) => !Object.hasOwn(expected, key));
  return [...Object.keys(expected), ...more].map((key) => ({
    path: pathOf(path, key),
    expected: Object.hasOwn(expected, key) ? expected[key] : undefined,
    actual: Object.hasOwn(actual, key) ? actual[key] : undefined,
  }));
}

function pathOf(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
