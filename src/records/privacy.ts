import { hash } from 'node:crypto';

import { textOf, type XmlElement } from '../lib/xml.ts';

/** What becomes of a text that somebody wrote: kept, replaced by `sha256:` and its digest, or dropped. */
export type Privacy = 'keep' | 'hash' | 'drop';

export interface PrivacyRules {
  /** Presence notes (`privacy.notes`). */
  readonly notes: Privacy;
  /** Messages and subjects of conversations (`privacy.messageContent`). */
  readonly messages: Privacy;
}

/** An event from which everything that must not be published is gone. */
export interface DisclosableEvent {
  readonly element: XmlElement;
  /** Whether there was a secret in it. */
  readonly hadSecret: boolean;
}

/** Sign-in data is a secret of the session and personal data besides (events-and-categories §4.1). */
const SECRET = 'signindata';
const NOTE_CATEGORIES: ReadonlySet<string> = new Set(['note', 'notehistory']);
const CONVERSATIONS: ReadonlySet<string> = new Set([
  'conference',
  'messageReceived',
  'imSessionReceived',
  'voIPReceived',
]);
const CONVERSATION_TEXTS: ReadonlySet<string> = new Set(['content', 'subject']);

/**
 * Takes what must not be published out of the tree before anything is read from it, so that it cannot reach a record
 * by any way: typed, raw, as an extension, or in a dead letter.
 *
 * - `signInData`, element or attribute, is emptied whatever the rules say.
 * - Inside the categories `note` and `noteHistory` all text follows `rules.notes`; attributes (type, times) stay.
 * - Inside a conversation the text of `content`, `subject` and a bare `message` follows `rules.messages`.
 */
export function disclosable(element: XmlElement, rules: PrivacyRules): DisclosableEvent {
  const hadSecret = containsSecret(element);
  const open = hadSecret ? withoutSecrets(element) : element;
  const isConversation = CONVERSATIONS.has(element.name) && rules.messages !== 'keep';
  const isOpen = rules.notes === 'keep' && !isConversation;
  return { element: isOpen ? open : withoutTexts(open, rules, false), hadSecret };
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

function withoutTexts(element: XmlElement, rules: PrivacyRules, isInConversation: boolean): XmlElement {
  if (rules.notes !== 'keep' && isNote(element)) return concealed(element, rules.notes);
  if (rules.messages !== 'keep' && isInConversation && isMessageText(element))
    return concealed(element, rules.messages);
  const isConversation = isInConversation || CONVERSATIONS.has(element.name);
  return { ...element, children: mapElements(element, (child) => withoutTexts(child, rules, isConversation)) };
}

function isNote(element: XmlElement): boolean {
  if (element.name !== 'cwaCategory' && element.name !== 'rawCategory') return false;
  return element.attributes.some(({ name, value }) => {
    return name.toLowerCase() === 'name' && NOTE_CATEGORIES.has(value.trim().toLowerCase());
  });
}

function isMessageText(element: XmlElement): boolean {
  if (CONVERSATION_TEXTS.has(element.name)) return true;
  return element.name === 'message' && element.children.every((child) => typeof child === 'string');
}

/** The element with the text of each leaf replaced, and the text between elements dropped. */
function concealed(element: XmlElement, privacy: 'hash' | 'drop'): XmlElement {
  const elements = element.children.filter((child) => typeof child !== 'string');
  if (elements.length > 0) return { ...element, children: elements.map((child) => concealed(child, privacy)) };
  const text = textOf(element);
  const isHashed = privacy === 'hash' && text !== '';
  return { ...element, children: isHashed ? [`sha256:${hash('sha256', text, 'hex')}`] : [] };
}

function mapElements(element: XmlElement, map: (child: XmlElement) => XmlElement): XmlElement['children'] {
  return element.children.map((child) => (typeof child === 'string' ? child : map(child)));
}
