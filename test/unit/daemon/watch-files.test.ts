import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { WatchTexts } from '../../../src/config/watch-file.ts';
import type { WatchSources } from '../../../src/config/watch-lists.ts';
import { WatchDirectory } from '../../../src/daemon/watch-directory.ts';
import { listsById, WatchFiles } from '../../../src/daemon/watch-files.ts';
import { LogLines } from '../../support/log-lines.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';
import { createLogger } from '../../../src/observability/log.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { scratchFolder } from '../config/builders.ts';

const [ANNA, BEN, CARL] = ['anna', 'ben', 'carl'].map((name) => `sip:${name}@harbour.example`) as [
  string,
  string,
  string,
];
const RELOAD_MS = 30_000;
const SETTLE_MS = 1_000;

const SOURCES: WatchSources = {
  accounts: [
    { id: 'a', uri: 'sip:a@harbour.example', watch: { users: [], file: 'a.txt' } },
    { id: 'b', uri: 'sip:b@harbour.example', watch: { users: [], file: 'b.txt' } },
  ],
  pools: [],
  watch: { overlap: 'refuse', usersPerAccountMax: 3 },
};

/** Watch files at work; those of a map, or real ones. */
async function setUp(files: Record<string, string | null>, sources = SOURCES, isReal = false) {
  const clock = new ManualClock();
  const log = new LogLines();
  const metrics = createMetrics({
    accounts: [],
    topics: [],
    version: '0',
    labelSets: { gapReason: [], warning: [] },
    withProcessMetrics: false,
  });
  const directory = new WatchDirectory(listsById(sources, []));
  let reads = 0;
  const read = (names: Iterable<string>): Promise<WatchTexts> => {
    reads += 1;
    const contentOf = (text: string | null | undefined) =>
      text === null || text === undefined ? { fault: 'ENOENT: no such file or directory' } : { text };
    return Promise.resolve(new Map([...names].map((name) => [name, contentOf(files[name])])));
  };
  const watchFiles = new WatchFiles({
    sources,
    directory,
    reloadMs: RELOAD_MS,
    metrics,
    log: createLogger({ level: 'info', destination: log }),
    clock,
    ...(isReal ? {} : { read }),
  });
  const stop = new AbortController();
  const running = watchFiles.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  await settled();
  return {
    clock,
    directory,
    files,
    log,
    watchFiles,
    reads: () => reads,
    listOf: (id: string) => directory.sourceFor(id).users,
    /** Lets the next reading come, and the time pass in which a file has to stay as it is. */
    pass: async () => {
      await clock.advance(RELOAD_MS);
      await clock.advance(SETTLE_MS);
    },
    sample: async (name: string) => {
      const line = (await metrics.render()).split('\n').find((text) => text.startsWith(`cwa_bridge_${name} `));
      return Number(line?.split(' ').at(-1));
    },
  };
}

/** What is logged about refused files. */
function refusalsIn(log: LogLines) {
  return log.withMessage('watch file refused: the last good list counts on');
}

test('a changed file is taken with the next reading, and counted', async () => {
  const { files, listOf, log, pass, sample } = await setUp({ 'a.txt': ANNA, 'b.txt': BEN });
  expect([listOf('a'), listOf('b')]).toEqual([[ANNA], [BEN]]);
  files['a.txt'] = `${ANNA}\n${CARL}\n`;
  await pass();
  expect([listOf('a'), listOf('b')]).toEqual([[ANNA, CARL], [BEN]]);
  expect(await sample('watch_reloads_total{outcome="adopted"}')).toBe(1);
  expect(log.withMessage('watch files changed: read anew')).toHaveLength(1);
  await pass();
  expect(await sample('watch_reloads_total{outcome="adopted"}')).toBe(1);
});

test('a file that is still being written is left alone until it stays as it is', async () => {
  const { clock, files, listOf, pass } = await setUp({ 'a.txt': `${ANNA}\n${CARL}`, 'b.txt': BEN });
  files['a.txt'] = ANNA;
  await clock.advance(RELOAD_MS);
  files['a.txt'] = `${ANNA}\n${CARL}\n# whole\n`;
  await clock.advance(SETTLE_MS);
  expect(listOf('a')).toEqual([ANNA, CARL]);
  await pass();
  expect(listOf('a')).toEqual([ANNA, CARL]);
});

