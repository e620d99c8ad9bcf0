import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../lib/errors.ts';
import { shown } from './problem.ts';
import type { Problem } from './problem.ts';

/** What a watch file holds, or why that is not known. */
export type WatchText = { readonly text: string } | { readonly fault: string };

/** The watch files of a configuration, by their names. */
export type WatchTexts = ReadonlyMap<string, WatchText>;

/** A URI as somebody wrote it, and where. */
export interface WrittenUri {
  readonly text: string;
  /** Path of the setting. */
  readonly path: string;
  /** File and line; null if it stands in the configuration itself. */
  readonly source: string | null;
}

/** Far more than the longest list; a larger file is a mistake, and nothing to be read every half minute. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** Stands in a file that is to name nobody: an empty one is more often an accident than an order. */
const NOBODY = '!nobody';

/** Reads each file once. */
export async function readWatchTexts(files: Iterable<string>): Promise<WatchTexts> {
  const texts = new Map<string, WatchText>();
  for (const file of new Set(files)) texts.set(file, await readWatchText(file));
  return texts;
}

/** By its name each time, so that a file that was replaced (a link to another folder, say) is the new one. */
async function readWatchText(file: string): Promise<WatchText> {
  try {
    const { isFile, size } = await factsOf(file);
    if (!isFile) return { fault: 'it is no file' };
    if (size > FILE_BYTES_MAX) return { fault: `it has more than ${String(FILE_BYTES_MAX)} bytes` };
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

/** Asked before reading: opening a pipe would wait for whoever writes into it. */
async function factsOf(file: string): Promise<{ readonly isFile: boolean; readonly size: number }> {
  const facts = await stat(file);
  return { isFile: facts.isFile(), size: facts.size };
}

/**
 * The URIs of a watch file: one a line, without what follows a `#`.
 *
 * @param path of the setting that names the file.
 * @returns nothing and a problem if the file cannot be read, or names nobody without saying so.
 */
export function urisOfFile(
  file: string,
  content: WatchText,
  path: string,
): { readonly uris: readonly WrittenUri[]; readonly problems: readonly Problem[] } {
  if ('fault' in content) {
    const message = `names a file that cannot be read: ${content.fault}`;
    return { uris: [], problems: [problem({ path, message, remedy: 'the path of a readable file', value: file })] };
  }
  const lines = content.text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const written = lines
    .map((line, index) => ({
      text: line.replace(/#.*$/, '').trim(),
      path,
      source: `${file}, line ${String(index + 1)}`,
    }))
    .filter(({ text }) => text !== '');
  const nobody = written.find(({ text }) => text === NOBODY);
  if (nobody !== undefined && written.length > 1) {
    const message = `holds ${NOBODY} beside other lines`;
    const remedy = `either users, or the one line ${NOBODY}`;
    return { uris: [], problems: [{ ...problem({ path, message, remedy, value: file }), source: nobody.source }] };
  }
  if (written.length > 0) return { uris: nobody === undefined ? written : [], problems: [] };
  const message = 'names a file without any user';
  const remedy = `at least one SIP URI into it, or the line ${NOBODY} if nobody is to be watched any longer`;
  return { uris: [], problems: [problem({ path, message, remedy, value: file })] };
}

function problem(about: { readonly path: string; readonly message: string; readonly remedy: string; value: string }) {
  return { ...about, value: shown(about.value), source: null };
}
