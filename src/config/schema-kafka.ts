import { clientCertificate } from './schema-tls.ts';
import type { Section } from './setting.ts';

const TOPIC_DOC = 'not set: `prefix` + ';

/** A topic's own name, for those who cannot take the prefix. */
function topic(name: string, holds: string) {
  return {
    doc: `Topic of ${holds}; ${TOPIC_DOC}\`${name}\`.`,
    format: 'topic',
    default: null,
    nullable: true,
  } as const;
}

const TOPICS = {
  prefix: { doc: 'What the names of all topics begin with.', format: 'topicPrefix', default: 'cwa.' },
  names: {
    presence: topic('presence', 'presence records'),
    current: topic('presence.current', 'the latest state of each user (compacted)'),
    signin: topic('signin', 'sign-in edges'),
    contacts: topic('contacts', 'contact lists, watchers, access levels, server policy'),
    conversations: topic('conversations', 'conversations'),
    requests: topic('requests', 'outcomes of requests'),
    unknown: topic('unknown', 'events that no other topic takes'),
    operations: topic('operations', 'what happened to sessions, gaps included'),
    deadletter: topic('deadletter', 'documents that could not be read'),
    progress: topic('progress', 'the committed progress (compacted, internal)'),
    orders: topic('orders', 'what operators ask of accounts (internal)'),
  },
  partitions: {
    doc: 'Partitions of each data topic when `topics --create` makes it. Each costs a send in a transaction, so keep it small.',
    format: 'count',
    default: 6,
    min: 1,
    max: 1_000,
  },
  replicationFactor: {
    doc: 'Replicas of each topic when `topics --create` makes it; not set: 3 where there are three brokers, else 1.',
    format: 'count',
    default: null,
    nullable: true,
    min: 1,
    max: 9,
  },
  retentionMs: {
    doc: 'How long data topics keep records, when `topics --create` makes them.',
    format: 'milliseconds',
    default: 604_800_000,
    min: 60_000,
  },
} as const satisfies Section;

const SSL = {
  enabled: { doc: 'Whether to speak TLS to the brokers.', format: 'flag', default: false },
  caFile: {
    doc: 'PEM file with the certificate authorities to trust instead of those of Node.js, one or several. Like the other files here it is looked at for each connection: a new one needs no restart.',
    format: 'path',
    default: null,
    nullable: true,
  },
  ...clientCertificate,
  serverName: {
    doc: 'Name to expect in the certificate; not set: the broker host.',
    format: 'text',
    default: null,
    nullable: true,
  },
  rejectUnauthorized: { doc: 'False accepts any certificate: for trials only.', format: 'flag', default: true },
} as const satisfies Section;

const SASL = {
  mechanism: {
    doc: 'How the bridge proves to the brokers who it is.',
    format: 'choice',
    choices: ['none', 'plain', 'scram-sha-256', 'scram-sha-512'],
    default: 'none',
  },
  username: { doc: 'Name for SASL.', format: 'text', default: null, nullable: true },
  password: {
    doc: 'Password for SASL. Prefer `passwordFile`. Exactly one of the two.',
    format: 'text',
    default: null,
    nullable: true,
    sensitive: true,
  },
  passwordFile: {
    doc: 'File with the password, looked at for each connection to a broker; one line break at its end is not part of it.',
    format: 'path',
    default: null,
    nullable: true,
  },
} as const satisfies Section;

const SCHEMA_REGISTRY = {
  url: {
    doc: "Address of a schema registry that speaks the API of Confluent's, with its path if it has one. Required with `format: avro`; `verify` and other readers need it where topics hold Avro.",
    format: 'url',
    default: null,
    nullable: true,
  },
  username: {
    doc: 'Name for the registry (HTTP basic). Not set: none is sent.',
    format: 'text',
    default: null,
    nullable: true,
  },
  password: {
    doc: 'Password for the registry. Prefer `passwordFile`. With a name exactly one of the two.',
    format: 'text',
    default: null,
    nullable: true,
    sensitive: true,
  },
  passwordFile: {
    doc: 'File with the password, read when the registry is asked, which is at the start; one line break at its end is not part of it.',
    format: 'path',
    default: null,
    nullable: true,
  },
  caFile: {
    doc: 'PEM file with the certificate authorities to trust instead of those of Node.js.',
    format: 'path',
    default: null,
    nullable: true,
  },
  timeoutMs: {
    doc: 'How long the registry may take to answer. It is asked at the start only.',
    format: 'milliseconds',
    default: 10_000,
    min: 100,
    max: 120_000,
  },
  autoRegister: {
    doc: 'Whether the bridge registers its schemas at the start. False looks them up, and ends if one is not registered.',
    format: 'flag',
    default: true,
  },
} as const satisfies Section;

export const KAFKA = {
  brokers: { doc: 'Brokers to begin with, as `host:port`.', format: 'brokers', default: [], required: true },
  ssl: SSL,
  sasl: SASL,
  shards: {
    doc: 'Number of shards, which is the number of partitions of the progress topic and of the orders topic. Fixed for the life of an installation.',
    format: 'count',
    default: 6,
    min: 1,
    max: 1_000,
  },
  topics: TOPICS,
  format: {
    doc: 'How record values are written: `json`, or `avro` binary in the wire format of the schema registry. The progress topic is JSON always.',
    format: 'choice',
    choices: ['json', 'avro'],
    default: 'json',
  },
  schemaRegistry: SCHEMA_REGISTRY,
  connectionTimeoutMs: {
    doc: 'How long connecting to a broker may take.',
    format: 'milliseconds',
    default: 3_000,
    min: 100,
    max: 60_000,
  },
  requestTimeoutMs: {
    doc: 'How long a broker may take to answer. Longer notices a frozen broker later; shorter takes a slow one for dead.',
    format: 'milliseconds',
    default: 3_000,
    min: 500,
    max: 30_000,
  },
  transactionTimeoutMs: {
    doc: 'When a broker aborts a transaction by itself. An open transaction holds back every reader of its partitions.',
    format: 'milliseconds',
    default: 30_000,
    min: 5_000,
    max: 900_000,
  },
  recordBytesMax: {
    doc: 'Largest record; a larger one is split, and an event of which a text had to be cut goes to the dead letters whole.',
    format: 'bytes',
    default: 921_600,
    min: 16_384,
    max: 104_857_600,
  },
  batchBytesMax: {
    doc: "Largest record batch of one partition in one request. Keep it under the brokers' `message.max.bytes`.",
    format: 'bytes',
    default: 983_040,
    min: 32_768,
    max: 104_857_600,
  },
  groupBytesMax: {
    doc: 'Most bytes that one transaction gathers from several sessions; a larger answer goes alone.',
    format: 'bytes',
    default: 8_388_608,
    min: 65_536,
    max: 268_435_456,
  },
} as const satisfies Section;
