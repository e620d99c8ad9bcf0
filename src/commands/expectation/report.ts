import { type ExactJson, exactJsonText, type ExactObject, isExactObject } from '../../lib/exact-json.ts';
import { alignRecords, type RecordPair } from './align.ts';
import { type Difference, differencesOf } from './difference.ts';

export interface ExpectationReport {
  readonly isAsExpected: boolean;
  /** Paragraphs for people; the last line says how many records differ. Ends with a line feed. */
  readonly text: string;
}

/** The first differences tell the story. */
const RECORDS_SHOWN = 50;
const FIELDS_SHOWN = 30;

/** Compares what would be published with what was expected, record by record. */
export function reportOn(
  expected: readonly ExactObject[],
  actual: readonly ExactObject[],
  isSubset: boolean,
): ExpectationReport {
  const paragraphs: string[] = [];
  const counts = { changed: 0, missing: 0, added: 0 };
  for (const pair of alignRecords(expected, actual)) {
    const found = judge(pair, isSubset);
    if (found === null) continue;
    counts[found.kind] += 1;
    if (paragraphs.length < RECORDS_SHOWN) paragraphs.push(found.text);
  }
  const { added, changed, missing } = counts;
  const differing = changed + missing + added;
  if (differing === 0) return { isAsExpected: true, text: `${countOf(actual.length)} as expected.\n` };
  if (differing > paragraphs.length) paragraphs.push(`… and ${String(differing - paragraphs.length)} more`);
  const summary =
    `Expected ${String(expected.length)}, got ${String(actual.length)}: ` +
    `${String(changed)} differ, ${String(missing)} missing, ${String(added)} not expected.`;
  return { isAsExpected: false, text: `${[...paragraphs, summary].join('\n\n')}\n` };
}

interface Finding {
  readonly kind: 'changed' | 'missing' | 'added';
  readonly text: string;
}

function judge({ actual, actualAt, expected, expectedAt }: RecordPair, isSubset: boolean): Finding | null {
  if (actual === null && expected === null) return null;
  if (actual === null) {
    return { kind: 'missing', text: `expected record ${String(expectedAt)} is missing: ${nameOf(expected)}` };
  }
  const place = `record ${String(actualAt)}`;
  if (expected === null) return { kind: 'added', text: `${place} is not expected: ${nameOf(actual)}` };
  const differences = differencesOf(expected, actual, isSubset);
  if (differences.length === 0) return null;
  const shown = differences.slice(0, FIELDS_SHOWN).map(differenceText);
  const hidden = differences.length - shown.length;
  if (hidden > 0) shown.push(`  … and ${String(hidden)} more places`);
  return { kind: 'changed', text: [`${place} differs: ${nameOf(actual)}`, ...shown].join('\n') };
}

function countOf(records: number): string {
  return records === 1 ? 'The one record is' : `All ${String(records)} records are`;
}

/** What a reader recognises a record by. */
function nameOf(record: ExactObject | null): string {
  const value = isExactObject(record?.value) ? record.value : {};
  const eid = value.eid === undefined || value.eid === null ? '' : `eid ${wordOf(value.eid)}`;
  const words = [wordOf(record?.topic), wordOf(value.recordType), wordOf(record?.key), eid];
  return shortened(words.filter((word) => word !== '').join(' '), 0) || 'a record without topic, key and recordType';
}

function wordOf(value: ExactJson | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : exactJsonText(value);
}

function differenceText({ actual, expected, path }: Difference): string {
  const texts = [expected, actual].map((value) => (value === undefined ? '(not there)' : exactJsonText(value)));
  const [left = '', right = ''] = texts;
  const at = commonLength(left, right);
  const hint = Math.max(left.length, right.length) > TEXT_SHOWN ? ` (from character ${String(at + 1)} on)` : '';
  return [`  ${path}${hint}`, `    expected  ${shortened(left, at)}`, `    actual    ${shortened(right, at)}`].join(
    '\n',
  );
}

const TEXT_SHOWN = 160;
const TEXT_BEFORE = 40;

/** As much of a long text as stands around `at`. */
function shortened(text: string, at: number): string {
  if (text.length <= TEXT_SHOWN) return text;
  const start = Math.max(0, Math.min(at - TEXT_BEFORE, text.length - TEXT_SHOWN));
  const end = start + TEXT_SHOWN;
  const part = text.slice(start, end).toWellFormed();
  return `${start > 0 ? '…' : ''}${part}${end < text.length ? '…' : ''}`;
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
