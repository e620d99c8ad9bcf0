import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { printConfiguration } from '../../../src/config/print.ts';
import type { WatchTexts } from '../../../src/config/watch-file.ts';
import { watchListsOf, type WatchSources } from '../../../src/config/watch-lists.ts';
import { configurationFrom, fileOf, minimal, problemsOf, scratchFolder } from './builders.ts';

const NOBODY: WatchSources['pools'][number]['watch'] = { users: [], file: null };

function usersOf(count: number, name = 'user'): readonly string[] {
  return Array.from({ length: count }, (_, index) => `sip:${name}${String(index)}@example.com`);
}

function accountOf(id: string, users: readonly string[] = []): WatchSources['accounts'][number] {
  return { id, uri: `sip:${id}@example.com`, watch: { users, file: null } };
}

function sourcesOf(overrides: Partial<WatchSources>): WatchSources {
  return { accounts: [], pools: [], watch: { overlap: 'refuse', usersPerAccountMax: 200 }, ...overrides };
}

/** A valid configuration with three accounts and these pools. */
function withPools(pools: readonly object[], overrides: object = {}): unknown {
  const { accounts, ...rest } = minimal();
  const ids = ['one', 'two', 'three'];
  return { ...rest, accounts: ids.map((id) => ({ ...accounts[0], id })), pools, ...overrides };
}

describe('a watch file', () => {
  async function problemsOfFile(content: string) {
    const file = await fileOf(content, 'users.txt');
    const { accounts, ...rest } = minimal();
    return problemsOf({ ...rest, accounts: [{ ...accounts[0], watch: { file } }] });
  }

  test.each([
    ['nothing', ''],
    ['comments only', '# sip:anna@example.com\n\n  # nobody yet\n'],
  ])('with %s in it is refused: it is more often an accident than an order', async (_, content) => {
    expect(await problemsOfFile(content)).toMatchObject([
      { path: 'accounts[0].watch.file', message: 'names a file without any user' },
    ]);
  });

  test('says with a line of its own that nobody is to be watched', async () => {
    expect(await problemsOfFile('# all on holiday\n!nobody\n')).toEqual([]);
  });

  test('cannot say that beside users', async () => {
    const [problem] = await problemsOfFile('sip:anna@example.com\n!nobody\n');
    expect(problem).toMatchObject({ message: 'holds !nobody beside other lines' });
    expect(problem?.source).toMatch(/users\.txt, line 2$/);
  });

  test.each([
    ['Windows line ends and a byte-order mark', '\uFEFFsip:anna@example.com\r\nsip:ben@example.com\r\n'],
    ['blanks and comments', '  sip:anna@example.com   # on leave\n\nBEN@example.com'],
  ])('may have %s', async (_, content) => {
    const file = await fileOf(content, 'users.txt');
    const { accounts, ...rest } = minimal();
    const { accounts: made } = await configurationFrom({ ...rest, accounts: [{ ...accounts[0], watch: { file } }] });
    expect(made[0]?.watch.users).toEqual(['sip:anna@example.com', 'sip:ben@example.com']);
  });

  test('is no folder and not larger than any list', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'users.txt'));
    const large = join(folder, 'large.txt');
    await writeFile(large, 'sip:anna@example.com\n'.repeat(250_000));
    const { accounts, ...rest } = minimal();
    const filesOf = (file: string) => ({ ...rest, accounts: [{ ...accounts[0], watch: { file } }] });
    const [notFile] = await problemsOf(filesOf(join(folder, 'users.txt')));
    expect(notFile?.message).toBe('names a file that cannot be read: it is no file');
    const [tooLarge] = await problemsOf(filesOf(large));
    expect(tooLarge?.message).toContain('more than 4194304 bytes');
  });
});

describe('a list that is too long', () => {
  test('for one account is refused, with the number of accounts that it takes', () => {
    const { problems } = watchListsOf(sourcesOf({ accounts: [accountOf('one', usersOf(450))] }), new Map());
    expect(problems).toMatchObject([
      {
        path: 'accounts[0].watch',
        message: 'names 450 users, more than watch.usersPerAccountMax (200)',
        remedy: 'a pool of 3 accounts for this list, or a higher limit if the server allows it',
      },
    ]);
  });

  test('counts each user once, in whatever form he is written', () => {
    const twice = [...usersOf(200), ...usersOf(200).map((uri) => uri.toUpperCase().replace('SIP:', 'sip:'))];
    expect(watchListsOf(sourcesOf({ accounts: [accountOf('one', twice)] }), new Map()).problems).toEqual([]);
  });
});

