import { unreachable } from '../../src/lib/assert.ts';
import type { RecordSchema, Schema } from '../../src/records/schema/schema.ts';
import { headFields } from '../../src/records/topics/head.ts';
import { STATE_TOPICS, TOPICS, type TopicDefinition } from '../../src/records/topics/topics.ts';
import { WARNINGS } from '../../src/records/warnings.ts';
import { generatedNotice } from './markdown.ts';

/** The reference page of all records: everything in it comes from the schemas, except the words around them. */
export function recordsPage(): string {
  const nested = new Map<string, RecordSchema>();
  const topics = Object.values(TOPICS).map((topic) => topicSection(topic, nested));
  const states = Object.values(STATE_TOPICS).map((topic) => topicSection(topic, nested, {}));
  return [
    INTRODUCTION,
    headSection(nested),
    ...topics,
    ...states,
    '## Nested records',
    ...[...nested.values()].map((schema) => `### ${schema.name}\n\n${schema.doc}\n\n${fieldTable(schema.fields)}`),
    warningSection(),
    '',
  ].join('\n\n');
}

const INTRODUCTION = `${generatedNotice('`src/records`')}

# Records

What the topics hold: the contract with consumers. The same schemas are in \`schemas/\`, two files for each topic:
\`<topic>-value.avsc\` for Avro and \`<topic>-value.schema.json\` for JSON Schema (draft 2020-12).
\`cwa-bridge schemas --output FOLDER\` writes them too.

## Encoding

- The value is JSON that has exactly the fields of the schema, in the order of the schema, and unions without wrapper
  objects ("Avro-like JSON"): JSON → Avro binary → JSON gives the same bytes.
- A \`long\` is a JSON number with all its digits, also beyond 2^53: read it with a parser that keeps them. A \`time\` is
  milliseconds since the epoch. Absent is null; present and empty is \`""\`.
- A field \`…Raw\` beside a typed field holds the text as received where the typed field does not say all that the text
  said: because it could not be read, has no zone (taken for UTC), an offset, or digits behind the milliseconds.
- A number or boolean that could not be read is null; its text is in \`extensions\`, and \`warnings\` says so.
- The key is \`subjectUri\`, or \`accountUri\` where the record is not about one user. The timestamp of the Kafka record is
  \`receivedAt\`.
- Headers are CloudEvents attributes in binary mode: \`ce_specversion\`, \`ce_id\` (= \`id\`), \`ce_type\`
  (\`com.cwa-bridge.<recordType>.v<major>\`), \`ce_source\` (\`/<installation>/<site>/<accountId>\`), \`ce_subject\` (= key),
  \`ce_time\` (= \`receivedAt\`), \`content-type\`; and \`schema-version\`.

## Avro and the schema registry

With \`kafka.format: avro\` the same records go out as Avro binary in the wire format of Confluent's registry: a zero byte,
the id of the schema in four bytes, then the record. \`content-type\` is then \`application/avro\`; key and other headers stay
as they are, and the progress topic is JSON always.

- Subjects are named after the topic (TopicNameStrategy): \`cwa.presence-value\`. At the start the bridge registers its
  schemas, or looks them up (\`kafka.schemaRegistry.autoRegister: false\`). If the registry is away, lets it not in, has
  not the schema or refuses it, the bridge ends before it opens a session, and says why. Afterwards it does not ask again.
- Set the rule BACKWARD_TRANSITIVE in the registry, for all subjects or for these; the bridge sets none.
- A text holds Unicode: a surrogate that stands alone, which XML cannot carry, would be U+FFFD.
- A topic may hold both forms, where the setting was changed: the first byte tells them apart, and \`verify\` and
  \`deadletter\` read both.

## Versions

\`schema-version\` and \`schemaVersion\` count every change of a topic's schema; only words may change without. Inside a
major version a schema reads everything that was written with older ones (BACKWARD_TRANSITIVE): update consumers first.
A later version may have further fields, so a reader of JSON ignores fields that it does not know, as the JSON Schema
does; fields that a later version added are absent, not null, in older JSON records. What was released is kept in
\`schemas/released/<topic>/<version>.avsc\`; a test, and \`cwa-bridge schemas --check schemas/released\`, compare every
schema with all of them.

## The id

The same event always has the same \`id\`, in whatever process it is computed. Any program can compute it: the first 32
hexadecimal digits, in lower case, of SHA-256 over the UTF-8 of six lines joined by a line feed (none at the end):

    installation
    accountId
    generation
    identity
    userIndex
    part

Numbers are decimal. \`userIndex\` is the place of a record among those of its event: that of the user in an event about
users; unknown children of a \`conference\` follow its own record, from 1, under the identity of the \`conference\`. The
identity of an event is \`<eid>:<eventName>:<digest>\`; without an eid it is
\`~<polledAckId>:<eventName>:<digest>#<occurrence>\`, where occurrence counts equal events of one answer from 0. The
digest is the first 16 hexadecimal digits of SHA-256 over the UTF-8 of the event's canonical text:

    <{namespace}name {namespace}attribute="value">children</>

with attributes in ascending order of \`{namespace}name\` by UTF-16 code unit; \`&\`, \`<\` and \`"\` written as \`&amp;\`,
\`&lt;\` and \`&quot;\` everywhere; text of nothing but white space dropped where the element has child elements; and
namespace declarations, comments and processing instructions left out.

An answer of the command channel (\`channel\` is \`command\`) is never sent again and has the identity
\`command:<answer>:<eventIndex>\`, its place in the generation, also where two answers are equal in every letter.

A sign-in edge has the identity \`signin:\` and that of the event; one of the account itself \`signin:operation:<sequence>\`.
The bridge's own records have the identity \`operation:<sequence>\`; dead letters of an answer \`deadletter:<sequence of the first part>\`,
those of an event \`deadletter:\` and the event's identity.

## Parts

A record larger than \`kafka.recordBytesMax\` is split: \`parts\` says into how many, \`part\` counts from 0. Each part
has its own \`id\` (that of part 0 is the same as without a split) and its own \`sequence\`, one after the other. All parts
are committed together, under one key, so they follow one another in their partition. To rebuild the record:

- What is in no array, nor inside one, stands in every part alike; only \`id\`, \`sequence\`, \`part\` differ.
- Every array, also one in a nested record, is that of part 0, then that of part 1, and so on. This holds for
  \`warnings\`, \`extensions\` and \`truncated\` too; paths in them count in the whole.
- A part with the warning \`continued-item\` begins inside an item: the first item of its first array behind \`raw\` that is
  not empty is no new one, but goes on from the last item of that array in the part before. Both are joined by these
  rules: what is in no array is the same, arrays are appended. With \`continued-inner-item\` besides, so does the first
  item of the first array in it that is not empty. Leave these two warnings out of the whole.

A consumer that needs only what is in no array, such as \`availability\`, reads records with \`part\` 0 and passes over the
others. Where the parts are put depends on the record and \`kafka.recordBytesMax\` alone.

A text that is too long even for a part of its own is cut where a character ends, and \`truncated\` tells its path, its
whole size and SHA-256; so is XML above \`limits.rawXmlBytesMax\`. Texts that all parts repeat may take half of a record.
An event of which anything was cut is in \`cwa.deadletter\` besides, whole, in the same transaction: \`reason\` is
\`oversizeRecord\`, \`eid\`, \`sid\` and \`generation\` are those of its records. An event that was only split is not: nothing of
it is missing. An event with a record that cannot be made to fit, such as one about a user whose URI fills it, is in
\`cwa.deadletter\` alone.

## Dead letters

The body of a dead letter, \`bodyBase64\` of all parts decoded and joined, is that of an HTTP answer that stayed unreadable
(\`eventName\` is empty; at most \`limits.deadLetterBytesMax\` of it), or one event as XML in UTF-8, complete but for what
privacy takes out. \`bodySha256\` is that of the whole. An answer while a session is being opened has no body here, for it
may hold sign-in data; an answer to a sign-in is no dead letter at all.

\`cwa-bridge deadletter show\` puts letters together and proves their digests. \`cwa-bridge deadletter replay\` has the
bridge that owns the account publish what they would have become, with the version and the settings of now: in the next
numbers of the account's current generation, with \`origin\` \`replay\`, warning \`replayed\`, and the \`id\` of their own
generation. They are history: \`sid\`, \`ackId\`, \`polledAckId\` and \`receivedAt\` are those of the letter, \`previous\` is null,
and no current state and no sign-in edge follows from them. An \`id\` may occur again on such records, and only on them.

## Requests and their answers

The bridge asks the server for a session, for the presence of users, and for the end of the session. What the server
answers at once comes on the command channel: records with \`channel\` \`command\`, without eid, in document order,
committed with the progress that they lead to and numbered by the same \`sequence\` as everything else. What became of
an accepted request comes later as an event of the data channel with the same \`rid\`. Of a request of the bridge's own
both say its \`method\` and how long it took; whom it was about stands in the first (\`concerns\`). The last 32 posts of
a generation are remembered, over restarts too.

Events of the data channel are published exactly once; answers of the command channel at most once, because the server
does not send them again: if the process dies between an answer and its commit, there is no record of it. The next
process asks anew. An answer with an HTTP error status, or one that is no readable document, gives no such record.
Events inside an answer of the command channel are published as events of the data channel; they acknowledge nothing.

## Sign-in edges and the current state

What is known of each watched user is kept from record to record, in the transaction of the records that change it. Two
topics come of it: \`cwa.signin\`, an edge each time that a user signs in or out, and \`cwa.presence.current\`, the latest
state of each user. \`previous\` of presence records is what was known before. Users who are not watched and the account's
view of itself (\`selfPresence\`) give neither.

A record says that its user is

| State | when |
| --- | --- |
| \`in\` | 3000 ≤ \`availability\` < 18000 |
| \`out\` | \`availability\` ≥ 18000, or below 3000 with the activity token \`Offline\` |
| \`unknown\` | any other availability below 3000; \`state\` is cleared; a \`userPresence\` about the user without any category; a subscription that is \`terminated\` |
| (nothing) | \`state\` is not mentioned or states no availability; any other subscription state |

An edge is \`signedIn\` from out to in, \`signedOut\` from in to out, \`lost\` from either to unknown. What becomes known is a
\`baseline\` if nothing was known before or if it is as it was known last: nothing happened, so an alert must pass over it.
If it is otherwise than it was known last, it is an edge again.

- \`certainty\` is \`observed\` for a live change from a known state. An edge from unknown, or one that a snapshot, the answer
  to a query or a possible repeat brings, is \`inferred\`: it happened between \`earliestAt\` (when the state before was said
  last) and \`latestAt\`. \`gapId\` names the gap that a snapshot looks back on.
- Nothing is delayed. \`isFlap\` marks a \`signedIn\` after less than \`signin.flapMs\` out.
- A state that was published before the one that is known (at the same time: a lower version of the same instance)
  changes nothing; its record carries the warning \`stale-state\`.
- The account has edges of its own, \`subject\` \`account\`: in with a session that starts, out with one that ends or is
  lost; a session that is resumed gives none.

An edge stands next in \`sequence\` after the record that is its cause (after its last part), with the head of that record.
\`cwa.presence.current\` has no head, takes no \`sequence\` and no CloudEvents headers. A category that a record mentions
replaces all its columns; one that is empty now clears them; one that is not mentioned keeps them, and so does a \`state\`
that states no availability. It is published only when something in it changed besides where it comes from. \`isStale\`:
the subscription is \`retrying\` or \`terminated\`, or the session has been down for \`presence.staleAfterMs\`; it ends with the
user's next snapshot, or when the same session goes on. A tombstone: nobody watches the user any longer.

## URIs

URIs of users are made comparable: white space, display name and angle brackets are dropped, \`sip:\` is put before an
address without scheme, parameters and headers of \`sip:\` and \`sips:\` URIs are dropped, and all is in lower case. The
text as received is beside it.

## Privacy

What must not be published is taken out of the event before anything is read from it. \`signInData\` is removed always
(warning \`secret-removed\`). The text of presence notes follows \`privacy.notes\`: \`keep\`; \`hash\`: \`sha256:\` and the digest;
\`drop\`: null, and no text in \`raw\`.

What people wrote in conversations, messages and subjects, follows \`privacy.messageContent\`; each record says which in
\`contentPolicy\`:

| | \`content\` | \`contentBytes\` | \`contentSha256\` | in \`raw\`, \`rawXml\`, \`extensions\` and dead letters of events |
| --- | --- | --- | --- | --- |
| \`drop\` | null | size | null | nothing |
| \`hash\` | null | size | digest | \`sha256:\` and the digest |
| \`keep\` | verbatim | size | digest | verbatim |

Inside a conversation only words of the protocol, names, URIs and formats are known not to be written by people. With
\`drop\` and \`hash\` any other text there, of an element that is not known for example, goes the same way, with warning
\`text-withheld\`; attributes stay, except such as are called \`content\`, \`subject\`, \`message\`, \`body\` or \`text\`.

The \`id\` is that of the event as received in every case: whoever knows an event can tell that it is this one. An answer
that is no well-formed document cannot be read, so its dead letter holds it as received: keep \`cwa.deadletter\` from
whoever must not see what people wrote.

## Pseudonyms

With \`privacy.subjects: pseudonym\` people are named in no topic by an address, but by a pseudonym that nobody can make or
confirm without the key (the first of \`privacy.pseudonymKeys\`):

    pseudo:<id of the key>:<base64url of the first 16 bytes of HMAC-SHA-256(key, normalised URI)>

The same person has the same pseudonym in all topics, accounts and replicas as long as the key stands, so keys, joins
and the order per user hold. Key, \`ce_subject\` and partition are made of it. What becomes of a text depends on its type
in the tables below:

| Type | Becomes |
| --- | --- |
| \`uri\`: an address in any form, telephone numbers too | the pseudonym of its normalised form |
| \`string (verbatim)\`: texts as received beside a URI, bodies of dead letters | null |
| \`string (id)\`: ids of records | another id of the same form, made with the key; equal ids stay equal |
| \`string (digest)\`, and \`sha256:…\` in texts | a keyed digest; equal texts still have equal ones |
| \`string\`: every other text, such as \`rawXml\`, \`raw\`, \`extensions\`, notes, names, messages | the same text with each address in it replaced |

In other texts an address is what follows \`sip:\`, \`sips:\`, \`mailto:\`, \`smtp:\`, \`tel:\`, \`callto:\` or \`eum:\`, and what stands
around an \`@\`, also where \`@\` is escaped as in URLs or XML; an attribute \`uri\` in XML, too. Some texts around an \`@\`
that are no address are replaced as well.

Made with the key are, as lower-case hexadecimal: an id, the first 32 digits of HMAC-SHA-256(key, \`ID <id>\`) of the id
that *The id* tells how to compute; a digest, HMAC-SHA-256(key, \`DIGEST <hexadecimal digest>\`), in a text behind
\`hmac-sha256:\`. Plain, both would betray whom they are about: all of an event but the address is in its records, and
addresses can be tried until the hash fits.

**What a pseudonym does not hide.** It hides addresses, not persons:

- \`displayName\`, \`title\`, \`office\`, postal addresses, numbers without \`tel:\` in texts, names of computers, of groups and
  of mailboxes, pictures, links, notes, and messages if they are kept: use \`privacy.notes\` and \`privacy.messageContent\`,
  and keep \`cwa.presence\` and \`cwa.contacts\` from whoever must not know names.
- Times and patterns: who knows when somebody came and went finds the pseudonym. Contact lists show who knows whom.
  Sizes (\`contentBytes\`, \`bodyBytes\`, \`bytes\`) are those of the text as it came, and so tell how long an address is.
- A text that \`truncated\` lists may end inside an address, and show its beginning. A name without scheme and without
  \`@\` is known as an address only in fields of type \`uri\` and in attributes \`uri\` of XML.
- Names of the configuration (\`installation\`, \`site\`, \`accountId\`, keys, topics): choose such as name nobody.
- Whoever has the key. Whoever can make the bridge publish an address of their choice, as anybody can who may send it
  one, and reads the topics, learns its pseudonym.
- \`cwa.progress\`, internal, holds plain URIs: the bridge needs them. Let nobody else read it. Logs and metrics of the
  bridge name no users; what a server says in its own words about a refused request may.
- What was published before.

Dead letters have no body (\`bodyBase64\` is null) but its size and keyed digest: bytes cannot be searched for addresses.
So what was cut from a record that was too large, or an event that Kafka refused, is nowhere else; \`deadletter\` can
neither show nor replay it.

**Another key.** A new first key in \`privacy.pseudonymKeys\` gives everybody another pseudonym, and every event another
id, from one record to the next. Nothing joins over that moment: not \`subjectUri\`, \`causeRecordId\`, \`sourceRecordId\` or
\`previous\` with the records that they were made of, nor the parts of what a user did before and after. Partition and
order begin anew. To join after all, keep the old key yourself and compute both pseudonyms. The bridge uses older keys
for one thing: with each state of a user that it writes to \`cwa.presence.current\`, and with the last, it ends the
state under the older pseudonyms. Remove the old key when all users have had a new state; rows that are left then stay
until somebody writes a tombstone. Rows with plain URIs, from before there were pseudonyms, are not ended: begin with new
topics (\`kafka.topics.prefix\`).`;

