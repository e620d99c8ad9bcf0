import type { BridgeConfiguration } from '../../config/configuration.ts';
import type { LatestFiles } from '../../config/latest-files.ts';
import { kafkaOptionsOf, sslOf } from '../../daemon/kafka-connection.ts';
import { KafkaError } from '../../kafka/kafka-error.ts';
import type { KafkajsLogOptions } from '../../kafka/kafkajs/log.ts';
import { KafkajsProbe } from '../../kafka/kafkajs/probe.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { checkHandshake, explainTls, handshakeLimit, type TlsUse } from './handshake.ts';
import { isTlsError, type LoginStage, rewordForKafka, verdictOnLogin, verdictOnVersions } from './kafka-login.ts';
import type { DoctorLimits } from './limits.ts';
import { checkName, checkPort, dnsLimit, type Place, portLimit } from './network.ts';
import type { Section, StepLimit } from './section.ts';
import { failed, ok, type Outcome } from './verdict.ts';

export interface BrokerChecks {
  readonly configuration: BridgeConfiguration;
  readonly files: LatestFiles;
  readonly limits: DoctorLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** A broker that lets us in, to be closed by whoever gets it. */
export interface ReachedBroker {
  readonly address: string;
  readonly probe: KafkajsProbe;
  /** The addresses that the brokers give to clients. */
  readonly advertised: readonly string[];
}

/** How Kafka is spoken to, with the limits of `doctor`. */
export function kafkaUseOf({ configuration, files, limits, clock, log }: BrokerChecks): KafkajsLogOptions {
  const { connectMs: connectionTimeoutMs, loginMs: requestTimeoutMs } = limits;
  const readTimeoutMs = limits.progressMs;
  return { ...kafkaOptionsOf(configuration, log, clock, files), connectionTimeoutMs, requestTimeoutMs, readTimeoutMs };
}

/** Name, port, TLS, SASL and version of one broker. */
export async function checkBroker(
  address: string,
  checks: BrokerChecks,
  section: Section,
): Promise<ReachedBroker | null> {
  const { limits } = checks;
  const place = placeOf(address);
  await section.step('dns', dnsLimit(place, limits), () => checkName(place));
  await section.step('port', portLimit(place, limits), (signal) => checkPort(place, signal));
  const tls = tlsUseOf(checks);
  if (checks.configuration.kafka.ssl.enabled) {
    await section.step('tls', handshakeLimit(place, limits), (signal) => checkHandshake(place, tls, signal));
  }
  const reached = await section.step('login', silent(address, limits), (signal) =>
    logIn({ ...checks, address, place, tls }, signal),
  );
  if (reached === null) section.skip(['version']);
  else section.add('version', verdictOnVersions(reached.probe));
  return reached;
}

function placeOf(address: string): Place {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)), setting: 'kafka.brokers' };
}

function tlsUseOf({ configuration, files }: BrokerChecks): TlsUse {
  const { caFile, certFile, serverName } = configuration.kafka.ssl;
  return {
    options: () => sslOf(configuration, files),
    settings: { caFile, certFile, serverName, minVersion: 'TLSv1.2', ciphers: null },
    reword: rewordForKafka,
  };
}

function silent(address: string, { loginMs }: DoctorLimits): StepLimit {
  const verdict = failed(
    'broker-silent',
    `${address} took the connection and did not answer within ${String(loginMs)} ms`,
    'look at the broker: it may be frozen or starting; or something else listens at this port of `kafka.brokers`',
  );
  return { ms: loginMs, verdict };
}

interface Login extends BrokerChecks {
  readonly address: string;
  readonly place: Place;
  readonly tls: TlsUse;
}

async function logIn(login: Login, signal: AbortSignal): Promise<Outcome<ReachedBroker>> {
  const { address, configuration } = login;
  let stage: LoginStage = 'greeting';
  let probe: KafkajsProbe | undefined;
  try {
    probe = await KafkajsProbe.connect(address, kafkaUseOf(login), signal);
    stage = 'first-question';
    const advertised = await probe.brokers(signal);
    const { sasl } = configuration.kafka;
    const who = sasl === null ? 'without SASL' : `as ${sasl.username} by ${sasl.mechanism}`;
    return { ...ok(`connected ${who}; ${String(advertised.length)} brokers`), value: { address, probe, advertised } };
  } catch (error) {
    probe?.close();
    signal.throwIfAborted();
    if (!(error instanceof KafkaError)) throw error;
    return explain(login, { error, stage }, signal);
  }
}

async function explain(
  { configuration: { kafka }, place, tls }: Login,
  failure: { readonly error: KafkaError; readonly stage: LoginStage },
  signal: AbortSignal,
): Promise<Outcome<ReachedBroker>> {
  if (kafka.ssl.enabled && isTlsError(failure.error)) {
    return explainTls(failure.error.cause, tls, { hasKeys: true });
  }
  const handshake = kafka.ssl.enabled ? null : await checkHandshake(place, PLAIN_TRIAL, signal);
  return verdictOnLogin({ ...failure, speaksTls: handshake?.status === 'ok' }, kafka);
}

/** Only to see whether a port speaks TLS: nothing is sent over it. */
const PLAIN_TRIAL: TlsUse = {
  options: () => ({ rejectUnauthorized: false }),
  settings: { caFile: null, certFile: null, serverName: null, minVersion: 'TLSv1.2', ciphers: null },
  reword: rewordForKafka,
};
