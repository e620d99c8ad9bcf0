import { hash } from 'node:crypto';

import { canonicalXml, type XmlElement } from '../lib/xml.ts';
import type { OrderedEvent } from './ordered-event.ts';

/** Largest eid that fits Avro's long. A larger one sorts by its true value but is published as raw text only. */
const EID_MAX = 2n ** 63n - 1n;

interface ReadEid {
  /** For sorting; null for an event that has no place among the numbered ones. */
  readonly rank: bigint | null;
  readonly eid: bigint | null;
  readonly eidRaw: string | null;
  readonly warnings: readonly string[];
}

/**
 * Puts the events of one answer in the order in which they are published: ascending numeric eid, ties in document
 * order, events without a usable eid last in document order (events-and-categories §3.3 items 2, 7, 8, 9).
 *
 * @param events the children of `cwaEvents`, in document order.
 * @param envelopeEid the `eid` of `cwaEvents` itself, seen on voice samples: it belongs to the event if exactly one
 *   event of the answer has none.
 */
export function orderEvents(events: readonly XmlElement[], envelopeEid: string | null): readonly OrderedEvent[] {
  const read = events.map((element) => ({ element, ...readEid(eidAttribute(element)) }));
  const unnumbered = read.filter((event) => event.eidRaw === null);
  const [lone] = unnumbered;
  if (lone !== undefined && unnumbered.length === 1 && envelopeEid !== null) {
    Object.assign(lone, readEid(envelopeEid));
  }
  return read
    .toSorted((a, b) => compareRanks(a.rank, b.rank))
    .map(({ element, eid, eidRaw, warnings }, index) => ({
      element,
      name: element.name,
      eid,
      eidRaw,
      index,
      digest: digestOf(element),
      warnings,
    }));
}

/**
 * The answers of the command channel, in document order: they are no part of the eid sequence, and the `eid="0"` of
 * a logon answer is not a number in it (events-and-categories §5, §4.1).
 */
export function orderResponses(responses: readonly XmlElement[]): readonly OrderedEvent[] {
  return responses.map((element, index) => ({
    element,
    name: element.name,
    eid: null,
    eidRaw: eidAttribute(element),
    index,
    digest: digestOf(element),
    warnings: [],
  }));
}

/** The 64-bit digest of an event: the first 16 hexadecimal digits of SHA-256 over its canonical text (records §6). */
export function digestOf(element: XmlElement): string {
  return hash('sha256', canonicalXml(element), 'hex').slice(0, 16);
}

function eidAttribute(element: XmlElement): string | null {
  const own = element.attributes.filter((attribute) => attribute.namespace === '');
  const exact = own.find((attribute) => attribute.name === 'eid');
  return (exact ?? own.find((attribute) => attribute.name.toLowerCase() === 'eid'))?.value ?? null;
}

function readEid(raw: string | null): ReadEid {
  if (raw === null) return { rank: null, eid: null, eidRaw: null, warnings: ['eid-missing'] };
  const text = raw.trim();
  if (!/^\+?[0-9]{1,100}$/.test(text)) return { rank: null, eid: null, eidRaw: raw, warnings: ['eid-invalid'] };
  const rank = BigInt(text);
  if (rank > EID_MAX) return { rank, eid: null, eidRaw: raw, warnings: ['eid-invalid'] };
  return { rank, eid: rank, eidRaw: raw, warnings: [] };
}

function compareRanks(a: bigint | null, b: bigint | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
