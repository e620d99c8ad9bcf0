import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { FIXED_USERS, makeAccounts } from '../../../../dev/chaos/bridge-config.ts';
import { WatchLists } from '../../../../dev/chaos/watch-lists.ts';

test('a watch file holds the latest list, no list is as long as the four before, and who went stays away for long', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cwa-watch-lists-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const lists = new WatchLists(makeAccounts(1, folder));
  await lists.writeAll();
  for (let change = 0; change < 60; change += 1) await lists.change('watcher-1', change % 4, (change * 7) % 4);

  const versions = lists.versionsOf('watcher-1');
  expect(versions).toHaveLength(61);
  for (const [place, version] of versions.entries()) {
    const before = versions.slice(Math.max(0, place - 4), place);
    expect(before.map(({ length }) => length)).not.toContain(version.length);
    expect(new Set(version).size).toBe(version.length);
    const gone = new Set(before.flat()).difference(new Set(before.at(-1)));
    expect(version.filter((uri) => gone.has(uri))).toEqual([]);
  }
  const file = await readFile(path.join(folder, 'watcher-1.txt'), 'utf8');
  expect(file.split('\n').slice(1, -1)).toEqual(versions.at(-1)?.slice(FIXED_USERS));
});
