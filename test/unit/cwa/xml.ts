import { readDocument } from '../../../src/cwa/documents/read-document.ts';
import type { XmlElement } from '../../../src/lib/xml.ts';

/** The tree of a document that is known to be good. */
export function xml(text: string): XmlElement {
  return readDocument(Buffer.from(text), { roots: ['cwaEvents', 'cwaResponses', 'cwaRequests'] }).root;
}

/** The first child element of a document. */
export function firstChild(text: string): XmlElement {
  const child = xml(text).children.find((node) => typeof node !== 'string');
  if (child === undefined) throw new Error('the document has no child element');
  return child;
}
