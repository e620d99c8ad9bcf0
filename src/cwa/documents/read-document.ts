import type { XmlElement } from '../../lib/xml.ts';
import { decodeDocument } from './decode-document.ts';
import type { DecodingWarning } from './decode-document.ts';
import { DEFAULT_DOCUMENT_LIMITS } from './document-limits.ts';
import type { DocumentLimits } from './document-limits.ts';
import { DocumentRefusedError } from './document-refused-error.ts';
import type { RefusalReason } from './document-refused-error.ts';
import { TreeReader } from './tree-reader.ts';

/**
 * The gate: the only reader of server bytes. What passes is one namespace-well-formed XML 1.0 document without
 * DOCTYPE, inside the limits and with the expected root; everything else is refused as a whole (invariant I8).
 *
 * A tolerant reader would be the worse failure here: it turns a cut or mangled answer into a *shorter* answer, and
 * the next poll acknowledges what was never read. Why saxes and not fast-xml-parser: docs/adr/0001.
 */
export interface ReadOptions {
  /** Local names that the root may have; letter case is ignored if no name fits exactly. */
  readonly roots: readonly string[];
  readonly limits?: DocumentLimits;
  /** The charset parameter of the `Content-Type` header, or null. */
  readonly charset?: string | null;
}

export interface ReadDocument {
  readonly root: XmlElement;
  readonly warnings: readonly DecodingWarning[];
}

/** @throws {@link DocumentRefusedError} with reason, line and column. */
export function readDocument(bytes: Uint8Array, options: ReadOptions): ReadDocument {
  const limits = options.limits ?? DEFAULT_DOCUMENT_LIMITS;
  const { text, warnings } = decodeWithinLimits(bytes, limits, options.charset ?? null, false);
  const reader = new TreeReader(options.roots, limits);
  return { root: reader.read(text), warnings };
}

/**
 * Only the root element with its attributes, without children: for polls whose events are discarded. `bytes` may be
 * the beginning of a body. What follows the root's start tag is not looked at.
 *
 * @throws {@link DocumentRefusedError} if the body does not begin as an XML document with the expected root.
 */
export function readEnvelope(bytes: Uint8Array, options: ReadOptions): ReadDocument {
  const limits = options.limits ?? DEFAULT_DOCUMENT_LIMITS;
  const { text, warnings } = decodeWithinLimits(bytes, limits, options.charset ?? null, true);
  const reader = new TreeReader(options.roots, limits);
  return { root: { ...reader.readRoot(text), children: [] }, warnings };
}

function decodeWithinLimits(bytes: Uint8Array, limits: DocumentLimits, charset: string | null, isPrefix: boolean) {
  if (bytes.length > limits.bodyBytesMax) {
    throw refusal(
      'tooLarge',
      `the body is larger than ${String(limits.bodyBytesMax)} bytes (limits.bodyBytesMax)`,
      1,
      1,
    );
  }
  const document = decodeDocument(bytes, { charset, isPrefix });
  if (!/\S/.test(document.text)) throw refusal('empty', 'the body has no content', 1, 1);
  // An HTML page is told apart before parsing: as XML it would only be malformed, and the two call for different
  // actions. Whether it is well-formed by chance does not matter.
  if (/^\s*(<\?xml[^>]*>\s*)?(<!--[^>]*-->\s*)*<(!doctype\s+html|html)[\s>]/i.test(document.text.slice(0, 4096))) {
    throw refusal('html', 'the body is an HTML page', 1, 1);
  }
  // The decoder has taken the byte-order mark away, and the parser would take another one for one.
  if (document.text.startsWith('\uFEFF')) throw refusal('malformed', 'a second byte-order mark', 1, 1);
  return document;
}

function refusal(reason: RefusalReason, detail: string, line: number, column: number): DocumentRefusedError {
  return new DocumentRefusedError(reason, detail, { line, column });
}
