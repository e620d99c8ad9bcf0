import { expect, test } from 'vitest';

import { formatReport } from '../../../src/verify/report-table.ts';
import { check, generationOf } from './builders.ts';

test('shows topics, accounts and a verdict in columns', () => {
  const lines = formatReport(check(generationOf('account', 1_790_000_000, 3))).split('\n');
  expect(lines.slice(0, 2)).toEqual(['TOPIC  RECORDS  BYTES', expect.stringMatching(/^p {12}3 {3}\d{4}$/)]);
  expect(lines.slice(6, 8)).toEqual([
    'ACCOUNT  GENERATIONS  RECORDS         FIRST          LAST  GAPS  CLOSED  VIOLATIONS',
    'account            1        5  1790000000/1  1790000000/5     1       1           0',
  ]);
  expect(lines.slice(8)).toEqual([
    '',
    'Flawless: 5 records, none lost, none twice, all in order, all gaps closed.',
    '',
  ]);
});

test('tells each violation with its place, what was not judged, and the counts', () => {
  const records = generationOf('a', 1, 6);
  const text = formatReport(
    check(records.toSpliced(2, 1, { ...records[3], value: '' } as never).slice(1), { judgedFromMs: 0 }),
  );
  expect(text).toContain('\nNot judged: 1 sequence number that may');
  expect(text).toMatch(/\nunreadable: p\/\d at offset 4: the record cannot be read: its value is no JSON/);
  expect(text).toContain('\nmissing-sequence: sequence 3 is in no topic: account a, generation 1\n');
  expect(text).toMatch(/\nNot as promised: 2 violations in 7 records: 1 unreadable, 1 missing-sequence\.\n$/);
});
