import { readFile } from 'node:fs/promises';
import { messageOf } from '../lib/errors.ts';
import { normalizeUri } from '../records/uri.ts';
import { shown } from './problem.ts';
import type { Problem } from './problem.ts';
import type { DraftSettings } from './schema.ts';

/** Whom each account watches, in the order of `accounts[]`. */
export type WatchLists = readonly {
  /** Normalised; null if it is missing or no SIP URI. */
  readonly accountUri: string | null;
  /** Normalised, each once. */
  readonly users: readonly string[];
}[];

/** A URI as somebody wrote it, and where. */
interface WrittenUri {
  readonly text: string;
  readonly path: string;
  readonly source: string | null;
}

const SIP_URI = /^sips?:[^\s@]+@[^\s@]+$/;

/** Reads the watch files, normalises every URI and finds users that two accounts watch. */
export async function readWatchLists(
  settings: DraftSettings,
): Promise<{ lists: WatchLists; problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  const lists = [];
  for (const [index, account] of settings.accounts.entries()) {
    const path = `accounts[${index}]`;
    const written: WrittenUri[] = account.watch.users.map((text, position) => ({
      text,
      path: `${path}.watch.users[${position}]`,
      source: null,
    }));
    if (account.watch.file !== null) written.push(...(await readWatchFile(account.watch.file, path, problems)));
    const users = usersOf(written, problems);
    if (settings.watch.overlap === 'refuse') refuseOverlap(users, path, owners, problems);
    const own = account.uri === null ? null : { text: account.uri, path: `${path}.uri`, source: null };
    lists.push({ accountUri: own === null ? null : normalizedOf(own, problems), users: [...users.keys()] });
  }
  return { lists, problems };
}

async function readWatchFile(file: string, path: string, problems: Problem[]): Promise<readonly WrittenUri[]> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const message = `names a file that cannot be read: ${messageOf(error)}`;
    problems.push({
      path: `${path}.watch.file`,
      message,
      remedy: 'the path of a readable file',
      value: shown(file),
      source: null,
    });
    return [];
  }
  return text
    .split(/\r?\n/)
    .map((line, index) => ({
      text: line.replace(/#.*$/, '').trim(),
      path: `${path}.watch.file`,
      source: `${file}, line ${index + 1}`,
    }))
    .filter((uri) => uri.text !== '');
}

/** Normalised URI → where it was written first. One that stands twice in the list of one account is one user. */
function usersOf(written: readonly WrittenUri[], problems: Problem[]): ReadonlyMap<string, WrittenUri> {
  const users = new Map<string, WrittenUri>();
  for (const item of written) {
    const uri = normalizedOf(item, problems);
    if (uri !== null && !users.has(uri)) users.set(uri, item);
  }
  return users;
}

function refuseOverlap(
  users: ReadonlyMap<string, WrittenUri>,
  path: string,
  owners: Map<string, string>,
  problems: Problem[],
): void {
  for (const [uri, written] of users) {
    const owner = owners.get(uri);
    if (owner === undefined) owners.set(uri, path);
    else {
      const message = `names a user whom ${owner} watches too`;
      const remedy = 'each user under one account, or "watch: {overlap: allow}" to publish both views';
      problems.push({ path: written.path, message, remedy, value: shown(uri), source: written.source });
    }
  }
}

function normalizedOf(written: WrittenUri, problems: Problem[]): string | null {
  const { uri } = normalizeUri(written.text);
  if (uri !== null && SIP_URI.test(uri)) return uri;
  const remedy = 'a SIP URI such as sip:anna@example.com';
  problems.push({
    path: written.path,
    message: 'is no SIP URI',
    remedy,
    value: shown(written.text),
    source: written.source,
  });
  return null;
}
