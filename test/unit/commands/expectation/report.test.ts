import { describe, expect, test } from 'vitest';

import { reportOn } from '../../../../src/commands/expectation/report.ts';
import type { ExactObject } from '../../../../src/lib/exact-json.ts';

/** A record as `normalize` prints it, with as much as the report looks at. */
function record(eid: bigint, note = 'x', key = 'sip:ada@harbour.example'): ExactObject {
  return { topic: 'cwa.presence', key, value: { recordType: 'presence', eid, note } };
}

function textOf(expected: readonly ExactObject[], actual: readonly ExactObject[], isSubset = false): string {
  const { isAsExpected, text } = reportOn(expected, actual, isSubset);
  expect(isAsExpected).toBe(false);
  return text;
}

describe('reportOn', () => {
  test('says so when all is as expected', () => {
    expect(reportOn([record(1n), record(2n)], [record(1n), record(2n)], false)).toEqual({
      isAsExpected: true,
      text: 'All 2 records are as expected.\n',
    });
    expect(reportOn([record(1n)], [record(1n)], false).text).toBe('The one record is as expected.\n');
  });

  test('shows which record differs, where, and both values', () => {
    expect(textOf([record(1n), record(2n, 'tea')], [record(1n), record(2n, 'coffee')])).toBe(
      [
        'record 2 differs: cwa.presence presence sip:ada@harbour.example eid 2',
        '  value.note',
        '    expected  "tea"',
        '    actual    "coffee"',
        '',
        'Expected 2, got 2: 1 differ, 0 missing, 0 not expected.',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['at the begin', [2n, 3n], [1n, 2n, 3n], 'record 1 is not expected'],
    ['in the middle', [1n, 3n], [1n, 2n, 3n], 'record 2 is not expected'],
    ['at the end', [1n, 2n], [1n, 2n, 3n], 'record 3 is not expected'],
    ['at the begin', [1n, 2n, 3n], [2n, 3n], 'expected record 1 is missing'],
    ['in the middle', [1n, 2n, 3n], [1n, 3n], 'expected record 2 is missing'],
    ['at the end', [1n, 2n, 3n], [1n, 2n], 'expected record 3 is missing'],
  ])('finds the one record %s that only one side has, and takes no other for it', (_where, expected, actual, says) => {
    const text = textOf(
      expected.map((eid) => record(eid)),
      actual.map((eid) => record(eid)),
    );
    expect(text).toContain(`${says}: cwa.presence presence sip:ada@harbour.example eid `);
    expect(text).toMatch(/: 0 differ, (1 missing, 0|0 missing, 1) not expected\.\n$/);
  });

  test('compares a record with the one in its place if even its name has changed', () => {
    const text = textOf([record(1n), record(2n)], [record(1n, 'x', 'p:4711'), record(2n)]);
    expect(text).toContain('  key\n    expected  "sip:ada@harbour.example"\n    actual    "p:4711"\n');
    expect(text).toContain('1 differ, 0 missing, 0 not expected.');
  });

  test('takes two records in the wrong order for a fault', () => {
    expect(reportOn([record(1n), record(2n)], [record(2n), record(1n)], false).isAsExpected).toBe(false);
  });

  test('shows of long texts what stands around the first difference', () => {
    const before = 'a'.repeat(5_000);
    const text = textOf([record(1n, `${before}tea${before}`)], [record(1n, `${before}coffee${before}`)]);
    expect(text).toContain('  value.note (from character 5002 on)\n');
    expect(text).toMatch(/expected {2}…a+teaa+…\n {4}actual {4}…a+coffeea+…\n/);
    expect(text.length).toBeLessThan(700);
  });

  test('ends lists of differences before they flood the screen, and counts all', () => {
    const many = Array.from({ length: 80 }, (_, index) => BigInt(index));
    const text = textOf(
      many.map((eid) => record(eid, 'tea')),
      many.map((eid) => record(eid, 'coffee')),
    );
    expect(text.match(/ differs: /g)).toHaveLength(50);
    expect(text).toMatch(/\n\n… and 30 more\n\nExpected 80, got 80: 80 differ,/);
    const wide = (value: bigint): ExactObject => Object.fromEntries(many.map((index) => [`f${String(index)}`, value]));
    expect(textOf([wide(1n)], [wide(2n)])).toContain('  … and 50 more places\n');
  });
});
