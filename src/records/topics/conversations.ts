import { writtenFields, writtenTextSchema } from '../conversations/written.ts';
import {
  array,
  boolean,
  field,
  long,
  optional,
  record,
  text,
  uriText,
  type ValueOf,
  verbatimText,
} from '../schema/schema.ts';
import { headFields } from './head.ts';

const callSchema = record('IncomingCall', 'What an invitation to a voice call says beside the caller and a subject.', {
  from: optional(text, 'The caller as SIP names it, verbatim: "Name" <sip:…>;tag=….'),
  fromUri: optional(uriText, 'The URI in it, normalised.'),
  redirectable: optional(boolean, 'Whether the call may be redirected.'),
  canReplyWithIM: optional(boolean, 'Whether the caller takes an instant message for an answer.'),
  priority: optional(text, 'normal, urgent, … : open set.'),
  isConference: optional(boolean, 'Whether it is a call to a conference.'),
});

const itemSchema = record('ConversationItem', 'One fact about a conversation.', {
  kind: field(text, 'Name of the element: messageReceived, imSessionState, participant, …'),
  uri: optional(uriText, 'The person it names, normalised.'),
  uriRaw: optional(verbatimText, 'The same, verbatim.'),
  name: optional(text, 'Name of that person, verbatim.'),
  role: optional(text, 'Of that participant, or of the account in an invitation: attendee, presenter; open set.'),
  value: optional(
    text,
    'The text of confUri, imSessionState, composingState, locked, escalationMode, role, enableAppearOffline.',
  ),
  ...writtenFields,
  messageId: optional(text, 'Verbatim.'),
  reason: optional(text, 'Why a call ended: Remote, Timeout, SessionDown; open set.'),
  flag: optional(boolean, 'value of locked, enableAppearOffline; of composingState: whether somebody types.'),
  rid: optional(text, 'Request id of the item, verbatim.'),
  confId: optional(long, 'initiateImSessionAccepted: the conversation to use from now on.'),
  sourceNetwork: optional(text, 'Of who invites: domain, sameEnterprise, publicCloud, federated; open set.'),
  escalationMode: optional(text, 'Of an invitation: invitingPeer, peer, escalating, escalated; open set.'),
  archiving: optional(boolean, 'participant: whether the conversation is archived for that person.'),
  call: optional(callSchema, 'voIPReceived.'),
  subjects: field(array(writtenTextSchema), 'Of an invitation, in document order; as documented, at most one.'),
  furtherMessages: field(
    array(writtenTextSchema),
    'In document order, behind the first message, which is in format and content.',
  ),
});

export const conversationsSchema = record('Conversation', 'What one event says about a conversation.', {
  ...headFields,
  confId: optional(long, "The session's number of the conversation; means nothing in another session."),
  peerUri: optional(
    uriText,
    'The other person, normalised, if the items name exactly one; the account itself and a focus of a conference do not count.',
  ),
  contentPolicy: field(text, 'drop, hash or keep: what became of what people wrote.'),
  items: field(array(itemSchema), 'In document order; none if nothing in the event is known.'),
});

export type ConversationsRecord = ValueOf<typeof conversationsSchema>;
export type ConversationItem = ValueOf<typeof itemSchema>;
