import type { OutgoingRecord } from '../../lib/outgoing-record.ts';
import type { Truncation } from '../topics/head.ts';
import { type DataRecord, TOPICS } from '../topics/topics.ts';
import type { Warning } from '../warnings.ts';
import type { Row } from './arrays.ts';
import { cutRecord } from './cut-record.ts';
import { type Part, spreadItems } from './spread-items.ts';

/**
 * Too large for one record (records §7): the arrays are spread over several, and texts are cut that no spreading can
 * make fit. Both follow the schema, so that every topic is split by the same rule, and a consumer joins the parts of
 * any topic by one rule without knowing its schema:
 *
 *     whole = part 0; for each further part: every array is appended to its like
 *
 *     part 0  note: "…"   categories: [state, note]
 *     part 1  note: "…"   categories: [services {services: [a, b]}]
 *     part 2  note: "…"   categories: [services {services: [c]}, device]      warnings: [continued-item]
 *
 * What is in no array stands in every part. An item that is too large for a part of its own goes on in the next one,
 * which says so by a warning: then the two pieces of the item are joined by the same rule.
 */
export interface SplitOptions {
  /** Most bytes of one record, as {@link OutgoingRecord.bytes} counts them. */
  readonly bytesMax: number;
  /** The whole record as it would be sent: its key and headers are as large as those of every part. */
  readonly whole: OutgoingRecord;
  /** `sequence` of part 0; the others follow without a hole. */
  readonly firstSequence: number;
  /** The `id` of a part. */
  readonly idOf: (part: number) => string;
}

/** Room for what a part adds to the head: its warnings and the widest numbers. */
const RESERVED_BYTES = 128;

/** With less room for items than this no record is made: it would hold next to nothing but its head. */
const ITEM_ROOM_BYTES_MIN = 1_024;

/** What says whose record it is, and of what: such a text is whole or the record is none. */
const KEPT: ReadonlySet<string> = new Set([
  'recordType',
  'id',
  'site',
  'accountId',
  'accountUri',
  'subjectUri',
  'channel',
  'origin',
]);

/**
 * Splits a record, which must be too large for one.
 *
 * Pure: the same record and limit give the same parts.
 *
 * @returns null if there is no room for anything beside the head.
 */
export function splitRecord(record: DataRecord, options: SplitOptions): readonly DataRecord[] | null {
  const { schema } = TOPICS[record.topic];
  const room = roomFor(options);
  if (room < 2 * ITEM_ROOM_BYTES_MIN) return null;
  const cut = cutRecord(schema, record.value, room, '', isKept);
  if (cut === null) return null;
  const row = { ...cut.row, truncated: truncatedOf(record, cut.cuts) };
  const parts = spreadItems(schema, row, room);
  return parts.map((part, index) => partRecord(record, part, index, parts.length, options));
}

/** What a part may take as JSON: all but key and headers. */
function roomFor({ bytesMax, whole }: SplitOptions): number {
  return bytesMax - (whole.bytes - (whole.value?.length ?? 0)) - RESERVED_BYTES;
}

function isKept(path: string): boolean {
  return KEPT.has(path) || path.startsWith('warnings[') || path.startsWith('truncated[');
}

/** A text that had been cut before is known by its first, whole size. */
function truncatedOf({ value }: DataRecord, cuts: readonly Truncation[]): readonly Truncation[] {
  const known = new Set(value.truncated.map(({ path }) => path));
  return [...value.truncated, ...cuts.filter(({ path }) => !known.has(path))];
}

const CONTINUED: readonly Warning[] = ['continued-item', 'continued-inner-item'];

function partRecord(
  record: DataRecord,
  { row, continued }: Part,
  part: number,
  parts: number,
  { firstSequence, idOf }: SplitOptions,
): DataRecord {
  const warnings = [...CONTINUED.slice(0, continued), ...(row.warnings as readonly string[])];
  const head = { id: idOf(part), sequence: firstSequence + part, part, parts, warnings };
  return withValue(record, { ...row, ...head });
}

/** The row has the shape of the record's own value: it was made from it by its schema. */
function withValue(record: DataRecord, row: Row): DataRecord {
  return { topic: record.topic, value: row } as unknown as DataRecord;
}