describe('the last good list counts on', () => {
  test.each<[title: string, content: string | null, problem: string]>([
    ['is gone', null, 'names a file that cannot be read: ENOENT: no such file or directory'],
    ['is empty', '', 'names a file without any user'],
    ['has a line that is no URI', `${ANNA}\nanna at home\n`, 'is no SIP URI'],
  ])('while a file %s, and the others are followed', async (_, content, problem) => {
    const { files, listOf, log, pass, sample } = await setUp({ 'a.txt': ANNA, 'b.txt': BEN });
    files['a.txt'] = content;
    files['b.txt'] = CARL;
    await pass();
    expect([listOf('a'), listOf('b')]).toEqual([[ANNA], [CARL]]);
    expect(refusalsIn(log)).toMatchObject([{ level: 'warn', path: 'accounts[0].watch.file', problem }]);
    expect(await sample('unusable_watch_files')).toBe(1);
    expect(await sample('watch_reloads_total{outcome="refused"}')).toBe(1);
    // Said once, not every half minute.
    await pass();
    expect(refusalsIn(log)).toHaveLength(1);
    files['a.txt'] = BEN;
    await pass();
    expect(listOf('a')).toEqual([BEN]);
    expect(await sample('unusable_watch_files')).toBe(0);
  });

  test('names file and line, and what to write', async () => {
    const { files, log, pass } = await setUp({ 'a.txt': ANNA, 'b.txt': BEN });
    files['a.txt'] = `${ANNA}\nanna at home\n`;
    await pass();
    expect(refusalsIn(log)).toMatchObject([
      { at: 'a.txt, line 2', remedy: 'write a SIP URI such as sip:anna@example.com', problems: 1 },
    ]);
  });

  test('however many lines are wrong', async () => {
    const { files, listOf, log, pass } = await setUp({ 'a.txt': ANNA, 'b.txt': BEN });
    files['a.txt'] = 'x\n'.repeat(300_000);
    await pass();
    expect(listOf('a')).toEqual([ANNA]);
    expect(refusalsIn(log)[0]).toMatchObject({ at: 'a.txt, line 1', problems: 300_000 });
  });

  test.each<[title: string, content: string, problem: RegExp]>([
    ['a user would be under two accounts', `${ANNA}\n${BEN}`, /names a user whom accounts\[\d\] watches too/],
    ['a list would be too long', [ANNA, 'sip:a@b.c', 'sip:d@b.c', 'sip:e@b.c'].join('\n'), /names 4 users, more than/],
  ])('for all files where %s', async (_, content, problem) => {
    const { files, listOf, log, pass, sample } = await setUp({ 'a.txt': ANNA, 'b.txt': BEN });
    files['a.txt'] = content;
    await pass();
    expect([listOf('a'), listOf('b')]).toEqual([[ANNA], [BEN]]);
    expect(String(refusalsIn(log)[0]?.problem)).toMatch(problem);
    expect(await sample('unusable_watch_files')).toBe(1);
  });
});

test('a user who moves from file to file is taken when both have changed, in whatever order', async () => {
  const { directory, files, listOf, pass } = await setUp({ 'a.txt': `${ANNA}\n${CARL}`, 'b.txt': BEN });
  files['b.txt'] = `${BEN}\n${CARL}`;
  await pass();
  expect(listOf('b')).toEqual([BEN]);
  files['a.txt'] = ANNA;
  await pass();
  expect([listOf('a'), listOf('b')]).toEqual([[ANNA], [BEN, CARL]]);
  expect(directory.isWatchedElsewhere('a', CARL)).toBe(true);
});

test('a file may say that nobody is to be watched any longer', async () => {
  const { files, listOf, pass } = await setUp({ 'a.txt': ANNA, 'b.txt': BEN });
  files['a.txt'] = '!nobody\n';
  await pass();
  expect(listOf('a')).toEqual([]);
});

test('files are read at once when somebody asks for it', async () => {
  const { clock, files, listOf, watchFiles } = await setUp({ 'a.txt': ANNA, 'b.txt': BEN });
  files['a.txt'] = CARL;
  watchFiles.hurry();
  await settled();
  await clock.advance(SETTLE_MS);
  expect(listOf('a')).toEqual([CARL]);
});

test('the users of a pool are spread anew, and only the difference moves', async () => {
  const accounts = ['a', 'b', 'c'].map((id) => ({
    id,
    uri: `sip:${id}@harbour.example`,
    watch: { users: [], file: null },
  }));
  const users = Array.from({ length: 30 }, (_, index) => `sip:user${String(index)}@harbour.example`);
  const pools = [{ name: 'p', accounts: ['a', 'b', 'c'], watch: { users: [], file: 'pool.txt' } }];
  const sources: WatchSources = { accounts, pools, watch: { overlap: 'refuse', usersPerAccountMax: 30 } };
  const { files, listOf, pass } = await setUp({ 'pool.txt': users.join('\n') }, sources);
  const before = accounts.map(({ id }) => listOf(id));
  files['pool.txt'] = [...users.slice(1), CARL].join('\n');
  await pass();
  const after = accounts.map(({ id }) => listOf(id));
  const changed = before.flatMap((list, index) => [...new Set(list).symmetricDifference(new Set(after[index]))]);
  expect(changed.toSorted()).toEqual([CARL, users[0]]);
});

test('a file that is replaced by another link, as a ConfigMap does, is seen', async () => {
  const folder = await scratchFolder();
  for (const [name, uri] of [
    ['first', ANNA],
    ['second', BEN],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'users.txt'), `${uri}\n`);
  }
  await symlink('first', join(folder, '..data'));
  await symlink('..data/users.txt', join(folder, 'users.txt'));
  const file = join(folder, 'users.txt');
  const account = { id: 'a', uri: 'sip:a@harbour.example', watch: { users: [], file } };
  const { clock, listOf } = await setUp({}, { ...SOURCES, accounts: [account] }, true);
  await expect.poll(() => listOf('a'), { timeout: 30_000 }).toEqual([ANNA]);
  await symlink('second', join(folder, '..new'));
  await rename(join(folder, '..new'), join(folder, '..data'));
  await expect
    .poll(
      async () => {
        await clock.advance(RELOAD_MS);
        return listOf('a');
      },
      { timeout: 30_000 },
    )
    .toEqual([BEN]);
});