function headSection(nested: Map<string, RecordSchema>): string {
  collect({ kind: 'record', name: '', doc: '', fields: headFields }, nested);
  return `## Head of every record\n\n${fieldTable(headFields)}`;
}

/** @param head fields that are described elsewhere. */
function topicSection(
  topic: Omit<TopicDefinition<never>, 'serialize'>,
  nested: Map<string, RecordSchema>,
  head: RecordSchema['fields'] = headFields,
): string {
  const own = Object.fromEntries(Object.entries(topic.schema.fields).filter(([name]) => !(name in head)));
  collect({ ...topic.schema, fields: own }, nested);
  const facts = `Schema \`${topic.schema.name}\`, version ${topic.version}, major version ${topic.major}.`;
  return `## ${topic.defaultName}\n\n${topic.doc} ${facts}\n\n${topic.schema.doc}\n\n${fieldTable(own)}`;
}

/** Gathers the records inside a record, each once, outer before inner. */
function collect(schema: RecordSchema, nested: Map<string, RecordSchema>): void {
  const inside = Object.values(schema.fields)
    .map(({ type }) => recordIn(type))
    .filter((inner) => inner !== null && !nested.has(inner.name));
  for (const inner of inside) if (inner !== null) nested.set(inner.name, inner);
  for (const inner of inside) if (inner !== null) collect(inner, nested);
}

