import type { ConnectionOptions } from 'node:tls';

import type { BridgeConfiguration } from '../config/configuration.ts';
import type { LatestFiles } from '../config/latest-files.ts';
import { KafkajsLog, type KafkajsLogOptions } from '../kafka/kafkajs/log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { certificatesOf } from './certificates.ts';
import { loggedFiles } from './latest-files.ts';

/** Reading back one shard may take as long as a partition of progress takes to read; it is compacted and small. */
const READ_TIMEOUT_MS = 60_000;

/** The Kafka client of a configuration. Certificates and passwords are looked at for each connection. */
export function connectKafka(
  configuration: BridgeConfiguration,
  log: Log,
  clock: Clock,
  files: LatestFiles = loggedFiles(log),
): KafkajsLog {
  return new KafkajsLog(kafkaOptionsOf(configuration, log, clock, files));
}

/** How a configuration connects to Kafka. */
export function kafkaOptionsOf(
  configuration: BridgeConfiguration,
  logger: Log,
  clock: Clock,
  files: LatestFiles,
): KafkajsLogOptions {
  const { installation, kafka } = configuration;
  return {
    installation,
    brokers: kafka.brokers,
    ssl: kafka.ssl.enabled ? () => sslOf(configuration, files) : null,
    sasl: saslOf(configuration, files),
    connectionTimeoutMs: kafka.connectionTimeoutMs,
    requestTimeoutMs: kafka.requestTimeoutMs,
    transactionTimeoutMs: kafka.transactionTimeoutMs,
    readTimeoutMs: READ_TIMEOUT_MS,
    logger,
    clock,
  };
}

/** How the brokers' TLS connections are made: the files as they are now. */
export function sslOf({ kafka: { ssl } }: BridgeConfiguration, files: LatestFiles): ConnectionOptions {
  return {
    rejectUnauthorized: ssl.rejectUnauthorized,
    ...(ssl.serverName !== null && { servername: ssl.serverName }),
    ...certificatesOf(ssl, files),
  };
}

/** kafkajs asks for the property in each SASL exchange. */
function saslOf({ kafka: { sasl } }: BridgeConfiguration, files: LatestFiles): KafkajsLogOptions['sasl'] {
  if (sasl === null) return null;
  const { mechanism, username, password } = sasl;
  return {
    mechanism,
    username,
    get password() {
      return password.latest(files);
    },
  };
}
