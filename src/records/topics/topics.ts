import { avroEncoderOf, type EncodeAvro } from '../schema/avro-encoder.ts';
import type { RecordSchema, ValueOf } from '../schema/schema.ts';
import { type Serialize, serializerOf } from '../schema/serialize.ts';
import { type ContactsRecord, contactsSchema } from './contacts.ts';
import { type ConversationsRecord, conversationsSchema } from './conversations.ts';
import { currentSchema } from './current.ts';
import { type DeadLetterRecord, deadLetterSchema } from './dead-letter.ts';
import { type OperationsRecord, operationsSchema } from './operations.ts';
import { type PresenceRecord, presenceSchema } from './presence.ts';
import { type RequestsRecord, requestsSchema } from './requests.ts';
import { type SignInRecord, signInSchema } from './sign-in.ts';
import { type UnknownRecord, unknownSchema } from './unknown.ts';

/** A record with the topic it belongs to, by the topic's logical name. */
export type DataRecord =
  | { readonly topic: 'presence'; readonly value: PresenceRecord }
  | { readonly topic: 'signin'; readonly value: SignInRecord }
  | { readonly topic: 'contacts'; readonly value: ContactsRecord }
  | { readonly topic: 'conversations'; readonly value: ConversationsRecord }
  | { readonly topic: 'requests'; readonly value: RequestsRecord }
  | { readonly topic: 'unknown'; readonly value: UnknownRecord }
  | { readonly topic: 'operations'; readonly value: OperationsRecord }
  | { readonly topic: 'deadletter'; readonly value: DeadLetterRecord };

/** What a topic is for us; the configuration maps it to the name in Kafka. */
export type LogicalTopic = DataRecord['topic'];

export interface TopicDefinition<Value> {
  /** The name in Kafka unless the configuration says otherwise. */
  readonly defaultName: string;
  readonly doc: string;
  readonly schema: RecordSchema;
  /** Counts every change of the schema. */
  readonly version: number;
  /** Counts the changes that an old reader cannot follow; part of the event type. */
  readonly major: number;
  readonly serialize: Serialize<Value>;
  readonly encodeAvro: EncodeAvro<Value>;
}

function topic<S extends RecordSchema>(
  defaultName: string,
  doc: string,
  versions: { readonly version: number; readonly major: number },
  schema: S,
): TopicDefinition<ValueOf<S>> {
  return { defaultName, doc, schema, ...versions, serialize: serializerOf(schema), encodeAvro: avroEncoderOf(schema) };
}

/** Every topic of events with its schema: its records begin with the head and are numbered by `sequence`. */
export const TOPICS = {
  presence: topic(
    'cwa.presence',
    'What one event says about one user: recordType is the name of the event. One record for each user of a `userPresence`, `presenceSubscriptionState` or `userRawCategories`; one about the account for each `selfPresence` or `selfRawCategories`.',
    { version: 1, major: 1 },
    presenceSchema,
  ),
  signin: topic(
    'cwa.signin',
    'Who signed in or out: recordType `signIn`, next in `sequence` after the record that says so. Keyed by the user; for the account itself by the account.',
    { version: 1, major: 1 },
    signInSchema,
  ),
  contacts: topic(
    'cwa.contacts',
    'Contact list, watchers, access levels and server policy of an account: `contactGroup`, `subscribers`, `containers`, `configuration`. Keyed by the account.',
    { version: 1, major: 1 },
    contactsSchema,
  ),
  conversations: topic(
    'cwa.conversations',
    'What happened in conversations of the account: recordType `conference`; one record for each `conference`, and for each of its children that stands among the events. Keyed by the account.',
    { version: 1, major: 1 },
    conversationsSchema,
  ),
  requests: topic(
    'cwa.requests',
    'What became of requests, with results of searches: recordType is the name of the element. Keyed by the account.',
    { version: 1, major: 1 },
    requestsSchema,
  ),
  unknown: topic(
    'cwa.unknown',
    'Every other event, and every other child of a `conference`, in its generic form: recordType `unknown`. One record for each, keyed by the account; one with users that have a URI gives one for each user, keyed by the user.',
    { version: 2, major: 1 },
    unknownSchema,
  ),
  operations: topic(
    'cwa.operations',
    'What happened to the bridge itself: sessions, gaps, snapshots, shards, and what operators ordered (`paused`, `resumed`, `refreshed`, `replayed`).',
    { version: 1, major: 1 },
    operationsSchema,
  ),
  deadletter: topic(
    'cwa.deadletter',
    'Bytes that could not become records, in parts; recordType `deadLetter`. Never a sign-in answer.',
    { version: 1, major: 1 },
    deadLetterSchema,
  ),
} as const;

/** Every topic of states: compacted, a record replaces those with the same key, a tombstone ends it. Without head. */
export const STATE_TOPICS = {
  current: topic(
    'cwa.presence.current',
    'The latest state of each watched user, for joins and look-ups. Keyed by the user; compacted.',
    { version: 1, major: 1 },
    currentSchema,
  ),
} as const;

/** Everything that is published. */
export const ALL_TOPICS = { ...TOPICS, ...STATE_TOPICS } as const;

export type PublishedTopic = keyof typeof ALL_TOPICS;
