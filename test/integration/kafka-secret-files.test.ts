import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { LocalCluster } from '../../dev/kafka/local-cluster.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { connectKafka } from '../../src/daemon/kafka-connection.ts';
import type { KafkajsLog } from '../../src/kafka/kafkajs/log.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/observability/log.ts';
import { CertificateAuthority, type MadeCertificate } from '../support/certificates.ts';
import { LogLines } from '../support/log-lines.ts';

const PASSWORD = 'hush-hush';
const PASSPHRASE = 'open-sesame';
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

let cluster: LocalCluster;
let authority: CertificateAuthority;
let stranger: CertificateAuthority;
let client: MadeCertificate;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([CertificateAuthority.create(), CertificateAuthority.create()]);
  const broker = await authority.issue({ alternativeNames: 'DNS:localhost,IP:127.0.0.1' });
  client = await authority.issue({ name: 'bridge' });
  const pem = join(authority.folder, 'broker.pem');
  await writeFile(pem, Buffer.concat([broker.key, broker.cert]));
  cluster = await LocalCluster.start({
    nodes: 1,
    listeners: { SASL: 'SASL_PLAINTEXT', MTLS: 'SSL' },
    formatArguments: ['-S', `SCRAM-SHA-512=[name=bridge,password=${PASSWORD}]`],
    properties: {
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.sasl.scram-sha-512.sasl.jaas.config': SCRAM,
      'listener.name.mtls.ssl.keystore.type': 'PEM',
      'listener.name.mtls.ssl.keystore.location': pem,
      'listener.name.mtls.ssl.truststore.type': 'PEM',
      'listener.name.mtls.ssl.truststore.location': authority.caFile,
      'listener.name.mtls.ssl.client.auth': 'required',
    },
  });
});

afterAll(async () => {
  await cluster.stop();
  await authority.remove();
  await stranger.remove();
});

/** The Kafka client of such settings, and what it logs. */
async function clientOf(kafka: Readonly<Record<string, unknown>>): Promise<{ kafka: KafkajsLog; log: LogLines }> {
  const file = join(authority.folder, 'bridge.json');
  const account = { id: 'a', site: 's', user: 'u', password: 'p', uri: 'sip:a@fabrikam.example' };
  const sites = [{ name: 's', baseUrl: 'https://im.example' }];
  await writeFile(file, JSON.stringify({ sites, accounts: [account], kafka }));
  const { configuration, problems } = await loadConfiguration({ files: [file], env: {} });
  if (configuration === null) throw new Error(problems.map(formatProblem).join('\n'));
  const log = new LogLines();
  return { kafka: connectKafka(configuration, createLogger({ level: 'trace', destination: log }), systemClock), log };
}

function brokerCount(kafka: KafkajsLog): Promise<number> {
  return kafka.brokerCount(AbortSignal.timeout(30_000));
}

test('a SASL password that is corrected in its file counts from the next connection on', async () => {
  const passwordFile = join(authority.folder, 'password');
  await writeFile(passwordFile, 'WRONGCANARY\n');
  const sasl = { mechanism: 'scram-sha-512', username: 'bridge', passwordFile };
  const { kafka, log } = await clientOf({ brokers: [cluster.node(1).addressOf('SASL')], sasl });
  await expect(brokerCount(kafka)).rejects.toThrow(/SASL|authentication/i);

  await writeFile(passwordFile, `${PASSWORD}\n`);
  expect(await brokerCount(kafka)).toBe(1);
  await writeFile(passwordFile, '');
  expect(await brokerCount(kafka)).toBe(1);
  await kafka.close();
  expect(log.withMessage('secret or certificate file cannot be used: its last content counts on')).toHaveLength(1);
  expect(log.text).not.toMatch(new RegExp(`WRONGCANARY|${PASSWORD}`));
});

test('a client certificate that is renewed counts from the next connection on, with its encrypted key', async () => {
  const [certFile, keyFile, keyPassphraseFile] = ['client.pem', 'client.key', 'passphrase'].map((name) =>
    join(authority.folder, name),
  ) as [string, string, string];
  const unknown = await stranger.issue({ name: 'bridge' });
  await copyFile(unknown.certFile, certFile);
  await copyFile(await stranger.encrypt(unknown, 'old-passphrase'), keyFile);
  await writeFile(keyPassphraseFile, 'old-passphrase');
  const ssl = { enabled: true, caFile: authority.caFile, certFile, keyFile, keyPassphraseFile };
  const { kafka, log } = await clientOf({ brokers: [cluster.node(1).addressOf('MTLS')], ssl });
  await expect(brokerCount(kafka)).rejects.toThrow();

  await copyFile(client.certFile, certFile);
  await copyFile(await authority.encrypt(client, PASSPHRASE), keyFile);
  await writeFile(keyPassphraseFile, PASSPHRASE);
  expect(await brokerCount(kafka)).toBe(1);
  await kafka.close();
  expect(log.text).not.toMatch(new RegExp(`old-passphrase|${PASSPHRASE}`));
});
