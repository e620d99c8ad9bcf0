import { hash } from 'node:crypto';

import { beginningOf, characterEnd } from '../../lib/utf8.ts';
import type { Schema } from '../schema/schema.ts';
import type { Truncation } from '../topics/head.ts';
import { jsonBytesOf, utf8JsonBytesOf } from './json-bytes.ts';
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
  if (jsonBytesOf(schema, value, bytesMax) <= bytesMax) return { value, cuts: [] };
  const texts: LongText[] = [];
  const frame = mapTexts(schema, value, path, (text, at) => {
    if (text === '' || isKept(at)) return text;
    texts.push(longText(text, at, bytesMax));
    return '';
  });
  const keep = bytesToKeep(texts, bytesMax - jsonBytesOf(schema, frame, bytesMax));
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
  /** Of the whole text, without its quotes. One that is longer than the room is never whole, and not counted. */
  readonly jsonBytes: number;
}

function longText(text: string, path: string, room: number): LongText {
  const bytes = Buffer.from(text);
  return { path, bytes, jsonBytes: bytes.length > room ? Infinity : utf8JsonBytesOf(bytes, bytes.length) };
}

/** The most bytes to which all texts can be cut so that they fit into the room; null if there is no such number. */
function bytesToKeep(texts: readonly LongText[], room: number): number | null {
  if (room < 0) return null;
  // Bisection: `few` fit, `many` do not, or are not worth trying: JSON is never shorter than its text.
  let few = 0;
  let many = room + 1;
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2);
    if (bytesOfBeginnings(texts, middle) <= room) few = middle;
    else many = middle;
  }
  return few;
}

function bytesOfBeginnings(texts: readonly LongText[], keep: number): number {
  let sum = 0;
  for (const { bytes, jsonBytes } of texts) {
    sum += bytes.length <= keep ? jsonBytes : utf8JsonBytesOf(bytes, characterEnd(bytes, keep));
  }
  return sum;
}
