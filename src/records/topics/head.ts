import {
  array,
  digestText,
  field,
  idText,
  int,
  long,
  optional,
  record,
  text,
  timestamp,
  uriText,
  type ValueOf,
  type ValuesOf,
  verbatimText,
} from '../schema/schema.ts';

const extensionSchema = record('Extension', 'Something that the schema does not know, kept verbatim.', {
  path: field(
    text,
    'Where it stood, from the event down: user[0]/cwaCategory[2]/state[0]/@x; positions count siblings of the same name from 0.',
  ),
  name: field(text, 'Local name; #text for text between elements.'),
  namespace: optional(text, 'Namespace; null for none.'),
  value: field(text, 'The value of an attribute, text, or the XML of an element.'),
});

const truncationSchema = record('Truncation', 'A text that was cut.', {
  path: field(text, 'The field that was cut, such as rawXml or categories[3].rawXml.'),
  bytes: field(long, 'Size of the whole text in bytes of UTF-8.'),
  sha256: field(digestText, 'SHA-256 of the whole text, hexadecimal.'),
});

export type Extension = ValueOf<typeof extensionSchema>;
export type Truncation = ValueOf<typeof truncationSchema>;

/** A name with a value: how lists of attributes and options of unknown shape are kept. */
export const attributeSchema = record('Attribute', 'An attribute, verbatim.', {
  name: field(text, 'Local name.'),
  namespace: optional(text, 'Namespace; null for none.'),
  value: field(text, 'The value, verbatim.'),
});

/** The head of every record (records §3). */
export const headFields = {
  recordType: field(text, 'What the record is about; see the topic.'),
  schemaVersion: field(int, "Version of the topic's schema."),
  id: field(idText, 'Deterministic: the same event always has the same id.'),
  site: field(text, 'Configured name of the site.'),
  accountId: field(text, 'Configured name of the account that saw the event.'),
  accountUri: field(uriText, 'Normalised URI of that account.'),
  subjectUri: optional(uriText, 'The user whose state this is, normalised; null if the record is about no one user.'),
  subjectUriRaw: optional(verbatimText, 'The same as it stood in the event.'),
  generation: field(long, 'Number of the session of the account; never repeats.'),
  sequence: field(long, 'Contiguous from 1 for each account and generation, over all topics.'),
  answer: field(long, 'Number of the server answer inside the generation.'),
  sid: optional(text, 'Session id, verbatim.'),
  ackId: optional(text, "The answer's ackId, verbatim."),
  polledAckId: optional(text, 'The ackId that the poll carried, verbatim.'),
  rid: optional(text, 'Request id, verbatim; may be empty.'),
  eid: optional(long, 'Event number of the server; null if absent, not a number, or above 2^63−1.'),
  eidRaw: optional(text, 'The same, verbatim.'),
  eventName: field(text, 'Name of the event element; empty if no event caused the record.'),
  eventIndex: field(int, 'Position in the answer after sorting by eid, from 0.'),
  userIndex: field(
    int,
    'Position of the record among those of its event, from 0: of an event about users the position of the user.',
  ),
  userCount: field(int, 'Number of user elements of the event; 0 if it names none.'),
  part: field(int, 'Number of this part, from 0.'),
  parts: field(int, 'Number of parts that the record was split into.'),
  channel: field(text, 'data, command, or bridge.'),
  origin: field(
    text,
    'live; snapshot: first of this user after our subscription; query: asked for; replay: cannot be told from a repeat, or published anew from a dead letter; bridge.',
  ),
  receivedAt: field(timestamp, 'When the answer was complete.'),
  publishedAt: field(timestamp, 'When the record was handed to the producer.'),
  warnings: field(array(text), 'Codes from a closed list.'),
  extensions: field(array(extensionSchema), 'What the schema does not know.'),
  truncated: field(array(truncationSchema), 'What was cut, and how large it was.'),
  raw: optional(text, "The event's XML, if configured; of an event in several records only what concerns this one."),
} as const;

export type RecordHead = ValuesOf<typeof headFields>;
