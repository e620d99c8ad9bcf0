import { hash } from 'node:crypto';

import { beginningOf } from '../../lib/utf8.ts';
import type { Schema } from '../schema/schema.ts';
import type { Truncation } from '../topics/head.ts';
import { jsonBytesOf, textBytesOf } from './json-bytes.ts';
import { mapTexts } from './map-texts.ts';

/** A value whose texts were cut, and which of them. */
export interface CutValue {
  readonly value: unknown;
  readonly cuts: readonly Truncation[];
}

/**
 * Cuts the longest texts of a value, all to the same number of bytes of UTF-8, so that its JSON takes no more than
 * `bytesMax`: as many bytes as fit, each text cut where a code point begins. Shorter texts stay as they are.
 *
 * @param path of the value in its record, for `truncated`: `''`, or `categories[3]`.
 * @param isKept names the paths at which a text must not be cut.
 * @returns null if the value is too large even without its texts.
 */
export function cutTexts(
  schema: Schema,
  value: unknown,
  bytesMax: number,
  path: string,
  isKept: (path: string) => boolean = () => false,
): CutValue | null {
  const excess = jsonBytesOf(schema, value) - bytesMax;
  if (excess <= 0) return { value, cuts: [] };
  const texts: LongText[] = [];
  mapTexts(schema, value, path, (text, at) => {
    if (text !== '' && !isKept(at)) texts.push({ path: at, jsonBytes: textBytesOf(text), bytes: Buffer.from(text) });
    return text;
  });
  const keep = bytesToKeep(texts, excess, bytesMax);
  if (keep === null) return null;
  const long = new Map(texts.filter(({ bytes }) => bytes.length > keep).map((text) => [text.path, text.bytes]));
  const cut = mapTexts(schema, value, path, (text, at) => {
    const bytes = long.get(at);
    return bytes === undefined ? text : beginningOf(bytes, keep);
  });
  const cuts = [...long].map(([at, bytes]) => ({
    path: at,
    bytes: bytes.length,
    sha256: hash('sha256', bytes, 'hex'),
  }));
  return { value: cut, cuts };
}

interface LongText {
  readonly path: string;
  readonly bytes: Buffer;
  readonly jsonBytes: number;
}

/** The most bytes to which all texts can be cut so that `excess` is saved; null if there is no such number. */
function bytesToKeep(texts: readonly LongText[], excess: number, bytesMax: number): number | null {
  if (savedBytes(texts, 0) < excess) return null;
  // Bisection: `enough` saves enough, `tooMany` does not, or is not worth trying: JSON is never shorter than its text.
  let enough = 0;
  let tooMany = Math.max(1, bytesMax);
  while (tooMany - enough > 1) {
    const middle = Math.floor((enough + tooMany) / 2);
    if (savedBytes(texts, middle) >= excess) enough = middle;
    else tooMany = middle;
  }
  return enough;
}

function savedBytes(texts: readonly LongText[], keep: number): number {
  let saved = 0;
  for (const { bytes, jsonBytes } of texts) {
    if (bytes.length > keep) saved += jsonBytes - textBytesOf(beginningOf(bytes, keep));
  }
  return saved;
}
