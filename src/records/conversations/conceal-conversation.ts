import { hash } from 'node:crypto';

import { CONFERENCE } from '../../cwa/protocol.ts';
import { elementsOf, type XmlAttribute, type XmlElement } from '../../lib/xml.ts';
import { isConversationFact, isProtocolText } from './conversation-vocabulary.ts';

/** What may still be said about a text that was taken out. */
export interface ConcealedText {
  /** Size in bytes of UTF-8. */
  readonly bytes: number;
  /** Hexadecimal; null where texts are dropped. */
  readonly sha256: string | null;
}

/** Texts that were taken out, by the element of the concealed tree that held them. */
export type ConcealedTexts = ReadonlyMap<XmlElement, ConcealedText>;

export interface ConcealedEvent {
  readonly element: XmlElement;
  readonly texts: ConcealedTexts;
  /** Whether a text stood where none is documented; who wrote it cannot be known. */
  readonly hadUnknownText: boolean;
}

interface Concealing {
  readonly privacy: 'hash' | 'drop';
  readonly texts: Map<XmlElement, ConcealedText>;
  hadUnknownText: boolean;
}

/** Facts with what people wrote in them: a conversation, wherever in an event they stand. In lower case. */
const WRITING_FACTS: ReadonlySet<string> = new Set(
  [CONFERENCE, 'messageReceived', 'imSessionReceived', 'voIPReceived'].map((name) => name.toLowerCase()),
);

/** A look at the length spares most elements of an answer the rest. */
const BEGINNING_LENGTHS: ReadonlySet<number> = new Set(['message', ...WRITING_FACTS].map(({ length }) => length));

/** Elements that hold what people wrote, and nothing else, as their text. */
const WRITTEN: ReadonlySet<string> = new Set(['content', 'subject', 'message']);

/** Attributes that nobody documents, but whose name says what they would hold. In lower case. */
const WRITTEN_ATTRIBUTES: ReadonlySet<string> = new Set(['content', 'subject', 'message', 'body', 'text']);

/** Whether anything in the event is part of a conversation. */
export function holdsConversation(event: XmlElement): boolean {
  return isConversationFact(event) || beginsInside(event);
}

function beginsInside(element: XmlElement): boolean {
  if (beginsConversation(element)) return true;
  for (const child of element.children) if (typeof child !== 'string' && beginsInside(child)) return true;
  return false;
}

/**
 * In any letter case: what only looks like a conversation is an unknown event, and no less somebody's words. A message
 * is known by its content: other elements may be called so.
 */
function beginsConversation(element: XmlElement): boolean {
  if (!BEGINNING_LENGTHS.has(element.name.length)) return false;
  const name = element.name.toLowerCase();
  if (WRITING_FACTS.has(name)) return true;
  return name === 'message' && elementsOf(element).some((child) => child.name.toLowerCase() === 'content');
}

/**
 * Takes what people wrote in conversations out of an event: dropped, or replaced by `sha256:` and its digest. What a
 * record may still say about each text is beside the tree, so that no way of reading the tree leads to the text.
 *
 * What is known not to be written by people stays; any other text inside a conversation goes. So new elements of a
 * server lose their texts, which is told, rather than show what somebody wrote.
 */
export function concealConversation(event: XmlElement, privacy: 'hash' | 'drop'): ConcealedEvent {
  const concealing: Concealing = { privacy, texts: new Map(), hadUnknownText: false };
  const element = conceal(event, null, isConversationFact(event), concealing);
  return { element, texts: concealing.texts, hadUnknownText: concealing.hadUnknownText };
}

/** @param isInside whether the element is part of a conversation by what it stands in. */
function conceal(
  element: XmlElement,
  parent: XmlElement | null,
  isInside: boolean,
  concealing: Concealing,
): XmlElement {
  const isConcealed = isInside || beginsConversation(element);
  const inside = (child: XmlElement): XmlElement => conceal(child, element, isConcealed, concealing);
  const text = isConcealed && !isProtocolText(element, parent) ? textToConceal(element) : null;
  const attributes = isConcealed ? concealedAttributes(element.attributes, concealing) : element.attributes;
  if (text === null) {
    return { ...element, attributes, children: element.children.map((c) => (typeof c === 'string' ? c : inside(c))) };
  }
  const trace = concealing.privacy === 'hash' && text !== '' ? [traceOf(text)] : [];
  const open = { ...element, attributes, children: [...trace, ...elementsOf(element).map(inside)] };
  concealing.texts.set(open, concealedTextOf(text, concealing.privacy));
  if (!WRITTEN.has(element.name)) concealing.hadUnknownText = true;
  return open;
}

/** The element's own text; null if there is only the white space between elements. */
function textToConceal(element: XmlElement): string | null {
  const text = ownTextOf(element);
  return text === null || WRITTEN.has(element.name) || /[^ \t\r\n]/.test(text) ? text : null;
}

/** The text directly in an element, verbatim; null if it has children and nothing but white space between them. */
export function ownTextOf({ children }: XmlElement): string | null {
  const texts = children.filter((child) => typeof child === 'string');
  const text = texts.join('');
  return texts.length === children.length || /[^ \t\r\n]/.test(text) ? text : null;
}

/** What a record says about a text under a rule. */
export function concealedTextOf(text: string, privacy: 'hash' | 'drop'): ConcealedText {
  return { bytes: Buffer.byteLength(text), sha256: privacy === 'hash' ? hash('sha256', text, 'hex') : null };
}

function concealedAttributes(attributes: readonly XmlAttribute[], concealing: Concealing): readonly XmlAttribute[] {
  return attributes.map((attribute) => {
    if (attribute.value === '' || !WRITTEN_ATTRIBUTES.has(attribute.name.toLowerCase())) return attribute;
    concealing.hadUnknownText = true;
    return { ...attribute, value: concealing.privacy === 'hash' ? traceOf(attribute.value) : '' };
  });
}

/** What stands for a text that is hashed. */
export function traceOf(text: string): string {
  return `sha256:${hash('sha256', text, 'hex')}`;
}
