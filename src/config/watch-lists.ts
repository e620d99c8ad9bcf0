import { spread } from '../lib/rendezvous.ts';
import { normalizeUri } from '../records/uri.ts';
import { shown } from './problem.ts';
import type { Problem } from './problem.ts';
import type { DraftSettings } from './schema.ts';
import { readWatchTexts, urisOfFile } from './watch-file.ts';
import type { WatchText, WatchTexts, WrittenUri } from './watch-file.ts';

/** Whom each account watches, in the order of `accounts[]`. */
export type WatchLists = readonly {
  /** Normalised; null if it is missing or no SIP URI. */
  readonly accountUri: string | null;
  /** Normalised, each once: those of its own list, then those that it has of its pool. */
  readonly users: readonly string[];
}[];

/** What the lists are made of, files aside: a part of the configuration. */
export interface WatchSources {
  readonly accounts: readonly Pick<DraftSettings['accounts'][number], 'id' | 'uri' | 'watch'>[];
  readonly pools: readonly Pick<DraftSettings['pools'][number], 'name' | 'accounts' | 'watch'>[];
  readonly watch: Pick<DraftSettings['watch'], 'overlap' | 'usersPerAccountMax'>;
}

/** Normalised URI → where it was written first. */
type Users = ReadonlyMap<string, WrittenUri>;

const SIP_URI = /^sips?:[^\s@]+@[^\s@]+$/;

/** Reads the watch files and makes the lists. */
export async function readWatchLists(
  sources: WatchSources,
): Promise<{ readonly lists: WatchLists; readonly problems: readonly Problem[] }> {
  return watchListsOf(sources, await readWatchTexts(watchFilesOf(sources).map(({ file }) => file)));
}

/** The watch files that the configuration names, with the paths of the settings that name them. */
export function watchFilesOf({
  accounts,
  pools,
}: WatchSources): readonly { readonly file: string; readonly path: string }[] {
  const named = (list: string, { file }: WatchSources['pools'][number]['watch'], index: number) =>
    file === null ? [] : [{ file, path: `${list}[${String(index)}].watch.file` }];
  return [
    ...accounts.flatMap(({ watch }, index) => named('accounts', watch, index)),
    ...pools.flatMap(({ watch }, index) => named('pools', watch, index)),
  ];
}

/** What is wrong with a watch file by itself. */
export function problemsOfFile(file: string, content: WatchText, path: string): readonly Problem[] {
  const { problems, uris } = urisOfFile(file, content, path);
  const all = [...problems];
  for (const uri of uris) normalizedOf(uri, all);
  return all;
}

/**
 * Normalises every URI, spreads the users of pools over their accounts, and finds what must not be: users whom two
 * watch, accounts with more users than one may have, pools that are too small.
 *
 * The lists are of use only if there are no problems.
 *
 * @param texts of all files of {@link watchFilesOf}.
 */
export function watchListsOf(
  sources: WatchSources,
  texts: WatchTexts,
): { readonly lists: WatchLists; readonly problems: readonly Problem[] } {
  const { accounts, pools, watch } = sources;
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  const readList = (path: string, list: WatchSources['pools'][number]['watch']): Users => {
    const users = usersOf(writtenIn(list, path, texts, problems), problems);
    if (watch.overlap === 'refuse') refuseOverlap(users, path, owners, problems);
    return users;
  };
  const own = accounts.map((account, index) => readList(`accounts[${String(index)}]`, account.watch));
  for (const [index, users] of own.entries()) refuseLongList(users, index, watch.usersPerAccountMax, problems);
  const pooled = pools.map((pool, index) => {
    const path = `pools[${String(index)}]`;
    return spreadPool(pool, { path, users: readList(path, pool.watch) }, { sources, own, problems });
  });
  const lists = accounts.map(({ id, uri }, index) => {
    const fromPools = id === null ? [] : pooled.flatMap((shares) => shares.get(id) ?? []);
    const written = uri === null ? null : { text: uri, path: `accounts[${String(index)}].uri`, source: null };
    return {
      accountUri: written === null ? null : normalizedOf(written, problems),
      users: [...new Set([...(own[index]?.keys() ?? []), ...fromPools])],
    };
  });
  return { lists, problems };
}

function writtenIn(
  { file, users }: WatchSources['pools'][number]['watch'],
  path: string,
  texts: WatchTexts,
  problems: Problem[],
): readonly WrittenUri[] {
  const written = users.map((text, index) => ({
    text,
    path: `${path}.watch.users[${String(index)}]`,
    source: null,
  }));
  if (file === null) return written;
  const ofFile = urisOfFile(file, texts.get(file) ?? { fault: 'it was not read' }, `${path}.watch.file`);
  problems.push(...ofFile.problems);
  return [...written, ...ofFile.uris];
}

/** One that stands twice in one list is one user. */
function usersOf(written: readonly WrittenUri[], problems: Problem[]): Users {
  const users = new Map<string, WrittenUri>();
  for (const item of written) {
    const uri = normalizedOf(item, problems);
    if (uri !== null && !users.has(uri)) users.set(uri, item);
  }
  return users;
}

function refuseOverlap(users: Users, path: string, owners: Map<string, string>, problems: Problem[]): void {
  for (const [uri, written] of users) {
    const owner = owners.get(uri);
    if (owner === undefined) owners.set(uri, path);
    else {
      const message = `names a user whom ${owner} watches too`;
      const remedy = 'each user under one account or pool, or "watch: {overlap: allow}" to publish both views';
      problems.push({ path: written.path, message, remedy, value: shown(uri), source: written.source });
    }
  }
}

function refuseLongList({ size }: Users, index: number, usersMax: number, problems: Problem[]): void {
  if (size <= usersMax) return;
  problems.push({
    path: `accounts[${String(index)}].watch`,
    message: `names ${String(size)} users, more than watch.usersPerAccountMax (${String(usersMax)})`,
    remedy: `a pool of ${String(Math.ceil(size / usersMax))} accounts for this list, or a higher limit if the server allows it`,
    value: null,
    source: null,
  });
}

/** The users of a pool by the id of the account that gets them. */
function spreadPool(
  { accounts: ids }: WatchSources['pools'][number],
  { path, users }: { readonly path: string; readonly users: Users },
  {
    own,
    problems,
    sources,
  }: { readonly own: readonly Users[]; readonly problems: Problem[]; readonly sources: WatchSources },
): ReadonlyMap<string, readonly string[]> {
  const { usersPerAccountMax } = sources.watch;
  const places = [...new Set(ids)].map((id) => {
    const listed = own[sources.accounts.findIndex((account) => account.id === id)]?.size ?? 0;
    return { id, room: Math.max(0, usersPerAccountMax - listed) };
  });
  const { items, leftOver } = spread([...users.keys()], places);
  if (leftOver.length > 0) {
    const needed = places.length + Math.ceil(leftOver.length / usersPerAccountMax);
    problems.push({
      path: `${path}.accounts`,
      message: `are too few: ${String(places.length)} for ${String(users.size)} users, ${String(usersPerAccountMax)} each at most (watch.usersPerAccountMax)`,
      remedy: `the ids of at least ${String(needed)} accounts`,
      value: null,
      source: null,
    });
  }
  return items;
}

function normalizedOf(written: WrittenUri, problems: Problem[]): string | null {
  const { uri } = normalizeUri(written.text);
  if (uri !== null && SIP_URI.test(uri)) return uri;
  problems.push({
    path: written.path,
    message: 'is no SIP URI',
    remedy: 'a SIP URI such as sip:anna@example.com',
    value: shown(written.text),
    source: written.source,
  });
  return null;
}
