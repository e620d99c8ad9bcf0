import { describe, expect, test } from 'vitest';

import { formatProgress, initialProgress } from '../../../../src/bridge/progress/account-progress.ts';
import { headLine, parseExport, recordLine } from '../../../../src/commands/progress/export-file.ts';
import { partitionOf } from '../../../../src/lib/murmur2.ts';

const HEAD = { installation: 'harbour', shards: 6, at: '2026-11-24T22:00:00.000Z' };
const SHARD = partitionOf('pilot', 6);
const VALUE = formatProgress(initialProgress('pilot', 'sip:pilot@harbour.example'));
const RECORD = { shard: SHARD, key: 'a/pilot', value: VALUE };

function fileOf(head: string, ...records: readonly object[]): string {
  return [head, ...records.map((record) => JSON.stringify(record))].map((line) => `${line}\n`).join('');
}

describe('an export', () => {
  test('is read as it was written, without the claims of the cluster that it came from', () => {
    const claim = { shard: 0, key: 's/0', value: '{}' };
    const text = `${headLine(HEAD)}\n${recordLine(RECORD)}\n${recordLine(claim)}\n`;
    expect(parseExport(text)).toEqual({ head: HEAD, records: [RECORD] });
  });

  const wrong: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'line 1 is no JSON'],
    ['another file', '{"kind":"shopping list"}\n', 'its first line is not that of cwa-bridge progress export'],
    ['a newer format', headLine(HEAD).replace('"formatVersion":1', '"formatVersion":2'), 'its format is 2'],
    ['a cut line', `${headLine(HEAD)}\n{"shard":`, 'line 2 is no JSON'],
    ['a record without a value', fileOf(headLine(HEAD), { shard: 0, key: 'a/pilot' }), 'line 2 has no shard, key or'],
    ['a record in another shard', fileOf(headLine(HEAD), { ...RECORD, shard: (SHARD + 1) % 6 }), 'is not of shard'],
    ['progress that is none', fileOf(headLine(HEAD), { ...RECORD, value: '[' }), 'cannot be read'],
    ['a user that is none', fileOf(headLine(HEAD), { ...RECORD, key: 'u/pilot/sip:a@b' }), 'u/pilot/sip:a@b'],
  ];
  test.each(wrong)('is refused where there is %s', (_, text, message) => {
    expect(() => parseExport(text)).toThrow(message);
  });
});
