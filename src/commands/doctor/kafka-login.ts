import type { BridgeConfiguration } from '../../config/configuration.ts';
import { isTlsFailure, type TlsTrouble } from '../../cwa/http/tls-trouble.ts';
import type { KafkaError } from '../../kafka/kafka-error.ts';
import type { KafkajsProbe } from '../../kafka/kafkajs/probe.ts';
import { unreachable } from '../../lib/assert.ts';
import { messageOf } from '../../lib/errors.ts';
import { failed, ok, type Verdict, warning } from './verdict.ts';

/** What connecting to a broker came to. Pure. https://kafka.apache.org/protocol#protocol_error_codes */

/** At which question the broker failed. It answers the greeting (ApiVersions) to everyone, the rest after SASL. */
export type LoginStage = 'greeting' | 'first-question';

export interface LoginFailure {
  readonly error: KafkaError;
  readonly stage: LoginStage;
  /** Whether the port answers a TLS handshake although `kafka.ssl.enabled` is false. */
  readonly speaksTls: boolean;
}

type KafkaConfiguration = BridgeConfiguration['kafka'];

export function verdictOnLogin({ error, speaksTls, stage }: LoginFailure, { sasl }: KafkaConfiguration): Verdict {
  const { kafkaCode } = error;
  const said = `${kafkaCode}: ${messageOf(error.cause ?? error)}`;
  if (speaksTls) {
    return failed(
      'tls-expected',
      'the port of the broker speaks TLS and `kafka.ssl.enabled` is false',
      'set `kafka.ssl.enabled: true` (and `kafka.ssl.caFile` for a private authority), or the plain-text port in `kafka.brokers`',
    );
  }
  if (kafkaCode === 'UNSUPPORTED_SASL_MECHANISM' || said.includes('mechanism is not supported')) {
    return failed(
      'sasl-mechanism',
      `the broker does not take SASL ${sasl?.mechanism ?? ''} at this port`,
      'set `kafka.sasl.mechanism` to one that the listener has (`sasl.enabled.mechanisms` of the broker)',
    );
  }
  if (kafkaCode === 'SASL_AUTHENTICATION_FAILED' || kafkaCode === 'KafkaJSSASLAuthenticationError') {
    return failed(
      'sasl-refused',
      `the broker refused the name or password of \`kafka.sasl\` (${sasl?.mechanism ?? ''}, user ${sasl?.username ?? ''})`,
      'correct `kafka.sasl.username` and `kafka.sasl.password` or `passwordFile`; for SCRAM the user must exist on the cluster (`kafka-configs.sh --describe --entity-type users`)',
    );
  }
  if (kafkaCode === 'ILLEGAL_SASL_STATE') {
    return failed(
      'sasl-unexpected',
      'the port of the broker knows no SASL',
      'set `kafka.sasl.mechanism: none`, or the SASL port in `kafka.brokers`',
    );
  }
  if (stage === 'first-question' && sasl === null) {
    return failed(
      'sasl-required',
      'the broker greets and then closes the connection: this port wants SASL',
      'set `kafka.sasl.mechanism`, `username` and `passwordFile`, or another port in `kafka.brokers`',
    );
  }
  const remedy =
    'correct the port in `kafka.brokers` if something else listens there; else look at the log of the broker';
  return failed('not-kafka', `what listens there does not answer as a Kafka broker (${said})`, remedy);
}

export function isTlsError({ cause, kafkaCode, message }: KafkaError): boolean {
  return isTlsFailure({ code: kafkaCode, message: cause === undefined ? message : messageOf(cause) });
}

/** The words about a site's TLS, for the brokers'. Versions and ciphers have no setting there. */
export function rewordForKafka(trouble: TlsTrouble): TlsTrouble {
  const { cause, kind, remedy } = trouble;
  const said = { kind, cause: inKafka(cause), remedy: inKafka(remedy) };
  switch (kind) {
    case 'no-tls':
    case 'closed':
      return {
        kind: 'no-tls',
        cause: 'what answers at this port does not speak TLS',
        remedy: 'set `kafka.ssl.enabled: false`, or the TLS port in `kafka.brokers`',
      };
    case 'version':
    case 'ciphers':
    case 'renegotiation':
    case 'weak-key-exchange':
      return {
        ...said,
        remedy: 'enable TLSv1.2 or newer on the listener (`ssl.enabled.protocols`, `ssl.cipher.suites`)',
      };
    case 'weak-certificate':
      return { ...said, remedy: 'give the broker a certificate of 2048 bits signed with SHA-256' };
    case 'authority':
    case 'name':
    case 'validity':
    case 'client-certificate':
    case 'own-files':
      return said;
    default:
      return unreachable(kind);
  }
}

function inKafka(text: string): string {
  return text
    .replaceAll('the host of `sites[].baseUrl`', 'the host in `kafka.brokers`')
    .replaceAll('`sites[].baseUrl`', '`kafka.brokers`')
    .replaceAll('sites[].tls', 'kafka.ssl')
    .replaceAll('the server', 'the broker');
}

/** Requests by number. https://kafka.apache.org/protocol#protocol_api_keys */
const PRODUCE = 0;
const TRANSACTIONS = { InitProducerId: 22, AddPartitionsToTxn: 24, EndTxn: 26 } as const;
/** Came with Kafka 3.7 (KIP-951), the oldest that the bridge is made for. */
const PRODUCE_VERSION_MIN = 10;

/** Whether the broker can do what the bridge needs. */
export function verdictOnVersions(probe: Pick<KafkajsProbe, 'versionOf'>): Verdict {
  const missing = Object.entries(TRANSACTIONS).filter(([, apiKey]) => probe.versionOf(apiKey) === null);
  if (missing.length > 0) {
    return failed(
      'no-transactions',
      `the broker has no transactions: it does not know ${missing.map(([name]) => name).join(', ')}`,
      'use a Kafka of version 3.7 or newer, or a service that has transactions',
    );
  }
  const produce = probe.versionOf(PRODUCE);
  if (produce !== null && produce >= PRODUCE_VERSION_MIN) return ok('Kafka 3.7 or newer');
  return warning(
    'kafka-old',
    `the broker is older than Kafka 3.7 (Produce version ${String(produce)})`,
    'update it: the bridge is made for 3.7 and newer, and tested with nothing older',
  );
}
