/**
 * What one answer may weigh. A legitimate answer stays far below every line of it; an answer above one is refused
 * as a whole, so that no server and no attacker decides how much memory a session takes.
 *
 * The nodes are what bounds memory: 32 MiB of `<a/>` would be eight million objects.
 */
export interface DocumentLimits {
  /** Bytes of the HTTP body. */
  readonly bodyBytesMax: number;
  /** Open elements at one time, the root included. Legitimate answers stay under 15 (protocol notes §3.4). */
  readonly depthMax: number;
  /** Attributes of one element, namespace declarations included. */
  readonly attributesMax: number;
  /** Children of the root: events of an answer, or answers to requests. */
  readonly eventsMax: number;
  /** UTF-16 code units of one text or one attribute value. */
  readonly textLengthMax: number;
  /** Elements, attributes and texts of the whole document. */
  readonly nodesMax: number;
}

export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = {
  bodyBytesMax: 32 * 1024 * 1024,
  depthMax: 64,
  attributesMax: 256,
  eventsMax: 50_000,
  textLengthMax: 8 * 1024 * 1024,
  nodesMax: 2_000_000,
};