function recordIn(type: Schema): RecordSchema | null {
  if (type.kind === 'record') return type;
  if (type.kind === 'nullable') return recordIn(type.inner);
  return type.kind === 'array' ? recordIn(type.items) : null;
}

function fieldTable(fields: RecordSchema['fields']): string {
  const rows = Object.entries(fields).map(([name, { type, doc }]) => `| ${name} | ${typeName(type)} | ${cell(doc)} |`);
  return ['| Field | Type | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** As the tables show it: `n` means that the field may be null; a text is told by its role. */
function typeName(type: Schema): string {
  switch (type.kind) {
    case 'string':
      return type.role === undefined ? 'string' : type.role === 'uri' ? 'uri' : `string (${type.role})`;
    case 'boolean':
    case 'int':
    case 'long':
      return type.kind;
    case 'timestamp':
      return 'time';
    case 'nullable':
      return `n ${typeName(type.inner)}`;
    case 'array':
      return `array of ${typeName(type.items)}`;
    case 'record':
      return `[${type.name}](#${type.name.toLowerCase()})`;
    default:
      return unreachable(type);
  }
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function warningSection(): string {
  const rows = Object.entries(WARNINGS).map(([code, meaning]) => `| \`${code}\` | ${cell(meaning)} |`);
  return ['## Warnings', '', '| Code | Meaning |', '| --- | --- |', ...rows].join('\n');
}
