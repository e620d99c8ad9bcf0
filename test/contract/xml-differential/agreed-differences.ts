import type { RefusalReason } from '../../../src/cwa/documents/document-refused-error.ts';
import type { DecodingWarning } from '../../../src/cwa/documents/decode-document.ts';
import { CWA_NAMESPACE } from '../../../src/cwa/protocol.ts';
import type { XmlElement } from '../../../src/lib/xml.ts';
import { readStrictly, type StrictVerdict } from './strict-reader.ts';

/** What the gate says of a document. */
export type GateVerdict =
  | { readonly isAccepted: true; readonly root: XmlElement; readonly warnings: readonly DecodingWarning[] }
  | { readonly isAccepted: false; readonly reason: RefusalReason; readonly detail: string };

/** The names of roots that the gate is asked for. */
export const ROOTS: readonly string[] = ['cwaEvents', 'cwaResponses'];

/** A rule by which gate and libxml2 may judge one document differently, and a document that shows it. */
export interface AgreedDifference {
  readonly rule: string;
  readonly shownBy: Buffer;
  readonly isAcceptedByGate: boolean;
  /** Whether the rule is what this difference comes from. The two verdicts are known to differ. */
  readonly explains: (gate: GateVerdict, strict: StrictVerdict, bytes: Buffer) => boolean;
}

function refusedFor(reason: RefusalReason): AgreedDifference['explains'] {
  return (gate) => !gate.isAccepted && gate.reason === reason;
}

/**
 * The whole list. Versions are not on it: both readers take XML 1.1 for 1.0 and refuse 2.0; nor are names, where both
 * keep to the fifth edition.
 */
export const AGREED_DIFFERENCES: readonly AgreedDifference[] = [
  {
    rule: 'the gate allows no DOCTYPE',
    shownBy: Buffer.from('<!DOCTYPE cwaEvents><cwaEvents ackId="1"/>'),
    isAcceptedByGate: false,
    explains: (gate, strict, bytes) =>
      refusedFor('doctype')(gate, strict, bytes) && bytes.toString('latin1').replaceAll('\0', '').includes('<!DOCTYPE'),
  },
  {
    rule: 'the gate expects a root of the protocol',
    shownBy: Buffer.from('<other><cwaEvents ackId="1"/></other>'),
    isAcceptedByGate: false,
    explains: (gate, strict) => {
      if (gate.isAccepted || gate.reason !== 'wrongRoot' || !strict.isAccepted) return false;
      const { name, namespace } = strict.root;
      const isOfProtocol = ROOTS.some((root) => root.toLowerCase() === name.toLowerCase());
      return !isOfProtocol || (namespace !== '' && namespace !== CWA_NAMESPACE);
    },
  },
  {
    rule: 'the gate tells HTML pages apart before it reads them',
    shownBy: Buffer.from('<html><head/><body/></html>'),
    isAcceptedByGate: false,
    explains: refusedFor('html'),
  },
  {
    rule: 'the gate limits the depth',
    shownBy: Buffer.from(`<cwaEvents>${'<a>'.repeat(64)}${'</a>'.repeat(64)}</cwaEvents>`),
    isAcceptedByGate: false,
    explains: refusedFor('tooDeep'),
  },
  {
    rule: 'the gate limits attributes, texts, events and nodes',
    shownBy: Buffer.from(`<cwaEvents ${Array.from({ length: 257 }, (_, i) => `a${String(i)}="" `).join('')}/>`),
    isAcceptedByGate: false,
    explains: refusedFor('tooLarge'),
  },
  {
    // XML Names 1.0 §7: processors "are not REQUIRED to check that namespace names are URI references".
    rule: 'libxml2 also checks that the names of namespaces are URIs',
    shownBy: Buffer.from('<cwaEvents ackId="1"><x xmlns="no URI"/></cwaEvents>'),
    isAcceptedByGate: true,
    explains: (_gate, strict) =>
      !strict.isAccepted && strict.errors.every((text) => text.endsWith('is not a valid URI')),
  },
  {
    // Protocol notes, events §3.4: a vendor's UTF-8 that calls itself utf-16.
    rule: 'to the gate a declared encoding that the bytes contradict, or that nobody knows, counts for nothing',
    shownBy: Buffer.from('<?xml version="1.0" encoding="utf-16"?><cwaEvents ackId="1">é</cwaEvents>'),
    isAcceptedByGate: true,
    explains: (gate, _strict, bytes) =>
      gate.isAccepted &&
      gate.warnings.includes('encoding-mismatch') &&
      readStrictly(bytes, { isEncodingIgnored: true }).isAccepted,
  },
];
