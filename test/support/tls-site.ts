import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { LatestFiles } from '../../src/config/latest-files.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { CwaClient } from '../../src/cwa/client.ts';
import type { TransientError } from '../../src/cwa/errors.ts';
import { siteTlsOf } from '../../src/daemon/site-tls.ts';
import { present } from '../../src/lib/assert.ts';
import { systemClock } from '../../src/lib/clock.ts';

const ANSWER = '<cwaEvents ackId="9"/>';
const NEVER = new AbortController().signal;

/** The name that the certificates of the tests are for. */
export function localhost(port: number): string {
  return `https://localhost:${String(port)}`;
}

/**
 * A server that answers every poll with nothing new, over TLS as old as `options` say; closed with the test. Each
 * connection carries one exchange.
 *
 * @returns its address.
 */
export async function startTlsSite(options: ServerOptions): Promise<string> {
  const server = createServer({ minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0', ...options }, (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/xml', Connection: 'close' }).end(ANSWER);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return localhost((server.address() as AddressInfo).port);
}

/** A client as the daemon makes it of `sites[].tls`. */
export interface TlsClient {
  /** Polls once: null, or the error. */
  poll(): Promise<TransientError | null>;
  /** What was said of its files: the file, and the error if there was one. */
  readonly heard: readonly (readonly [file: string, error: string | null])[];
}

/** @param tls `sites[].tls` as in a configuration file. */
export async function tlsClient(baseUrl: string, tls: Readonly<Record<string, unknown>>): Promise<TlsClient> {
  const folder = await mkdtemp(join(tmpdir(), 'cwa-tls-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const configFile = join(folder, 'bridge.json');
  const account = { id: 'a', site: 'old', user: 'u', password: 'p', uri: 'sip:a@fabrikam.example' };
  const content = { sites: [{ name: 'old', baseUrl, tls }], accounts: [account], kafka: { brokers: ['kafka:9092'] } };
  await writeFile(configFile, JSON.stringify(content));
  const { configuration, problems } = await loadConfiguration({ files: [configFile], env: {} });
  if (configuration === null) throw new Error(problems.map(formatProblem).join('\n'));

  const heard: [string, string | null][] = [];
  const files = new LatestFiles((file, error) => heard.push([file, error?.message ?? null]));
  const client = new CwaClient({
    baseUrl,
    tls: siteTlsOf(present(configuration.sites[0], 'the site'), files),
    user: 'u',
    password: () => Promise.resolve('p'),
    uri: null,
    clock: systemClock,
  });
  onTestFinished(() => client.close());
  return {
    heard,
    poll: () =>
      client.poll({ sid: '1', ackId: '9', isUserActive: true }, NEVER).then(
        () => null,
        (error: unknown) => error as TransientError,
      ),
  };
}
