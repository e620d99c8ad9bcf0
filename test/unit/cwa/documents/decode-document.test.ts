import { describe, expect, test } from 'vitest';

import { decodeDocument } from '../../../../src/cwa/documents/decode-document.ts';
import { refusalOf } from '../refusal.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16le = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Buffer => utf16le(text).swap16();

describe('decodeDocument', () => {
  test.each([
    ['UTF-8 without declaration', Buffer.from('<a>é😀</a>'), '<a>é😀</a>'],
    ['UTF-8 with byte-order mark', Buffer.from('\uFEFF<a>é</a>'), '<a>é</a>'],
    ['UTF-16 little-endian with byte-order mark', utf16le('\uFEFF<a>é😀</a>'), '<a>é😀</a>'],
    ['UTF-16 big-endian with byte-order mark', utf16be('\uFEFF<a>é😀</a>'), '<a>é😀</a>'],
    ['UTF-16 that shows itself by its zero bytes', utf16be('<a>é</a>'), '<a>é</a>'],
    [
      'what the declaration says',
      latin1('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'),
      '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>',
    ],
    [
      'UTF-16 that says so',
      utf16be('\uFEFF<?xml version="1.0" encoding="UTF-16"?><a>é</a>'),
      '<?xml version="1.0" encoding="UTF-16"?><a>é</a>',
    ],
    ['ASCII', latin1("<?xml version='1.0' encoding='US-ASCII'?><a/>"), "<?xml version='1.0' encoding='US-ASCII'?><a/>"],
  ])('decodes %s', (_what, bytes, text) => {
    expect(decodeDocument(bytes)).toEqual({ text, warnings: [] });
  });

  test('takes the charset parameter only without declaration', () => {
    expect(decodeDocument(latin1('<a>é</a>'), { charset: 'iso-8859-1' }).text).toBe('<a>é</a>');
    const declared = Buffer.from('<?xml version="1.0" encoding="utf-8"?><a>é</a>');
    expect(decodeDocument(declared, { charset: 'iso-8859-1' }).text).toContain('<a>é</a>');
  });

  test.each([
    ['UTF-8 that calls itself utf-16', Buffer.from('<?xml version="1.0" encoding="utf-16"?><a>é</a>'), null],
    [
      'UTF-8 with byte-order mark that calls itself latin',
      Buffer.from('\uFEFF<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'),
      null,
    ],
    ['UTF-8 that calls itself ASCII', Buffer.from('<?xml version="1.0" encoding="ascii"?><a>é</a>'), null],
    ['UTF-8 under an unknown name', Buffer.from('<?xml version="1.0" encoding="x-unknown"?><a>é</a>'), null],
    ['UTF-16 that calls itself utf-8', utf16le('\uFEFF<?xml version="1.0" encoding="utf-8"?><a>é</a>'), null],
    ['UTF-16 sent with charset utf-8', utf16be('<a>é</a>'), 'utf-8'],
    ['UTF-8 sent with charset utf-16', Buffer.from('<a>é</a>'), 'utf-16'],
  ])('trusts the bytes of %s, and warns', (_what, bytes, charset) => {
    const { text, warnings } = decodeDocument(bytes, { charset });
    expect(text).toContain('<a>é</a>');
    expect(warnings).toEqual(['encoding-mismatch']);
  });

  test('does not mistake a character that stands for trouble for an invalid byte', () => {
    expect(decodeDocument(Buffer.from('<a>\uFFFD</a>')).text).toBe('<a>\uFFFD</a>');
  });

  test.each([
    ['a latin byte in UTF-8', latin1('<a>\n<b>xé</b>'), 2, 5],
    ['a sequence that is too long', Buffer.from([0x3c, 0x61, 0x3e, 0xc0, 0xaf]), 1, 4],
    ['half a surrogate pair in UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0xbd]), 1, 4],
    ['a character cut at the end', Buffer.from('<a>é').subarray(0, 4), 1, 4],
    ['half a surrogate pair in UTF-16', utf16le('\uFEFF<a>\uD83D</a>'), null, null],
    ['an odd number of bytes in UTF-16', utf16le('\uFEFF<a/>').subarray(0, 9), null, null],
    [
      'a byte that Shift_JIS does not have',
      Buffer.from([...Buffer.from('<?xml version="1.0" encoding="Shift_JIS"?><a>'), 0x81, 0x00]),
      null,
      null,
    ],
  ])('refuses %s', (_what, bytes, line, column) => {
    const refused = refusalOf(() => decodeDocument(bytes));
    expect(refused.reason).toBe('encoding');
    expect({ line: refused.line, column: refused.column }).toEqual({ line, column });
  });
});
