import { asBuffer, encodingSeenInBytes } from './decode-document.ts';

/**
 * A document with asterisks in place of some texts, byte for byte, before it is decoded.
 *
 * @param texts of ASCII characters; none of them empty.
 * @returns the document itself if it holds none of them.
 */
export function maskTexts(document: Uint8Array, texts: readonly string[]): Uint8Array {
  const bytes = asBuffer(document);
  const label = encodingSeenInBytes(bytes)?.label ?? 'utf-8';
  const found = texts.filter((text) => bytes.includes(encoded(text, label)));
  if (found.length === 0) return document;
  const copy = Buffer.from(bytes);
  for (const text of found) {
    const [needle, mask] = [encoded(text, label), encoded('*'.repeat(text.length), label)];
    for (let at = copy.indexOf(needle); at >= 0; at = copy.indexOf(needle, at + needle.length)) mask.copy(copy, at);
  }
  return copy;
}

function encoded(text: string, label: string): Buffer {
  if (!label.startsWith('utf-16')) return Buffer.from(text, 'latin1');
  const littleEndian = Buffer.from(text, 'utf16le');
  return label === 'utf-16be' ? littleEndian.swap16() : littleEndian;
}
