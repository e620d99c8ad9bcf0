import { BridgeError, messageOf } from '../lib/errors.ts';

/**
 * What an error of Kafka says about a transaction:
 *
 * - `fenced`: another producer took over the transactional id, or the broker ended the transaction for its age.
 * - `rejected`: the broker will never take these records; sending them again is useless.
 * - `denied`: a right or a password is missing; only a person can help, but nothing is lost by waiting.
 * - `unknown`: everything else. The transaction may or may not be committed.
 */
export type KafkaErrorKind = 'fenced' | 'rejected' | 'denied' | 'unknown';

/** Where it happened. Only in phase `commit` can the outcome of a transaction be in doubt. */
export type KafkaPhase = 'fence' | 'progress' | 'data' | 'commit' | 'read' | 'metadata' | 'admin';

export interface KafkaErrorOptions {
  readonly kind: KafkaErrorKind;
  /** Kafka's name of the error, such as `MESSAGE_TOO_LARGE`, or else the client's name of its class. */
  readonly kafkaCode: string;
  readonly phase: KafkaPhase;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly cause?: unknown;
}

/** An operation of Kafka failed. The publisher decides by `kind`; the rest is for people. */
export class KafkaError extends BridgeError {
  readonly kind: KafkaErrorKind;
  readonly kafkaCode: string;
  readonly phase: KafkaPhase;
  readonly topic: string | undefined;
  readonly partition: number | undefined;

  constructor(message: string, options: KafkaErrorOptions) {
    const { kind, kafkaCode, phase, topic, partition, cause } = options;
    super(message, {
      code: `kafka-${kind}`,
      disposition: 'reconnect',
      cause,
      context: {
        kafkaCode,
        phase,
        ...(topic !== undefined && { topic }),
        ...(partition !== undefined && { partition }),
      },
    });
    this.kind = kind;
    this.kafkaCode = kafkaCode;
    this.phase = phase;
    this.topic = topic;
    this.partition = partition;
  }
}

/** Kafka's protocol errors with a meaning of their own. https://kafka.apache.org/protocol#protocol_error_codes */
const KINDS: ReadonlyMap<string, KafkaErrorKind> = new Map<string, KafkaErrorKind>([
  ['INVALID_PRODUCER_EPOCH', 'fenced'],
  ['PRODUCER_FENCED', 'fenced'],
  ['MESSAGE_TOO_LARGE', 'rejected'],
  ['RECORD_LIST_TOO_LARGE', 'rejected'],
  ['INVALID_RECORD', 'rejected'],
  ['INVALID_TIMESTAMP', 'rejected'],
  ['UNSUPPORTED_COMPRESSION_TYPE', 'rejected'],
  ['POLICY_VIOLATION', 'rejected'],
  ['TOPIC_AUTHORIZATION_FAILED', 'denied'],
  ['GROUP_AUTHORIZATION_FAILED', 'denied'],
  ['CLUSTER_AUTHORIZATION_FAILED', 'denied'],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'denied'],
  ['SASL_AUTHENTICATION_FAILED', 'denied'],
  ['KafkaJSSASLAuthenticationError', 'denied'],
]);

/** What to tell a person about errors whose name says too little. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  [
    'KafkaJSGroupCoordinatorNotFound',
    'Either the coordinator is not available (brokers down or starting), or a right is missing: ' +
      'WRITE on the transactional ids, READ on the consumer groups, both prefixed with the installation.',
  ],
  ['OPERATION_NOT_ATTEMPTED', 'Probably WRITE is missing on one of the topics of the transaction.'],
]);

/**
 * The name of what went wrong, looked for in the error and its causes: wrappers hide the protocol error, and a bare
 * `Error` occurs too (kafka-facts §5).
 */
export function kafkaCodeOf(error: unknown): string {
  let fallback = 'UNEXPECTED';
  let current: unknown = error;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    const { type, code, name, cause, errors } = current as Readonly<Record<string, unknown>>;
    // The client does not know the newer error codes by name.
    if (code === 90 || (code === -99 && /\b90\b/.test(messageOf(current)))) return 'PRODUCER_FENCED';
    if (typeof type === 'string' && /^[A-Z_]+$/.test(type)) return type;
    if (typeof code === 'string' && code !== '') return code;
    if (typeof name === 'string' && name !== 'Error' && !WRAPPERS.has(name)) fallback = name;
    current = cause ?? (Array.isArray(errors) ? (errors as readonly unknown[])[0] : undefined);
  }
  return fallback;
}

const WRAPPERS: ReadonlySet<string> = new Set([
  'KafkaJSNonRetriableError',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSAggregateError',
]);

export function kindOf(kafkaCode: string): KafkaErrorKind {
  return KINDS.get(kafkaCode) ?? 'unknown';
}

const UNREACHABLE = '(No broker of kafka.brokers answers: cwa-bridge doctor tries each.)';

/** The client says it in a bare error, or with the code of the socket. */
function isUnreachable(error: unknown, kafkaCode: string): boolean {
  return kafkaCode === 'ECONNREFUSED' || (kafkaCode === 'UNEXPECTED' && messageOf(error) === 'Broker not connected');
}

/** Translates whatever a client threw. An error that is ours already is returned as it is. */
export function toKafkaError(
  error: unknown,
  doing: string,
  where: { readonly phase: KafkaPhase; readonly topic?: string; readonly partition?: number },
): KafkaError {
  if (error instanceof KafkaError) return error;
  const kafkaCode = kafkaCodeOf(error);
  const remedy = REMEDIES.get(kafkaCode) ?? (isUnreachable(error, kafkaCode) ? UNREACHABLE : undefined);
  const message = `Kafka: ${doing} failed with ${kafkaCode}: ${messageOf(error)}${remedy === undefined ? '' : ` ${remedy}`}`;
  return new KafkaError(message, { ...where, kind: kindOf(kafkaCode), kafkaCode, cause: error });
}
