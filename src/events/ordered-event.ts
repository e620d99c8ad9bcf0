import type { XmlElement } from '../lib/xml.ts';

/** One event of an answer at its place in the order of publication. */
export interface OrderedEvent {
  readonly element: XmlElement;
  /** Element name, verbatim. */
  readonly name: string;
  /** Null if absent, not a number, negative, or above 2^63−1; `eidRaw` keeps the text. */
  readonly eid: bigint | null;
  readonly eidRaw: string | null;
  /** Position in the answer after sorting, from 0. */
  readonly index: number;
  /** 64-bit digest of the canonical event, 16 hexadecimal digits (records §6). */
  readonly digest: string;
  /** Codes from `records/warnings.ts`. */
  readonly warnings: readonly string[];
}

/** An event that is to be published: its identity is decided (records §6). */
export interface AdmittedEvent extends OrderedEvent {
  /** What makes it the same event when it comes again; part of the record `id`. */
  readonly identity: string;
  /** True if it cannot be told from a repeat: published with origin `replay`. */
  readonly isReplay: boolean;
}
