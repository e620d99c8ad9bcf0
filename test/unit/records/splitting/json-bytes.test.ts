import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { array, field, optional, record, text } from '../../../../src/records/schema/schema.ts';
import { jsonBytesOf, utf8JsonBytesOf } from '../../../../src/records/splitting/json-bytes.ts';

const schema = record('Row', 'A row.', {
  name: field(text, 'A name.'),
  note: optional(text, 'A note.'),
  items: field(array(text), 'Items.'),
});

/** All kinds of characters: plain, escaped, of two to four bytes, and half of a pair. */
const anyText = fc.string({
  unit: fc.constantFrom('a', '~', '"', '\\', '\n', '\u0001', '\u007f', 'ü', '語', '😀', '\ud800'),
});
const anyRow = fc.record({ name: anyText, note: fc.option(anyText), items: fc.array(anyText) });

describe('how many bytes a value takes as JSON', () => {
  test('is what JSON.stringify needs for it', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        expect(jsonBytesOf(schema, row)).toBe(Buffer.byteLength(JSON.stringify(row)));
      }),
    );
  });

  test('is exact up to what is enough, and beyond it is more than enough', () => {
    fc.assert(
      fc.property(anyRow, fc.nat(200), (row, enough) => {
        const bytes = jsonBytesOf(schema, row);
        const counted = jsonBytesOf(schema, row, enough);
        if (bytes <= enough) expect(counted).toBe(bytes);
        else expect(counted).toBeGreaterThan(enough);
      }),
    );
  });

  test('is the same for the bytes of a text, without the quotes', () => {
    fc.assert(
      fc.property(anyText, (written) => {
        const bytes = Buffer.from(written);
        expect(utf8JsonBytesOf(bytes, bytes.length) + 2).toBe(Buffer.byteLength(JSON.stringify(bytes.toString())));
      }),
    );
  });
});
