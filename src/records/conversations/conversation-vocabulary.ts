import { CONFERENCE, CWA_NAMESPACE, INITIATE_IM_SESSION_ACCEPTED } from '../../cwa/protocol.ts';
import type { XmlElement } from '../../lib/xml.ts';

/**
 * What a `conference` event is made of (events-and-categories §2, §4.12): the names that its readers know, and which
 * texts in it the protocol itself writes. Every other text in a conversation is taken for what people wrote.
 */

/** Facts that are nothing but a text: a state, a flag or a URI. */
const WORDS = [
  'confUri',
  'imSessionState',
  'composingState',
  'locked',
  'escalationMode',
  'role',
  'participantRemoved',
  'enableAppearOffline',
] as const;

/** Facts with attributes or children of their own. */
const SHAPES = [
  'imSessionReceived',
  'messageReceived',
  'messageIdReceived',
  'messageSendFailed',
  'initiateImSessionAccepted',
  'inviteFailed',
  'participant',
  'voIPReceived',
  'voIPTerminated',
] as const;

/** A child of `conference`. Documents show some of them, and so any may stand, directly among the events as well. */
export type ConversationFact = (typeof WORDS)[number] | (typeof SHAPES)[number];

export const CONVERSATION_FACTS: ReadonlySet<string> = new Set<ConversationFact>([...WORDS, ...SHAPES]);

/** The elements whose text is of the protocol, by the element that they stand in. */
const PROTOCOL_TEXTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [CONFERENCE, new Set<string>(WORDS)],
  ['imSessionReceived', new Set(['role', 'escalationMode'])],
  ['message', new Set(['format'])],
  [
    'voIPReceived',
    new Set(['uri', 'displayName', 'from', 'redirectable', 'canReplyWithIM', 'priority', 'isConference']),
  ],
  ['voIPTerminated', new Set(['reason'])],
  [INITIATE_IM_SESSION_ACCEPTED, new Set(['confId', 'confid', 'imId'])],
]);

/** Whether the protocol, not a person, writes the element's text. @param parent null for an event. */
export function isProtocolText(element: XmlElement, parent: XmlElement | null): boolean {
  return isOurs(element) && PROTOCOL_TEXTS.get(parent === null ? CONFERENCE : parent.name)?.has(element.name) === true;
}

/** Whether an event, or a child of `conference`, is one that {@link ConversationFact} names. */
export function isConversationFact(element: XmlElement): boolean {
  return isOurs(element) && CONVERSATION_FACTS.has(element.name);
}

/** The vocabulary comes without a namespace or in CWA's (§1.3). */
function isOurs({ namespace }: XmlElement): boolean {
  return namespace === '' || namespace === CWA_NAMESPACE;
}
