import { unreachable } from '../../lib/assert.ts';
import { needsEscape } from '../schema/json-string.ts';
import type { RecordSchema, Schema } from '../schema/schema.ts';

/**
 * How many bytes a value takes as "Avro-like JSON" (records §1), which is what the compiled serializers write. As Avro
 * binary it takes no more: there are no names, and no number, text or array is longer than its JSON.
 *
 * @param value must be what the schema says.
 * @param enough where counting may end: of what takes more than that it is only said that it does. So a text of
 *   megabytes is not looked at to find that it does not fit.
 */
export function jsonBytesOf(schema: Schema, value: unknown, enough = Infinity): number {
  switch (schema.kind) {
    case 'string':
      return textBytesOf(value as string, enough);
    case 'int':
      // Such as the slots of a calendar, of which there may be millions.
      return isDigit(value as number) ? 1 : String(value).length;
    case 'boolean':
    case 'long':
    case 'timestamp':
      return String(value).length;
    case 'nullable':
      return value === null ? 'null'.length : jsonBytesOf(schema.inner, value, enough);
    case 'array': {
      const items = value as readonly unknown[];
      let bytes = 2 + Math.max(0, items.length - 1);
      for (const item of items) {
        bytes += jsonBytesOf(schema.items, item, enough);
        if (bytes > enough) break;
      }
      return bytes;
    }
    case 'record': {
      const row = value as Readonly<Record<string, unknown>>;
      const { fields, frameBytes } = measuredFieldsOf(schema);
      let bytes = frameBytes;
      for (const { name, type } of fields) bytes += jsonBytesOf(type, row[name], enough);
      return bytes;
    }
    default:
      return unreachable(schema);
  }
}

interface MeasuredFields {
  readonly fields: readonly { readonly name: string; readonly type: Schema }[];
  /** Of all but the values: braces, names, colons and commas. */
  readonly frameBytes: number;
}

const known = new WeakMap<RecordSchema, MeasuredFields>();

/** Names are measured once and not for each of the items of a long list. */
function measuredFieldsOf(schema: RecordSchema): MeasuredFields {
  let measured = known.get(schema);
  if (measured === undefined) {
    const fields = Object.entries(schema.fields).map(([name, { type }]) => ({ name, type }));
    const frameBytes = fields.reduce((bytes, { name }) => bytes + textBytesOf(name, Infinity) + 2, 1);
    measured = { fields, frameBytes };
    known.set(schema, measured);
  }
  return measured;
}

/** Most texts: one character, one byte. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** The same for a text. */
function textBytesOf(text: string, enough: number): number {
  // No character takes less than a byte.
  if (text.length > enough) return text.length;
  if (PLAIN.test(text)) return text.length + QUOTES_BYTES;
  return needsEscape(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + QUOTES_BYTES;
}

/**
 * How many bytes the beginning of a text takes as JSON, without quotes: counted and not written.
 *
 * @param bytes of the text, in UTF-8.
 * @param end how many of them; a character must end there.
 */
export function utf8JsonBytesOf(bytes: Buffer, end: number): number {
  let sum = 0;
  for (let index = 0; index < end; index += 1) sum += JSON_BYTES[bytes[index] ?? 0] ?? 0;
  return sum;
}

const QUOTES_BYTES = 2;

/** What each byte of UTF-8 takes in JSON: most stay as they are. */
const JSON_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  return byte < 0x80 ? JSON.stringify(String.fromCharCode(byte)).length - QUOTES_BYTES : 1;
});

function isDigit(value: number): boolean {
  return value >= 0 && value < 10;
}
