import { hash } from 'node:crypto';

import { textOf, type XmlElement, type XmlNode } from '../lib/xml.ts';
import type { PrivacyNotes } from './reading/findings.ts';

/**
 * What must not be published is taken out of the tree before anything is read from it, so that it cannot reach a
 * record by any way: typed, raw, as an extension, or in a dead letter.
 *
 * - `signInData` (element or attribute) is a secret of the session: its content goes, whatever the configuration.
 * - Presence notes follow `privacy.notes`: the text inside the categories `note` and `noteHistory` is kept, replaced by
 *   its digest, or dropped. Attributes of a note (its type, its times) stay.
 */
export interface Disclosable {
  readonly element: XmlElement;
  readonly hadSecret: boolean;
}

const SECRET = 'signindata';
const NOTE_CATEGORIES: ReadonlySet<string> = new Set(['note', 'notehistory']);

export function disclosable(element: XmlElement, notes: PrivacyNotes): Disclosable {
  const hadSecret = containsSecret(element);
  const open = hadSecret ? withoutSecrets(element) : element;
  return { element: notes === 'keep' ? open : withNotes(open, notes), hadSecret };
}

function containsSecret(element: XmlElement): boolean {
  if (isSecret(element.name)) return true;
  for (const { name } of element.attributes) if (isSecret(name)) return true;
  for (const child of element.children) if (typeof child !== 'string' && containsSecret(child)) return true;
  return false;
}

function isSecret(name: string): boolean {
  return name.length === SECRET.length && name.toLowerCase() === SECRET;
}

function withoutSecrets(element: XmlElement): XmlElement {
  return {
    name: element.name,
    namespace: element.namespace,
    attributes: element.attributes.map((attribute) => {
      return isSecret(attribute.name) || isSecret(element.name) ? { ...attribute, value: '' } : attribute;
    }),
    children: isSecret(element.name) ? [] : mapElements(element.children, withoutSecrets),
  };
}

function withNotes(element: XmlElement, notes: 'hash' | 'drop'): XmlElement {
  if (isNote(element)) return concealed(element, notes);
  return { ...element, children: mapElements(element.children, (child) => withNotes(child, notes)) };
}

function isNote(element: XmlElement): boolean {
  if (element.name !== 'cwaCategory' && element.name !== 'rawCategory') return false;
  return element.attributes.some(({ name, value }) => {
    return name.toLowerCase() === 'name' && NOTE_CATEGORIES.has(value.trim().toLowerCase());
  });
}

/** The element with the text of each leaf replaced, and the text between elements dropped. */
function concealed(element: XmlElement, notes: 'hash' | 'drop'): XmlElement {
  const elements = element.children.filter((child) => typeof child !== 'string');
  if (elements.length > 0) return { ...element, children: elements.map((child) => concealed(child, notes)) };
  const text = textOf(element);
  const isHashed = notes === 'hash' && text !== '';
  return { ...element, children: isHashed ? [`sha256:${hash('sha256', text, 'hex')}`] : [] };
}

function mapElements(children: readonly XmlNode[], map: (element: XmlElement) => XmlElement): readonly XmlNode[] {
  return children.map((child) => (typeof child === 'string' ? child : map(child)));
}
