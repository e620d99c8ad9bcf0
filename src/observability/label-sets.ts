/**
 * The closed sets that label values come from. A value outside its set is counted as `other`: the number of series
 * is decided by the configuration and by this program, never by what a server sends or by how many users there are.
 */
export interface LabelSets {
  readonly account: readonly string[];
  readonly site: readonly string[];
  readonly topic: readonly string[];
  /** Names of data-channel events. */
  readonly event: readonly string[];
  readonly pollOutcome: readonly string[];
  readonly signInOutcome: readonly string[];
  readonly canaryOutcome: readonly string[];
  readonly ackIdOddity: readonly string[];
  readonly signInEdge: readonly string[];
  readonly sessionState: readonly string[];
  readonly unknownKind: readonly string[];
  readonly watchReloadOutcome: readonly string[];
  readonly transactionOutcome: readonly string[];
  readonly ambiguousResolution: readonly string[];
  /** Kafka's names of errors, or the client's names of their classes; the frequent ones. */
  readonly replacementReason: readonly string[];
  /** What operators can order. */
  readonly orderKind: readonly string[];
  readonly orderOutcome: readonly string[];
  readonly hold: readonly string[];
  readonly gapReason: readonly string[];
  readonly deadLetterReason: readonly string[];
  readonly availability: readonly string[];
  readonly warning: readonly string[];
  readonly version: readonly string[];
  readonly node: readonly string[];
}

export type LabelSet = keyof LabelSets;

/** Where a value goes that its set does not know. */
export const OTHER = 'other';

/** Sets that whoever makes the instruments brings along, because their vocabulary has an owner elsewhere. */
export type OwnedLabelSet = 'gapReason' | 'warning';

/** Sets that depend neither on the configuration nor on anyone else. */
export const FIXED_LABEL_SETS: Omit<LabelSets, OwnedLabelSet | 'account' | 'site' | 'topic' | 'version' | 'node'> = {
  event: [
    'requestSucceeded',
    'requestFailed',
    'contactGroup',
    'contactGroupChanged',
    'subscribers',
    'containers',
    'selfPresence',
    'userPresence',
    'presenceSubscriptionState',
    'userRawCategories',
    'selfRawCategories',
    'configuration',
    'configurations',
    'searchResult',
    'conference',
    OTHER,
  ],
  pollOutcome: [
    'events',
    'nothing',
    'keep-alive',
    'transient',
    'session-lost',
    'ticket-lost',
    'wrong-service',
    'refused-document',
    'foreign-session',
  ],
  signInEdge: ['signedIn', 'signedOut', 'baseline', 'lost'],
  signInOutcome: ['accepted', 'refused', 'failed'],
  ackIdOddity: ['lowered', 'missing', 'invalid', 'foreign-session', 'ran-ahead'],
  canaryOutcome: ['answered', 'failed', 'refused', 'unsent', 'overdue'],
  sessionState: ['opening', 'open', 'quarantined', 'stopped'],
  orderKind: ['pause', 'resume', 'sign-out', 'refresh', 'replay', 'forget'],
  orderOutcome: ['done', 'refused', 'failed'],
  hold: ['none', 'paused', 'signed-out'],
  unknownKind: ['event', 'category', 'type', 'attribute', 'element'],
  watchReloadOutcome: ['adopted', 'refused'],
  transactionOutcome: ['committed', 'failed', 'ambiguous'],
  ambiguousResolution: ['published', 'not-published'],
  replacementReason: [
    'INVALID_PRODUCER_EPOCH',
    'PRODUCER_FENCED',
    'NOT_LEADER_FOR_PARTITION',
    'NOT_ENOUGH_REPLICAS',
    'REQUEST_TIMED_OUT',
    'CONCURRENT_TRANSACTIONS',
    'COORDINATOR_NOT_AVAILABLE',
    'NOT_COORDINATOR',
    'MESSAGE_TOO_LARGE',
    'INCOMPLETE_ANSWER',
    'SEVERAL_LEADERS',
    'KafkaJSConnectionError',
    'KafkaJSRequestTimeoutError',
    OTHER,
  ],
  deadLetterReason: [
    'malformed',
    'doctype',
    'encoding',
    'tooLarge',
    'tooDeep',
    'wrongRoot',
    'html',
    'oversizeRecord',
    'rejectedByBroker',
  ],
  availability: [
    'Unknown',
    'Available',
    'AvailableIdle',
    'Busy',
    'BusyIdle',
    'DoNotDisturb',
    'BeRightBack',
    'Away',
    'Offline',
  ],
};
