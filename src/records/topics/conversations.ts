import { array, field, int, long, optional, record, text, type ValueOf } from '../schema/schema.ts';
import { headFields } from './head.ts';

/** The little that single kinds have of their own, such as `redirectable` of a call or `archiving` of a participant. */
const itemAttributeSchema = record('ItemAttribute', 'A named value of an item.', {
  name: field(text, 'Name on the wire.'),
  value: field(text, 'Verbatim.'),
});

const itemSchema = record('ConversationItem', 'One fact about a conversation.', {
  kind: field(text, 'Name of the element: messageReceived, imSessionState, participant, …; open set.'),
  uri: optional(text, 'The person it names, normalised.'),
  uriRaw: optional(text, 'The same, verbatim.'),
  name: optional(text, 'Name of that person, verbatim.'),
  role: optional(text, 'attendee, presenter; open set.'),
  value: optional(text, 'The text of a state, a flag or a URI, trimmed.'),
  format: optional(text, 'Format of a message: a media type or an X-MMS-IM-Format line.'),
  content: optional(text, 'What somebody wrote, as privacy.messageContent allows: verbatim, sha256:<digest>, or null.'),
  contentBytes: optional(int, 'Size of what was written, in bytes of UTF-8.'),
  contentSha256: optional(text, 'SHA-256 of what was written, hexadecimal; null where contents are dropped.'),
  messageId: optional(text, 'Verbatim.'),
  rid: optional(text, 'Request id of the item, verbatim.'),
  reason: optional(text, 'Why a call ended: Remote, Timeout, SessionDown; open set.'),
  attributes: field(array(itemAttributeSchema), 'What the item says beside, by the names of the wire.'),
});

export const conversationsSchema = record('Conversation', 'What one event says about a conversation.', {
  ...headFields,
  confId: optional(long, "The session's number of the conversation; means nothing in another session."),
  confIdRaw: optional(text, 'The same, verbatim, where it is not a number.'),
  peerUri: optional(text, 'The other person, normalised, if exactly one is named.'),
  contentPolicy: field(text, 'drop, hash or keep: what became of what people wrote.'),
  items: field(array(itemSchema), 'In document order.'),
});

export type ConversationsRecord = ValueOf<typeof conversationsSchema>;
export type ConversationItem = ValueOf<typeof itemSchema>;
