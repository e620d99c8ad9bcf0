import type { RecordSchema, Schema } from '../schema/schema.ts';
import type { Truncation } from '../topics/head.ts';
import { arraysOf, frameOf, hasItems, itemsAt, recordIn, type Row, withArrays } from './arrays.ts';
import { cutTexts } from './cut-texts.ts';
import { jsonBytesOf } from './json-bytes.ts';

/** So many levels of items are spread over parts; there are warnings for no more (`spread.ts`). */
export const OPENED_LEVELS_MAX = 2;

/** What an item takes beside its JSON: a comma. */
export const COMMA_BYTES = 1;

export interface CutRecord {
  readonly row: Row;
  readonly cuts: readonly Truncation[];
}

/**
 * Shortens what no splitting can make fit, and nothing else. Of a record:
 *
 * - the frame (all that is in no array, which every part repeats) must leave half of the room to the items;
 * - each item must fit beside the frame. If it does not, but holds arrays itself, it is a frame for their items by the
 *   same rule; if it holds none, its longest texts are cut until it takes half of the room, so that others fit beside.
 *
 * @param room bytes of JSON for frame and items.
 * @param path of the record, for `truncated`.
 * @returns null if it cannot be made to fit.
 */
export function cutRecord(
  schema: RecordSchema,
  row: Row,
  room: number,
  path: string,
  isKept: (path: string) => boolean = () => false,
): CutRecord | null {
  const cutter = new Cutter(isKept);
  const cut = cutter.record(schema, row, room, path, 0);
  return cutter.fits ? { row: cut, cuts: cutter.cuts } : null;
}

class Cutter {
  readonly cuts: Truncation[] = [];
  readonly #isKept: (path: string) => boolean;
  fits = true;

  constructor(isKept: (path: string) => boolean) {
    this.#isKept = isKept;
  }

  record(schema: RecordSchema, row: Row, room: number, path: string, level: number): Row {
    const frame = this.#texts(schema, frameOf(schema, row), room / 2, path) as Row;
    const itemRoom = room - jsonBytesOf(schema, frame);
    const cut = new Map<string, readonly unknown[]>();
    for (const { at, items } of arraysOf(schema)) {
      const field = at.join('.');
      const arrayPath = path === '' ? field : `${path}.${field}`;
      const cutItem = (item: unknown, index: number): unknown => {
        // Nearly all: there may be millions, so nothing else is done with them.
        if (jsonBytesOf(items, item, itemRoom) + COMMA_BYTES <= itemRoom) return item;
        return this.#item(items, item, itemRoom, `${arrayPath}[${String(index)}]`, level);
      };
      cut.set(field, itemsAt(row, at).map(cutItem));
    }
    return withArrays(schema, frame, (none, at) => cut.get(at.join('.')) ?? none);
  }

  /** Of an item that does not fit. */
  #item(schema: Schema, value: unknown, room: number, path: string, level: number): unknown {
    const record = recordIn(schema);
    if (record !== null && level < OPENED_LEVELS_MAX && hasItems(record, value as Row)) {
      return this.record(record, value as Row, room - COMMA_BYTES, path, level + 1);
    }
    return this.#texts(schema, value, room / 2, path);
  }

  #texts(schema: Schema, value: unknown, bytesMax: number, path: string): unknown {
    const cut = cutTexts(schema, value, Math.floor(bytesMax), path, this.#isKept);
    if (cut === null) {
      this.fits = false;
      return value;
    }
    this.cuts.push(...cut.cuts);
    return cut.value;
  }
}