describe('a pool', () => {
  const accounts = ['one', 'two', 'three'].map((id) => accountOf(id));
  const pool = { name: 'floor', accounts: ['one', 'two', 'three'], watch: { users: usersOf(450), file: null } };

  test('spreads its users over its accounts, each user at one and none with too many', () => {
    const { lists, problems } = watchListsOf(sourcesOf({ accounts, pools: [pool] }), new Map());
    expect(problems).toEqual([]);
    expect(lists.flatMap(({ users }) => users).toSorted()).toEqual(pool.watch.users.toSorted());
    for (const { users } of lists) expect(users.length).toBeLessThanOrEqual(200);
  });

  test('leaves an account the room that its own list does not take', () => {
    const own = [accountOf('one', usersOf(190, 'own')), ...accounts.slice(1)];
    const room = { ...pool, watch: { users: usersOf(410), file: null } };
    const { lists, problems } = watchListsOf(sourcesOf({ accounts: own, pools: [room] }), new Map());
    expect(problems).toEqual([]);
    expect(lists.map(({ users }) => users.length)).toEqual([200, 200, 200]);
  });

  test('that is too small is refused, with the number of accounts that it takes', () => {
    const large = { ...pool, watch: { users: usersOf(1_001), file: null } };
    const { problems } = watchListsOf(sourcesOf({ accounts, pools: [large] }), new Map());
    expect(problems).toMatchObject([
      {
        path: 'pools[0].accounts',
        message: 'are too few: 3 for 1001 users, 200 each at most (watch.usersPerAccountMax)',
        remedy: 'the ids of at least 6 accounts',
      },
    ]);
  });

  test('shares no user with an account or another pool, unless that is allowed', () => {
    const anna = usersOf(1);
    const given = sourcesOf({
      accounts: [accountOf('one', anna), accountOf('two'), accountOf('three')],
      pools: [
        { name: 'a', accounts: ['two'], watch: { users: anna, file: null } },
        { name: 'b', accounts: ['three'], watch: { users: anna, file: null } },
      ],
    });
    expect(watchListsOf(given, new Map()).problems).toMatchObject([
      { path: 'pools[0].watch.users[0]', message: 'names a user whom accounts[0] watches too' },
      { path: 'pools[1].watch.users[0]', message: 'names a user whom accounts[0] watches too' },
    ]);
    const allowed = watchListsOf({ ...given, watch: { ...given.watch, overlap: 'allow' } }, new Map());
    expect(allowed.problems).toEqual([]);
    expect(allowed.lists.map(({ users }) => users)).toEqual([anna, anna, anna]);
  });

  test('that gets another account moves at most 1/N + 5 % of its users', () => {
    const many = usersOf(1_500);
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 14 }), (count) => {
        const listsOf = (ids: readonly string[]): ReadonlyMap<string, string> => {
          const given = {
            accounts: ids.map((id) => accountOf(id)),
            pools: [{ name: 'p', accounts: ids, watch: { users: many, file: null } }],
          };
          const { lists, problems } = watchListsOf(sourcesOf(given), new Map());
          expect(problems).toEqual([]);
          return new Map(lists.flatMap(({ users }, index) => users.map((uri) => [uri, ids[index] ?? ''] as const)));
        };
        const ids = Array.from({ length: count }, (_, index) => `watcher-${String(index)}`);
        const [few, more] = [listsOf(ids), listsOf([...ids, 'further'])];
        const moved = many.filter((uri) => few.get(uri) !== more.get(uri));
        expect(moved.length / many.length).toBeLessThanOrEqual(1 / (count + 1) + 0.05);
      }),
      { numRuns: 6 },
    );
  });
});

describe('pools are checked:', () => {
  test.each<[title: string, pools: readonly object[], path: string, message: string, remedy: string]>([
    [
      'an account that is none',
      [{ name: 'a', accounts: ['tree'] }],
      'pools[0].accounts[0]',
      'names no account',
      '"three"',
    ],
    [
      'an account in two pools',
      [
        { name: 'a', accounts: ['one'] },
        { name: 'b', accounts: ['two', 'one'] },
      ],
      'pools[1].accounts[1]',
      'is the same as pools[0].accounts[0]',
      'each account once',
    ],
    ['an account twice', [{ name: 'a', accounts: ['one', 'one'] }], 'pools[0].accounts[1]', 'is the same', 'once'],
    ['a pool without accounts', [{ name: 'a' }], 'pools[0].accounts', 'is required', 'ids of the accounts'],
    [
      'two pools of one name',
      [
        { name: 'a', accounts: ['one'] },
        { name: 'a', accounts: ['two'] },
      ],
      'pools[1].name',
      'is the same as pools[0].name',
      'no other has',
    ],
  ])('%s', async (_, pools, path, message, remedy) => {
    const problems = await problemsOf(withPools(pools));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path });
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.remedy).toContain(remedy);
  });

  test('accounts of several sites', async () => {
    const values = withPools([{ name: 'a', accounts: ['one', 'two'] }]) as ReturnType<typeof minimal>;
    values.sites.push({ name: 'other', baseUrl: 'https://other.example.com' });
    values.accounts[1] = { ...values.accounts[1], site: 'other' };
    expect(await problemsOf(values)).toMatchObject([
      { path: 'pools[0].accounts', message: 'belong to several sites', value: '"main, other"' },
    ]);
  });
});

test('a pool may have a file, and what is printed says how many users each account gets', async () => {
  const file = await fileOf(usersOf(30).join('\n'), 'floor.txt');
  const configuration = await configurationFrom(
    withPools([{ name: 'floor', accounts: ['one', 'two'], watch: { users: usersOf(5, 'more'), file } }]),
  );
  const counts = configuration.accounts.map(({ watch }) => watch.users.length);
  expect(counts.slice(0, 2).reduce((a, b) => a + b)).toBe(35);
  expect(printConfiguration(configuration)).toContain(`# Users that each account watches:
#   one: ${String(counts[0])} of at most 200, pool floor
#   two: ${String(counts[1])} of at most 200, pool floor
#   three: 0 of at most 200
`);
});

test('lists are made of what files hold, whatever was configured beside them', () => {
  const texts: WatchTexts = new Map([['a.txt', { text: 'sip:ben@example.com\nsip:anna@example.com' }]]);
  const account = { ...accountOf('one'), watch: { users: ['sip:anna@example.com'], file: 'a.txt' } };
  const { lists } = watchListsOf(sourcesOf({ accounts: [account, accountOf('two')] }), texts);
  expect(lists.map(({ users }) => users)).toEqual([['sip:anna@example.com', 'sip:ben@example.com'], []]);
  expect(watchListsOf(sourcesOf({ pools: [{ name: 'p', accounts: [], watch: NOBODY }] }), texts).problems).toEqual([]);
});
