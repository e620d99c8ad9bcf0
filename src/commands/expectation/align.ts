import { type ExactObject, isExactObject } from '../../lib/exact-json.ts';

/** What FILE says beside what would be published; one of the two is missing where nothing stands opposite. */
export interface RecordPair {
  readonly expected: ExactObject | null;
  readonly actual: ExactObject | null;
  /** From 1, in FILE and in the output: where the pair stands, or would stand. */
  readonly expectedAt: number;
  readonly actualAt: number;
}

/** So far a record is looked for behind others that are missing or too many. */
const LOOKAHEAD = 100;

/**
 * Puts the records opposite each other. Order matters, as it does in Kafka. Where two do not belong together, the
 * nearest one that does is looked for on both sides, and what is skipped is missing or too many; if there is none,
 * the two are one record that has changed beyond recognition.
 */
export function alignRecords(expected: readonly ExactObject[], actual: readonly ExactObject[]): readonly RecordPair[] {
  const pairs: RecordPair[] = [];
  let e = 0;
  let a = 0;
  const take = (ofExpected: boolean, ofActual: boolean): void => {
    const left = ofExpected ? (expected[e] ?? null) : null;
    const right = ofActual ? (actual[a] ?? null) : null;
    pairs.push({ expected: left, actual: right, expectedAt: e + 1, actualAt: a + 1 });
    if (ofExpected) e += 1;
    if (ofActual) a += 1;
  };
  while (e < expected.length || a < actual.length) {
    const { missing, added } = skipsAt(expected.slice(e, e + LOOKAHEAD), actual.slice(a, a + LOOKAHEAD));
    for (let left = missing; left > 0; left--) take(true, false);
    for (let left = added; left > 0; left--) take(false, true);
    if (e < expected.length && a < actual.length) take(true, true);
  }
  return pairs;
}

/** How many records are to be skipped, on one of the sides, before the next two that belong together. */
function skipsAt(
  expected: readonly ExactObject[],
  actual: readonly ExactObject[],
): { readonly missing: number; readonly added: number } {
  const [wanted] = expected;
  const [given] = actual;
  if (wanted === undefined) return { missing: 0, added: actual.length };
  if (given === undefined) return { missing: expected.length, added: 0 };
  const added = actual.findIndex((record) => belongTogether(wanted, record));
  const missing = expected.findIndex((record) => belongTogether(record, given));
  if (added === -1 && missing === -1) return { missing: 0, added: 0 };
  return missing === -1 || (added !== -1 && added <= missing) ? { missing: 0, added } : { missing, added: 0 };
}

/** Whether the two tell of one thing, by as much of its name as FILE says. */
function belongTogether(expected: ExactObject, actual: ExactObject): boolean {
  return haveSame(expected, actual, ['topic', 'key']) && haveSameValue(expected, actual);
}

function haveSameValue({ value: expected }: ExactObject, { value: actual }: ExactObject): boolean {
  if (!isExactObject(expected) || !isExactObject(actual)) return true;
  return haveSame(expected, actual, ['recordType', 'eid']);
}

function haveSame(expected: ExactObject, actual: ExactObject, keys: readonly string[]): boolean {
  return keys.every((key) => expected[key] === undefined || expected[key] === actual[key]);
}
