import { describe, expect, test } from 'vitest';

import { WatchDirectory } from '../../../src/daemon/watch-directory.ts';

const [ANNA, BEN] = ['sip:anna@harbour.example', 'sip:ben@harbour.example'] as const;

function directoryOf(lists: Readonly<Record<string, readonly string[]>>): WatchDirectory {
  return new WatchDirectory(mapOf(lists));
}

function mapOf(lists: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(lists));
}

describe('the list of an account', () => {
  test('is the very same array until the lists are replaced', () => {
    const directory = directoryOf({ a: [ANNA] });
    const source = directory.sourceFor('a');
    const before = source.users;
    expect(source.users).toBe(before);
    directory.replace(mapOf({ a: [BEN] }));
    expect(source.users).toEqual([BEN]);
  });

  test('is empty for an account that nobody named', () => {
    expect(directoryOf({}).sourceFor('a').users).toEqual([]);
  });
});

describe('a user is watched elsewhere', () => {
  test('if another account is to watch him, at once when the lists are replaced', () => {
    const directory = directoryOf({ a: [ANNA], b: [] });
    expect([directory.isWatchedElsewhere('a', ANNA), directory.isWatchedElsewhere('b', ANNA)]).toEqual([false, true]);
    directory.replace(mapOf({ a: [], b: [ANNA] }));
    expect([directory.isWatchedElsewhere('a', ANNA), directory.isWatchedElsewhere('b', ANNA)]).toEqual([true, false]);
  });

  test('if two are to watch him, for both', () => {
    const directory = directoryOf({ a: [ANNA], b: [ANNA] });
    expect([directory.isWatchedElsewhere('a', ANNA), directory.isWatchedElsewhere('b', ANNA)]).toEqual([true, true]);
  });
});

describe('a user whose current state is ending', () => {
  test('is on the list of nobody else until it has ended', async () => {
    const directory = directoryOf({ a: [], b: [] });
    const [a, b] = [directory.sourceFor('a'), directory.sourceFor('b')];
    const commit = Promise.withResolvers<undefined>();
    const ending = a.whileEnding([ANNA], () => commit.promise);
    directory.replace(mapOf({ a: [ANNA], b: [ANNA, BEN] }));
    expect(b.users).toEqual([BEN]);
    // His own account does one thing after the other.
    expect(a.users).toEqual([ANNA]);
    commit.resolve(undefined);
    await ending;
    expect(b.users).toEqual([ANNA, BEN]);
  });

  test('is free again when the commit fails', async () => {
    const directory = directoryOf({ a: [], b: [] });
    const lost = new Error('the shard is lost');
    const ending = directory.sourceFor('a').whileEnding([ANNA], () => Promise.reject(lost));
    directory.replace(mapOf({ b: [ANNA] }));
    await expect(ending).rejects.toBe(lost);
    expect(directory.sourceFor('b').users).toEqual([ANNA]);
  });

  test('is free when all that end it have done so', async () => {
    const directory = directoryOf({ a: [], b: [], c: [] });
    const [first, second] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const endings = [
      directory.sourceFor('a').whileEnding([ANNA], () => first.promise),
      directory.sourceFor('b').whileEnding([ANNA], () => second.promise),
    ];
    directory.replace(mapOf({ c: [ANNA] }));
    first.resolve(undefined);
    await endings[0];
    expect(directory.sourceFor('c').users).toEqual([]);
    second.resolve(undefined);
    await endings[1];
    expect(directory.sourceFor('c').users).toEqual([ANNA]);
  });

  test('does not end if another account watches him, who goes on with him at once', async () => {
    const directory = directoryOf({ a: [], b: [ANNA] });
    const commit = Promise.withResolvers<undefined>();
    const ending = directory.sourceFor('a').whileEnding([ANNA], () => commit.promise);
    expect(directory.sourceFor('b').users).toEqual([ANNA]);
    commit.resolve(undefined);
    await ending;
  });
});
