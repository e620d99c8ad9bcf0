import { KAFKA } from './schema-kafka.ts';
import { LIMITS, SESSION } from './schema-session.ts';
import { SITES_AND_ACCOUNTS } from './schema-sites.ts';
import type { Section, ValuesOf } from './setting.ts';

const SEALING_KEY = {
  id: { doc: 'Name of the key; stands beside what it sealed.', format: 'identifier', default: null, required: true },
  key: {
    doc: '32 random bytes as base64 (`openssl rand -base64 32`). Prefer `keyFile`. Exactly one of the two.',
    format: 'text',
    default: null,
    nullable: true,
    sensitive: true,
  },
  keyFile: {
    doc: 'File with the key as base64, looked at on each use: another key in it counts from then on, and what the one before sealed opens no more. To rotate, put a key under a new id first.',
    format: 'path',
    default: null,
    nullable: true,
  },
} as const satisfies Section;

const PSEUDONYM_KEY = {
  ...SEALING_KEY,
  id: { doc: 'Name of the key; stands in every pseudonym.', format: 'identifier', default: null, required: true },
  keyFile: {
    doc: 'File with the key as base64, read at the start: people who are known under a key stay so. Another key needs another id.',
    format: 'path',
    default: null,
    nullable: true,
  },
} as const satisfies Section;

const PRIVACY = ['keep', 'hash', 'drop'] as const;

/** The whole configuration. The only source of its documentation, formats, defaults, environment names and types. */
export const SCHEMA = {
  installation: {
    doc: 'Name of this deployment. Prefixes the consumer group and every transactional id: two deployments on one Kafka cluster need two names.',
    format: 'identifier',
    default: 'cwa-bridge',
  },
  ...SITES_AND_ACCOUNTS,
  kafka: KAFKA,
  session: SESSION,
  sealing: {
    keys: {
      doc: 'Keys that seal tickets and cookies in the progress topic, so that another replica can go on with a session. The first seals, all open. Without one a stop ends the sessions.',
      format: 'list',
      children: SEALING_KEY,
      default: [],
    },
  },
  presence: {
    staleAfterMs: {
      doc: 'How long the session may be down before the current state of its users says that it is stale.',
      format: 'milliseconds',
      default: 300_000,
      min: 1_000,
      max: 86_400_000,
    },
  },
  signin: {
    flapMs: {
      doc: 'A sign-in after a shorter time out is marked as a flap.',
      format: 'milliseconds',
      default: 60_000,
      min: 0,
      max: 86_400_000,
    },
  },
  privacy: {
    messageContent: { doc: 'What people wrote in conversations.', format: 'choice', choices: PRIVACY, default: 'drop' },
    notes: { doc: 'What people wrote as their presence note.', format: 'choice', choices: PRIVACY, default: 'keep' },
    subjects: {
      doc: 'How people are named in all that is published: `plain` by their URIs, or each by a `pseudonym`, wherever a URI stands. Names, notes and whatever else tells who somebody is stay as they are; see [records](records.md#pseudonyms).',
      format: 'choice',
      choices: ['plain', 'pseudonym'],
      default: 'plain',
    },
    pseudonymKeys: {
      doc: 'Keys of the pseudonyms, the same in all replicas. The first makes them. A new first key gives everybody a new one; keep the one before for as long as current states stand under its pseudonyms: they are ended with the next state of the user.',
      format: 'list',
      children: PSEUDONYM_KEY,
      default: [],
    },
  },
  records: {
    rawXml: { doc: "Whether every record carries its event's XML in `raw`.", format: 'flag', default: false },
  },
  limits: LIMITS,
  http: {
    host: { doc: 'Address to listen on for metrics and probes.', format: 'text', default: '0.0.0.0' },
    port: { doc: 'Port to listen on; 0 takes any free one.', format: 'port', default: 9464, min: 0, max: 65_535 },
  },
  shutdown: {
    timeoutMs: {
      doc: 'How long SIGTERM may take to finish what is under way. Keep it below the grace period of whoever sends it.',
      format: 'milliseconds',
      default: 20_000,
      min: 100,
      max: 600_000,
    },
  },
  log: {
    level: {
      doc: 'Least serious line that is written. What people wrote appears at `trace` at most, secrets never.',
      format: 'choice',
      choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      default: 'info',
    },
  },
} as const satisfies Section;

/** One sentence for each top-level group, for the reference page. */
export const SECTION_DOCS: Readonly<Record<keyof typeof SCHEMA, string>> = {
  installation: 'The deployment as a whole.',
  sites: 'The CWA servers (farms) that accounts sign in to.',
  accounts: 'The service accounts and the users whose presence they watch.',
  pools: 'Watch lists that several accounts share.',
  watch: 'Rules over all watch lists.',
  signIn: 'The sign-in budget: restarts and faults must not lock an account.',
  kafka: 'Where records and progress go.',
  session: 'How a session with a CWA server is led.',
  sealing: 'Keys for hand-over of sessions between replicas.',
  presence: 'The current state of each user.',
  signin: 'Sign-in edges.',
  privacy: 'What becomes of texts that people wrote: `keep`, `hash` (SHA-256) or `drop`; and how people are named.',
  records: 'What records carry.',
  limits: 'Bounds of one server answer. What is larger is refused and becomes a dead letter.',
  http: 'Where `/metrics`, `/livez`, `/readyz` and `/status` are served.',
  shutdown: 'The end.',
  log: 'Log lines: one JSON object a line, on standard error.',
};

/** The values as written, defaults filled in. */
export type Settings = ValuesOf<typeof SCHEMA>;

/** The same while it is still being checked: what is required may be missing, and what was wrong is its default. */
export type DraftSettings = ValuesOf<typeof SCHEMA, null>;
