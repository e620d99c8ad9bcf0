import { NOTE_NAMESPACE } from '../cwa/protocol.ts';
import { textOf, type XmlElement } from '../lib/xml.ts';
import {
  type ConcealedTexts,
  concealConversation,
  holdsConversation,
  traceOf,
} from './conversations/conceal-conversation.ts';
import type { Warning } from './warnings.ts';

/** What becomes of a text that somebody wrote: kept, replaced by its digest, or dropped. */
export type Privacy = 'keep' | 'hash' | 'drop';

export interface PrivacyRules {
  /** Presence notes (`privacy.notes`). */
  readonly notes: Privacy;
  /** Messages and subjects of conversations (`privacy.messageContent`). */
  readonly messages: Privacy;
}

/** An event from which everything that must not be published is gone. */
export interface Disclosure {
  readonly element: XmlElement;
  /** What may still be said of the conversation's texts, by the element of this tree that held them. */
  readonly concealed: ConcealedTexts;
  /** What a consumer should know about that which is gone. */
  readonly warnings: readonly Warning[];
}

/** Sign-in data is a secret of the session and personal data besides (events-and-categories §4.1). */
const SECRET = 'signindata';
/** In lower case, like the next: what only looks like a note is hidden as well. */
const NOTE_CATEGORIES: ReadonlySet<string> = new Set(['note', 'notehistory']);
const CATEGORY_ELEMENTS: ReadonlySet<string> = new Set(['cwacategory', 'rawcategory']);
const NOTHING_CONCEALED: ConcealedTexts = new Map();

/**
 * Takes what must not be published out of the tree before anything is read from it, so that it cannot reach a record
 * by any way: typed, raw, as an extension, or in a dead letter.
 *
 * - `signInData`, element or attribute, is emptied whatever the rules say.
 * - Inside the categories `note` and `noteHistory`, and in the namespace of their bodies wherever they stand, all text
 *   follows `rules.notes`; attributes (type, times) stay.
 * - Inside a conversation all text that the protocol does not write itself follows `rules.messages`.
 */
export function disclosable(event: XmlElement, rules: PrivacyRules): Disclosure {
  const hadSecret = containsSecret(event);
  const open = hadSecret ? withoutSecrets(event) : event;
  const element = rules.notes === 'keep' ? open : withoutNotes(open, rules.notes);
  const warnings: readonly Warning[] = hadSecret ? ['secret-removed'] : [];
  if (rules.messages === 'keep' || !holdsConversation(element)) {
    return { element, concealed: NOTHING_CONCEALED, warnings };
  }
  // The last change to the tree: the texts are found by its elements.
  const { element: silent, texts, hadUnknownText } = concealConversation(element, rules.messages);
  return { element: silent, concealed: texts, warnings: hadUnknownText ? [...warnings, 'text-withheld'] : warnings };
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
  const isEmptied = isSecret(element.name);
  return {
    ...element,
    attributes: element.attributes.map((attribute) => {
      return isEmptied || isSecret(attribute.name) ? { ...attribute, value: '' } : attribute;
    }),
    children: isEmptied ? [] : mapElements(element, withoutSecrets),
  };
}

function withoutNotes(element: XmlElement, privacy: 'hash' | 'drop'): XmlElement {
  if (isNote(element)) return withoutTexts(element, privacy);
  return { ...element, children: mapElements(element, (child) => withoutNotes(child, privacy)) };
}

/** A body is known by its namespace: it may stand beside its category, or in one that is called otherwise. */
function isNote({ attributes, name, namespace }: XmlElement): boolean {
  if (namespace.length === NOTE_NAMESPACE.length && namespace.toLowerCase() === NOTE_NAMESPACE) return true;
  if (!CATEGORY_ELEMENTS.has(name.toLowerCase())) return false;
  return attributes.some((attribute) => {
    return attribute.name.toLowerCase() === 'name' && NOTE_CATEGORIES.has(attribute.value.trim().toLowerCase());
  });
}

/** The element with the text of each leaf replaced, and the text between elements dropped. */
function withoutTexts(element: XmlElement, privacy: 'hash' | 'drop'): XmlElement {
  const elements = element.children.filter((child) => typeof child !== 'string');
  if (elements.length > 0) return { ...element, children: elements.map((child) => withoutTexts(child, privacy)) };
  const text = textOf(element);
  const isHashed = privacy === 'hash' && text !== '';
  return { ...element, children: isHashed ? [traceOf(text)] : [] };
}

function mapElements(element: XmlElement, map: (child: XmlElement) => XmlElement): XmlElement['children'] {
  return element.children.map((child) => (typeof child === 'string' ? child : map(child)));
}
