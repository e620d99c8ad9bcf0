import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import json5 from 'json5';
import { parseDocument } from 'yaml';
import { messageOf } from '../lib/errors.ts';
import type { Problem } from './problem.ts';

/** The text of a file is not what its name says. The message quotes nothing of it. */
class FileSyntaxError extends Error {
  override readonly name = 'FileSyntaxError';
}

/** A mapping as parsers give it. */
export type Mapping = Readonly<Record<string, unknown>>;

/** What the files say together. */
export interface FileContents {
  readonly values: Mapping;
  /** Path of each value → the file that it came from. */
  readonly sources: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Reads the files in order and merges them: mappings key by key, everything else replaced by the later file. */
export async function readFiles(files: readonly string[]): Promise<FileContents> {
  let values: Mapping = {};
  const sources = new Map<string, string>();
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      const parsed = parse(await readFile(file, 'utf8'), extname(file));
      if (parsed === null || parsed === undefined) continue;
      if (isMapping(parsed)) values = merge(values, parsed, file, sources);
      else problems.push(fileProblem(file, 'holds no mapping', 'keys and values, such as "installation: cwa-bridge"'));
    } catch (error) {
      problems.push(fileProblem(file, `cannot be read: ${messageOf(error)}`, 'a readable YAML, JSON or JSON5 file'));
    }
  }
  return { values, sources, problems };
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What people do most, in words; of the others the parser's code has to do. */
const YAML_FAULTS: ReadonlyMap<string, string> = new Map([
  ['TAB_AS_INDENT', 'a tab before a key: write blanks'],
  ['BAD_DQ_ESCAPE', 'a backslash in double quotes: write DOMAIN\\user in single quotes, or without'],
  ['DUPLICATE_KEY', 'a key that stands there already'],
]);

/**
 * YAML 1.2 unless the name says JSON: then JSON5, of which JSON is a part. What parsers say about a fault may quote the
 * line, and a password with it: only its kind and place are passed on.
 *
 * @throws {@link FileSyntaxError}
 */
function parse(text: string, extension: string): unknown {
  return extension === '.json' || extension === '.json5' ? parseJson(text) : parseYaml(text);
}

function parseJson(text: string): unknown {
  try {
    return json5.parse<unknown>(text);
  } catch (error) {
    const { lineNumber, columnNumber } = error as { readonly lineNumber?: number; readonly columnNumber?: number };
    throw new FileSyntaxError(`it is no JSON5 at line ${lineNumber ?? 1}, column ${columnNumber ?? 1}`);
  }
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text, { strict: true, uniqueKeys: true, logLevel: 'error' });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const { line, col } = fault.linePos?.[0] ?? { line: 1, col: 1 };
    const what = YAML_FAULTS.get(fault.code) ?? fault.code;
    throw new FileSyntaxError(`it is no YAML at line ${line}, column ${col} (${what})`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch {
    throw new FileSyntaxError(
      'it has an alias (*name) without its anchor, or too many; text with a * first needs quotes',
    );
  }
}

function merge(base: Mapping, over: Mapping, file: string, sources: Map<string, string>, prefix = ''): Mapping {
  // Without a prototype: a key such as __proto__ is then a key like any other, and unknown.
  const merged: Record<string, unknown> = Object.assign(Object.create(null) as object, base);
  for (const [key, value] of Object.entries(over)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const before = merged[key];
    if (isMapping(value)) merged[key] = merge(isMapping(before) ? before : {}, value, file, sources, path);
    else merged[key] = value;
    sources.set(path, file);
  }
  return merged;
}

function fileProblem(file: string, message: string, remedy: string): Problem {
  return { path: file, message, remedy, value: null, source: null };
}
