import { isAscii, isUtf8 } from 'node:buffer';

import { DocumentRefusedError } from './document-refused-error.ts';

/**
 * Bytes of an answer → text, strictly: an invalid byte refuses the document and never becomes U+FFFD.
 *
 * The encoding is looked for in this order (protocol notes, transport §14 row 20): byte-order mark, XML declaration,
 * charset parameter of `Content-Type`, UTF-8. A declaration that the bytes themselves contradict loses, with a
 * warning: one vendor sends UTF-8 that calls itself `utf-16` (events §3.4).
 */
export interface DecodedDocument {
  /** Without byte-order mark. */
  readonly text: string;
  /** `encoding-mismatch` if the declaration or the charset parameter contradicts the bytes. */
  readonly warnings: readonly DecodingWarning[];
}

export type DecodingWarning = 'encoding-mismatch';

export interface DecodeOptions {
  /** The charset parameter of the `Content-Type` header, or null. */
  readonly charset?: string | null;
  /** True if the bytes may be the beginning of a longer document: a character cut at the end is left out. */
  readonly isPrefix?: boolean;
}

interface SeenEncoding {
  readonly label: string;
  readonly bomBytes: number;
}

interface Encoding extends SeenEncoding {
  readonly isMismatch: boolean;
}

/**
 * @throws {@link DocumentRefusedError} with reason `encoding` if the bytes are not valid in their encoding, or if
 * the declared encoding is unknown and the bytes are not UTF-8.
 */
export function decodeDocument(bytes: Uint8Array, options: DecodeOptions = {}): DecodedDocument {
  const { label, bomBytes, isMismatch } = encodingOf(bytes, options.charset ?? null);
  const content = bomBytes === 0 ? bytes : bytes.subarray(bomBytes);
  const warnings: readonly DecodingWarning[] = isMismatch ? ['encoding-mismatch'] : [];
  return { text: decode(content, label, options.isPrefix ?? false), warnings };
}

function encodingOf(bytes: Uint8Array, charset: string | null): Encoding {
  const seen = encodingSeenInBytes(bytes);
  const declared = declaredEncoding(bytes, seen) ?? charset;
  if (seen !== null) {
    const isSeen = seen.label === 'utf-8' ? isUtf8Label : isUtf16Label;
    return { ...seen, isMismatch: declared !== null && !isSeen(declared) };
  }
  if (declared === null || isUtf8Label(declared)) return { label: 'utf-8', bomBytes: 0, isMismatch: false };
  // Declarations are read as single bytes, so one that names a wider encoding has just refuted itself. ASCII is
  // part of UTF-8 and needs no table of its own; the encoding standard would silently read it as windows-1252.
  if (/^(utf-?(7|16|32)|ucs-?[24]|iso-10646-ucs)/i.test(declared)) {
    return { label: 'utf-8', bomBytes: 0, isMismatch: true };
  }
  if (/^(us-)?ascii$/i.test(declared)) return { label: 'utf-8', bomBytes: 0, isMismatch: !isAscii(bytes) };
  if (isKnownLabel(declared)) return { label: declared, bomBytes: 0, isMismatch: false };
  return { label: 'utf-8', bomBytes: 0, isMismatch: true };
}

/** Byte-order mark, or the zero bytes of UTF-16 that came without one (XML 1.0, appendix F). */
export function encodingSeenInBytes(bytes: Uint8Array): SeenEncoding | null {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { label: 'utf-8', bomBytes: 3 };
  if (a === 0xff && b === 0xfe) return { label: 'utf-16le', bomBytes: 2 };
  if (a === 0xfe && b === 0xff) return { label: 'utf-16be', bomBytes: 2 };
  if (a === 0x3c && b === 0x00) return { label: 'utf-16le', bomBytes: 0 };
  if (a === 0x00 && b === 0x3c) return { label: 'utf-16be', bomBytes: 0 };
  return null;
}

const DECLARATION_BYTES_MAX = 256;

/** The encoding that the XML declaration names, or null. The declaration is ASCII, in UTF-16 with a zero byte each. */
function declaredEncoding(bytes: Uint8Array, seen: SeenEncoding | null): string | null {
  const head = bytes.subarray(seen?.bomBytes ?? 0, DECLARATION_BYTES_MAX);
  const ascii = seen?.label.startsWith('utf-16') === true ? head.filter((byte) => byte !== 0) : head;
  const match = /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/.exec(
    asBuffer(ascii).toString('latin1'),
  );
  return match?.[1] ?? null;
}

function isUtf8Label(label: string): boolean {
  return /^utf-?8$/i.test(label);
}

function isUtf16Label(label: string): boolean {
  return /^(utf-?16|ucs-?2|iso-10646-ucs-2)/i.test(label);
}

function isKnownLabel(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

function decode(bytes: Uint8Array, label: string, isPrefix: boolean): string {
  const buffer = asBuffer(bytes);
  if (label === 'utf-8') {
    // Most answers are ASCII, and a string of single bytes is the fastest thing the parser can be given.
    if (isAscii(buffer)) return buffer.toString('latin1');
    if (isUtf8(buffer)) return buffer.toString('utf8');
  }
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isPrefix });
  } catch {
    const position = label === 'utf-8' ? firstInvalidUtf8(buffer) : { line: null, column: null };
    throw new DocumentRefusedError('encoding', `the bytes are not valid ${label}`, position);
  }
}

/** Where the first invalid byte stands: line by line, then byte by byte. Only on the way to a refusal. */
function firstInvalidUtf8(buffer: Buffer): { line: number; column: number } {
  let line = 1;
  let start = 0;
  let end = buffer.indexOf(0x0a);
  while (end !== -1 && isUtf8(buffer.subarray(start, end))) {
    line += 1;
    start = end + 1;
    end = buffer.indexOf(0x0a, start);
  }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let column = 1;
  try {
    for (let at = start; at < buffer.length; at++) {
      if (decoder.decode(buffer.subarray(at, at + 1), { stream: true }) !== '') column += 1;
    }
  } catch {
    return { line, column };
  }
  return { line, column };
}

/** The same bytes, not a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
