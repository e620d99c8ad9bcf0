import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';

import type { BridgeConfiguration } from '../config/configuration.ts';
import { KafkajsLog, type KafkajsLogOptions } from '../kafka/kafkajs-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

/** Reading back one shard may take as long as a partition of progress takes to read; it is compacted and small. */
const READ_TIMEOUT_MS = 60_000;

/** The Kafka client of a configuration. Certificates and passwords are read now. */
export async function connectKafka(configuration: BridgeConfiguration, log: Log, clock: Clock): Promise<KafkajsLog> {
  const { installation, kafka } = configuration;
  return new KafkajsLog({
    installation,
    brokers: kafka.brokers,
    ssl: await sslOf(configuration),
    sasl: await saslOf(configuration),
    connectionTimeoutMs: kafka.connectionTimeoutMs,
    requestTimeoutMs: kafka.requestTimeoutMs,
    transactionTimeoutMs: kafka.transactionTimeoutMs,
    readTimeoutMs: READ_TIMEOUT_MS,
    logger: log,
    clock,
  });
}

async function sslOf({ kafka: { ssl } }: BridgeConfiguration): Promise<ConnectionOptions | null> {
  if (!ssl.enabled) return null;
  return {
    rejectUnauthorized: ssl.rejectUnauthorized,
    ...(ssl.serverName !== null && { servername: ssl.serverName }),
    ...(ssl.caFile !== null && { ca: await readFile(ssl.caFile) }),
    ...(ssl.certFile !== null && { cert: await readFile(ssl.certFile) }),
    ...(ssl.keyFile !== null && { key: await readFile(ssl.keyFile) }),
  };
}

async function saslOf({ kafka: { sasl } }: BridgeConfiguration): Promise<KafkajsLogOptions['sasl']> {
  if (sasl === null) return null;
  const { mechanism, username } = sasl;
  const password = await sasl.password.read();
  return { mechanism, username, password };
}
