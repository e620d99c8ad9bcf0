import { readFile } from 'node:fs/promises';

import type { AccountConfiguration, BridgeConfiguration, SiteConfiguration } from '../config/configuration.ts';
import { CwaClient, type CwaClientOptions } from '../cwa/client.ts';
import { present } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';

/** The client of one account; it connects when it is first used. */
export async function createCwaClient(
  configuration: BridgeConfiguration,
  account: AccountConfiguration,
  clock: Clock,
  onExchange: NonNullable<CwaClientOptions['onExchange']>,
): Promise<CwaClient> {
  const { limits, session, sites } = configuration;
  const site = present(
    sites.find(({ name }) => name === account.site),
    `site ${account.site}`,
  );
  const { connectTimeoutMs: connectMs, responseTimeoutMs: responseMs } = session;
  return new CwaClient({
    baseUrl: site.baseUrl,
    tls: await tlsOf(site),
    user: account.user,
    password: () => account.password.read(),
    uri: account.uri,
    limits,
    timeouts: { connectMs, responseMs },
    clock,
    onExchange,
  });
}

async function tlsOf({ tls }: SiteConfiguration): Promise<NonNullable<CwaClientOptions['tls']>> {
  return {
    minVersion: tls.minVersion,
    rejectUnauthorized: tls.rejectUnauthorized,
    ...(tls.ciphers !== null && { ciphers: tls.ciphers }),
    ...(tls.serverName !== null && { servername: tls.serverName }),
    ...(tls.caFile !== null && { ca: await readFile(tls.caFile) }),
    ...(tls.certFile !== null && { cert: await readFile(tls.certFile) }),
    ...(tls.keyFile !== null && { key: await readFile(tls.keyFile) }),
  };
}
