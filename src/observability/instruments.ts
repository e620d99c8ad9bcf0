import type { LabelSet } from './label-sets.ts';

/** What every name begins with. */
export const METRIC_PREFIX = 'cwa_bridge_';

/** One instrument: everything that code and `docs/metrics.md` know about it. */
export interface Instrument {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** Without the prefix; base unit last, `_total` after it on counters. */
  readonly name: string;
  readonly help: string;
  /** What a bad value looks like and what it means, for whoever is on call. */
  readonly bad: string;
  /** Label → the closed set that its values come from. */
  readonly labels: Readonly<Record<string, LabelSet>>;
  /** Upper bounds of the buckets, in the base unit. */
  readonly buckets?: readonly number[];
  /** True for a gauge that does not exist before it is first set: 0 would be a lie. */
  readonly startsUnknown?: true;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;
const ANSWER_BYTES = [
  256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 33_554_432,
] as const;

const PER_ACCOUNT = { account: 'account' } as const;

/** Every instrument of the program. */
export const INSTRUMENTS = {
  // The data channel.
  polls: {
    kind: 'counter',
    name: 'polls_total',
    help: 'Polls of the data channel by outcome.',
    bad: 'Outcomes other than `events`, `nothing` and `keep-alive` grow: the server or the way to it is ill. None grow: the account does not poll.',
    labels: { account: 'account', outcome: 'pollOutcome' },
  },
  pollDuration: {
    kind: 'histogram',
    name: 'poll_duration_seconds',
    help: 'From sending a poll to having its whole answer.',
    bad: 'Rises towards `session.responseTimeoutMs`: the server is slow, or holds polls (then it is normal).',
    labels: { site: 'site' },
    buckets: SECONDS,
  },
  lastSuccessfulPoll: {
    kind: 'gauge',
    name: 'last_successful_poll_timestamp_seconds',
    help: 'When a poll last brought a readable answer, in seconds since the epoch; 0 before the first.',
    bad: 'Older than a few minutes: nothing is heard of this account. The first alert to set.',
    labels: PER_ACCOUNT,
  },
  answerSize: {
    kind: 'histogram',
    name: 'answer_size_bytes',
    help: 'Body size of data-channel answers.',
    bad: 'Near `limits.bodyBytesMax`: answers are about to be refused.',
    labels: {},
    buckets: ANSWER_BYTES,
  },
  receivedBytes: {
    kind: 'counter',
    name: 'received_bytes_total',
    help: 'Bytes of HTTP bodies received from the CWA server.',
    bad: 'Stands still while polls go on: answers are empty.',
    labels: { site: 'site' },
  },
  eventsReceived: {
    kind: 'counter',
    name: 'events_received_total',
    help: 'Events of accepted answers by element name, repeats included.',
    bad: '`userPresence` stops while users are at work: subscriptions are gone. `other` grows: the server sends what nobody documented.',
    labels: { account: 'account', event: 'event' },
  },
  repeatsDropped: {
    kind: 'counter',
    name: 'repeats_dropped_total',
    help: 'Events that the server sent again and that are already published. Not a loss.',
    bad: 'Grows steadily: acknowledgements do not reach the server.',
    labels: PER_ACCOUNT,
  },
  possibleRepeats: {
    kind: 'counter',
    name: 'possible_repeats_total',
    help: 'Events published with origin `replay`, because they cannot be told from a repeat.',
    bad: 'Any growth: consumers may see an event twice.',
    labels: PER_ACCOUNT,
  },
  unknownThings: {
    kind: 'counter',
    name: 'unknown_things_total',
    help: 'Things that the schema does not know, kept in generic form, by kind.',
    bad: 'Grows: the server was changed; look into `cwa.unknown` and `extensions`.',
    labels: { kind: 'unknownKind' },
  },
  warnings: {
    kind: 'counter',
    name: 'warnings_total',
    help: 'Warnings that records carry, by code.',
    bad: 'A code that was rare becomes frequent: see its meaning in the record reference.',
    labels: { code: 'warning' },
  },

  // Sessions.
  sessionState: {
    kind: 'gauge',
    name: 'session_state',
    help: '1 for the state that the account is in, 0 for the others.',
    bad: '`quarantined` or `stopped` is 1: a person has to act. `opening` stays 1: no session comes about.',
    labels: { account: 'account', state: 'sessionState' },
  },
  sessionTimeLeft: {
    kind: 'gauge',
    name: 'session_time_left_seconds',
    help: 'Time until the session dies without user activity, as the server said last.',
    bad: 'Falls towards 0: the session is not kept alive.',
    labels: PER_ACCOUNT,
    startsUnknown: true,
  },
  consecutiveFailures: {
    kind: 'gauge',
    name: 'consecutive_failures',
    help: 'Failed steps in a row.',
    bad: 'Above 0 for long: see the last error in `/status`.',
    labels: PER_ACCOUNT,
  },
  signInAttempts: {
    kind: 'counter',
    name: 'sign_in_attempts_total',
    help: 'Sign-ins by outcome.',
    bad: '`refused` grows: wrong password; after two the account stops so that the domain does not lock it. `accepted` grows quickly: sessions do not last.',
    labels: { site: 'site', account: 'account', outcome: 'signInOutcome' },
  },
  sessionTimeLow: {
    kind: 'gauge',
    name: 'session_time_low',
    help: '1 while less than a fifth of its longest time is left to the session although polls say that a person is active.',
    bad: '1: the server does not count polls as activity; the session will end, and a new one begins with a gap.',
    labels: PER_ACCOUNT,
  },
  ackIdOddities: {
    kind: 'counter',
    name: 'ack_id_oddities_total',
    help: 'Answers whose `ackId` was lower than ours, missing, not a number, of another session, or moved further than the answer has events.',
    bad: '`lowered`, `missing`, `invalid` or `foreign-session` grow: the server, or something between it and the bridge, mixes answers up. `ran-ahead` now and then is legal; a canary follows each.',
    labels: { account: 'account', oddity: 'ackIdOddity' },
  },
  canaries: {
    kind: 'counter',
    name: 'canaries_total',
    help: "Queries of the account's own presence, by what became of them. `answered` and `failed` came over the data channel, so it works.",
    bad: '`overdue` grows: sessions poll on and hear nothing; each is given up, see the gap with reason `starved`. `refused` or `unsent`: nothing is proved.',
    labels: { account: 'account', outcome: 'canaryOutcome' },
  },
  lastCanary: {
    kind: 'gauge',
    name: 'canary_answered_timestamp_seconds',
    help: 'When a canary was last answered over the data channel, in seconds since the epoch; 0 before the first.',
    bad: 'Older than two of `session.canary.intervalMs` while `last_successful_poll_timestamp_seconds` is fresh: polls are answered, and nobody knows whether they bring anything.',
    labels: PER_ACCOUNT,
  },
  orders: {
    kind: 'counter',
    name: 'orders_total',
    help: 'What operators ordered and was carried out, by kind and by what became of it.',
    bad: '`refused` or `failed` grow: the log says why. Does not grow after an order: nobody reads the orders topic.',
    labels: { kind: 'orderKind', outcome: 'orderOutcome' },
  },
  hold: {
    kind: 'gauge',
    name: 'hold',
    help: '1 for the way in which an operator holds the account back, or for `none`; 0 for the others.',
    bad: '`paused` or `signed-out` is 1: nothing is published for the account until `cwa-bridge resume`. The sum over the accounts says how many are held back.',
    labels: { account: 'account', hold: 'hold' },
  },
  ticketRenewals: {
    kind: 'counter',
    name: 'ticket_renewals_total',
    help: 'Answers that brought a new ticket.',
    bad: 'Stops on a server that used to renew: the session ends with its ticket.',
    labels: PER_ACCOUNT,
  },
  gaps: {
    kind: 'counter',
    name: 'gaps_total',
    help: 'New generations by reason; what happened between two generations is not known.',
    bad: 'Any growth other than `first-start`: events may be missing, the snapshot heals the state.',
    labels: { account: 'account', reason: 'gapReason' },
  },
  deadLetters: {
    kind: 'counter',
    name: 'dead_letters_total',
    help: 'Documents and records given up, by reason.',
    bad: 'Any growth: look into the dead-letter topic.',
    labels: { reason: 'deadLetterReason' },
  },

  // Kafka.
  recordsPublished: {
    kind: 'counter',
    name: 'records_published_total',
    help: 'Records in committed transactions, by topic.',
    bad: 'Stands still while events are received: nothing is committed.',
    labels: { topic: 'topic' },
  },
  publishedBytes: {
    kind: 'counter',
    name: 'published_bytes_total',
    help: 'Bytes of keys and values in committed transactions, by topic.',
    bad: 'Grows much faster than the records: they have become large.',
    labels: { topic: 'topic' },
  },
  commitDuration: {
    kind: 'histogram',
    name: 'commit_duration_seconds',
    help: 'From opening a transaction to its commit being known.',
    bad: 'Above a second: the brokers are slow, and every session waits for them.',
    labels: {},
    buckets: SECONDS,
  },
  transactions: {
    kind: 'counter',
    name: 'transactions_total',
    help: 'Transactions by outcome.',
    bad: '`failed` or `ambiguous` (the commit itself failed) grow: the brokers are ill. Nothing is lost, everything is repeated.',
    labels: { outcome: 'transactionOutcome' },
  },
  ambiguousCommits: {
    kind: 'counter',
    name: 'ambiguous_commits_total',
    help: 'Commits whose outcome had to be read back from Kafka, by what was found.',
    bad: 'Grows: connections break during commits.',
    labels: { resolution: 'ambiguousResolution' },
  },
  producerReplacements: {
    kind: 'counter',
    name: 'producer_replacements_total',
    help: 'Producers dropped and re-initialised, by the error that Kafka or its client named.',
    bad: 'Grows steadily: the brokers or the way to them are ill.',
    labels: { reason: 'replacementReason' },
  },
  fenced: {
    kind: 'counter',
    name: 'fenced_total',
    help: 'Times that another producer took over a transactional id of ours.',
    bad: 'Grows without a hand-over: two installations share a name.',
    labels: {},
  },
  shardsOwned: {
    kind: 'gauge',
    name: 'shards_owned',
    help: 'Shards that this replica publishes for.',
    bad: 'The sum over the replicas is not `kafka.shards`: some accounts have no publisher.',
    labels: {},
  },
  unacknowledged: {
    kind: 'gauge',
    name: 'unacknowledged_seconds',
    help: 'Age of the oldest answer that is received and not committed; 0 when there is none.',
    bad: 'Grows: Kafka does not take records; the session is only kept alive.',
    labels: PER_ACCOUNT,
  },
  receivedToCommitted: {
    kind: 'histogram',
    name: 'received_to_committed_seconds',
    help: 'From having an answer to its commit being known.',
    bad: 'Much above `commit_duration_seconds`: answers wait for each other in their shard.',
    labels: {},
    buckets: SECONDS,
  },
  publishTimeToReceived: {
    kind: 'histogram',
    name: 'publish_time_to_received_seconds',
    help: "From a category's `publishTime` to receiving it. Compares two clocks.",
    bad: 'Rises for all: the server or the polls lag. Jumps once: a clock was set.',
    labels: {},
    buckets: SECONDS,
  },

  // The watched users, as numbers only.
  usersConfigured: {
    kind: 'gauge',
    name: 'users_configured',
    help: 'Users that the account shall watch.',
    bad: 'Not what you configured: a watch file was not read.',
    labels: PER_ACCOUNT,
  },
  usersSubscribed: {
    kind: 'gauge',
    name: 'users_subscribed',
    help: 'Users that the session has subscribed to.',
    bad: 'Below `users_configured` for long: subscribing fails.',
    labels: PER_ACCOUNT,
  },
  usersSeen: {
    kind: 'gauge',
    name: 'users_seen',
    help: 'Users whose presence was received in this generation.',
    bad: 'Below `users_subscribed` after the snapshot: see `users_missing`.',
    labels: PER_ACCOUNT,
  },
  usersMissing: {
    kind: 'gauge',
    name: 'users_missing',
    help: 'Subscribed users of whom the last snapshot brought nothing.',
    bad: 'Above 0: these URIs do not exist or do not permit the account.',
    labels: PER_ACCOUNT,
  },
  usersRefused: {
    kind: 'gauge',
    name: 'users_refused',
    help: 'Watched users whose subscription the server refuses; they are among the missing, and tried again at growing intervals of up to an hour.',
    bad: 'Above 0: they may be unknown, forbidden or on the legacy presence model. `cwa.requests` says whom and why.',
    labels: PER_ACCOUNT,
  },
  usersStale: {
    kind: 'gauge',
    name: 'users_stale',
    help: 'Users whose current state says that it is stale.',
    bad: 'Stays above 0: their subscription is retrying or terminated. All of them: the session has been down for longer than `presence.staleAfterMs`.',
    labels: PER_ACCOUNT,
  },
  signInEdges: {
    kind: 'counter',
    name: 'sign_in_edges_total',
    help: 'Sign-in edges of watched users, by edge.',
    bad: '`lost` grows: the server stops telling. `baseline` grows without a new session: it forgets and tells again.',
    labels: { account: 'account', edge: 'signInEdge' },
  },
  usersByAvailability: {
    kind: 'gauge',
    name: 'users_by_availability',
    help: 'Users by the last availability that was received.',
    bad: 'All `Offline` or `Unknown` at once: the server lost its presence service.',
    labels: { account: 'account', availability: 'availability' },
  },

  // The process.
  heartbeatAge: {
    kind: 'gauge',
    name: 'heartbeat_age_seconds',
    help: 'Longest time since a loop of the program last turned.',
    bad: 'Grows without end: a loop hangs; `/livez` fails and says which.',
    labels: {},
  },
  watchReloads: {
    kind: 'counter',
    name: 'watch_reloads_total',
    help: 'Changed watch files that were read anew, by outcome.',
    bad: '`refused` grows: a log line names file and line, and the last good list counts on.',
    labels: { outcome: 'watchReloadOutcome' },
  },
  unusableWatchFiles: {
    kind: 'gauge',
    name: 'unusable_watch_files',
    help: 'Watch files that are gone, empty or wrong, by themselves or together, so that their last good content counts on.',
    bad: 'Above 0: a log line names file and line. The next start will fail.',
    labels: {},
  },
  unusableSecretFiles: {
    kind: 'gauge',
    name: 'unusable_secret_files',
    help: 'Secret and certificate files that cannot be read any more, or hold something else, so that their last content counts on.',
    bad: 'Above 0: a log line names the file. The next start will fail.',
    labels: {},
  },
  freezes: {
    kind: 'counter',
    name: 'freezes_total',
    help: 'Times that the whole process stood still for more than two seconds.',
    bad: 'Any growth: the machine is overloaded or was paused; sessions may have been lost meanwhile.',
    labels: {},
  },
  buildInfo: {
    kind: 'gauge',
    name: 'build_info',
    help: 'Always 1; the labels say what is running.',
    bad: 'Several versions at once for long: a roll-out is stuck.',
    labels: { version: 'version', node: 'node' },
  },
} as const satisfies Readonly<Record<string, Instrument>>;
