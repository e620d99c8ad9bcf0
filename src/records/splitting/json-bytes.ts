import { unreachable } from '../../lib/assert.ts';
import type { Schema } from '../schema/schema.ts';

/**
 * How many bytes a value takes as "Avro-like JSON" (records §1), which is what the compiled serializers write. As Avro
 * binary it takes no more: there are no names, and no number, text or array is longer than its JSON.
 *
 * @param value must be what the schema says.
 */
export function jsonBytesOf(schema: Schema, value: unknown): number {
  switch (schema.kind) {
    case 'string':
      return textBytesOf(value as string);
    case 'int':
      // Such as the slots of a calendar, of which there may be millions.
      return isDigit(value as number) ? 1 : String(value).length;
    case 'boolean':
    case 'long':
    case 'timestamp':
      return String(value).length;
    case 'nullable':
      return value === null ? 'null'.length : jsonBytesOf(schema.inner, value);
    case 'array': {
      const items = value as readonly unknown[];
      let bytes = 2 + Math.max(0, items.length - 1);
      for (const item of items) bytes += jsonBytesOf(schema.items, item);
      return bytes;
    }
    case 'record': {
      const row = value as Readonly<Record<string, unknown>>;
      let bytes = 1;
      for (const name in schema.fields) {
        const { type } = schema.fields[name] ?? {};
        if (type !== undefined) bytes += textBytesOf(name) + 2 + jsonBytesOf(type, row[name]);
      }
      return bytes;
    }
    default:
      return unreachable(schema);
  }
}

/** The same for a text. */
export function textBytesOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

function isDigit(value: number): boolean {
  return value >= 0 && value < 10;
}
