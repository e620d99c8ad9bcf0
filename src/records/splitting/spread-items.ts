import { assert } from '../../lib/assert.ts';
import type { RecordSchema, Schema } from '../schema/schema.ts';
import { arraysOf, frameOf, hasItems, itemsAt, recordIn, type Row } from './arrays.ts';
import { COMMA_BYTES, OPENED_LEVELS_MAX } from './cut-record.ts';
import { jsonBytesOf } from './json-bytes.ts';

/** One part of a record: its frame with a share of the items. */
export interface Part {
  readonly row: Row;
  /**
   * How many levels of items began in the part before: 0, or 1 if the first item of the first array that is not empty
   * goes on here, or 2 if the first item in that one does so too.
   */
  readonly continued: number;
}

/**
 * Spreads the items of a record over as many parts as they need, in the schema's order: a part is filled until the
 * next item does not fit any more. An item too large for a part of its own is spread itself: its frame is repeated.
 *
 * @param room bytes of JSON for frame and items of a part.
 * @param row must have been made to fit by {@link cutRecord} with the same room.
 */
export function spreadItems(schema: RecordSchema, row: Row, room: number): readonly Part[] {
  const filler = new Filler();
  filler.record(schema, row, room, []);
  return filler.parts;
}

/** A record or an item that is spread, on the way from the root to where the filler stands. */
interface OpenFrame {
  readonly schema: RecordSchema;
  readonly row: Row;
  readonly bytes: number;
  /** Where its copies go in the frame around it; unused for the root. */
  readonly at: readonly string[];
  /** Its copy in the part that is being filled; null if there is none yet. */
  copy: Row | null;
  /** Whether an earlier part has a copy. */
  wasBegun: boolean;
}

class Filler {
  readonly parts: Part[] = [];
  readonly #frames: OpenFrame[] = [];
  #bytesLeft = 0;
  #room = 0;

  /** Spreads a record whose copies go to `at` in the frame around it. */
  record(schema: RecordSchema, row: Row, room: number, at: readonly string[]): void {
    const isRoot = this.#frames.length === 0;
    const bytes = jsonBytesOf(schema, frameOf(schema, row)) + (isRoot ? 0 : COMMA_BYTES);
    this.#frames.push({ schema, row, bytes, at, copy: null, wasBegun: false });
    if (isRoot) {
      this.#room = room;
      this.#beginPart();
    }
    for (const array of arraysOf(schema)) {
      for (const item of itemsAt(row, array.at)) this.#item(array.items, item, room - bytes, array.at);
    }
    this.#frames.pop();
  }

  #item(schema: Schema, item: unknown, room: number, at: readonly string[]): void {
    const bytes = jsonBytesOf(schema, item, room) + COMMA_BYTES;
    const record = recordIn(schema);
    const canOpen = record !== null && this.#frames.length <= OPENED_LEVELS_MAX && hasItems(record, item as Row);
    if (bytes > room && canOpen) this.record(record, item as Row, room, at);
    else this.#place(item, bytes, at);
  }

  #place(item: unknown, bytes: number, at: readonly string[]): void {
    if (bytes + this.#missingFrameBytes() > this.#bytesLeft) this.#beginPart();
    this.#bytesLeft -= bytes + this.#missingFrameBytes();
    assert(this.#bytesLeft >= 0, 'an item does not fit into a part of its own');
    pushTo(this.#copyOfInnermost(), at, item);
  }

  /** What the frames take that have no copy in this part yet. */
  #missingFrameBytes(): number {
    let bytes = 0;
    for (const frame of this.#frames) if (frame.copy === null) bytes += frame.bytes;
    return bytes;
  }

  #beginPart(): void {
    let continued = 0;
    for (const frame of this.#frames) {
      if (frame.copy !== null) frame.wasBegun = true;
      frame.copy = null;
      if (frame.wasBegun) continued += 1;
    }
    this.#bytesLeft = this.#room;
    const [root, ...inner] = this.#frames;
    assert(root !== undefined && inner.length <= OPENED_LEVELS_MAX, 'frames are open to a known depth');
    root.copy = frameOf(root.schema, root.row);
    this.#bytesLeft -= root.bytes;
    this.parts.push({ row: root.copy, continued: Math.max(0, continued - 1) });
  }

  #copyOfInnermost(): Row {
    let outer: Row | null = null;
    for (const frame of this.#frames) {
      if (frame.copy === null) {
        frame.copy = frameOf(frame.schema, frame.row);
        if (outer !== null) pushTo(outer, frame.at, frame.copy);
      }
      outer = frame.copy;
    }
    assert(outer !== null, 'the root is open');
    return outer;
  }
}

/** Frames are copies of our own, so their arrays may grow. */
function pushTo(row: Row, at: readonly string[], item: unknown): void {
  (itemsAt(row, at) as unknown[]).push(item);
}
