import type { AccountConfiguration, BridgeConfiguration } from '../config/configuration.ts';
import type { LatestFiles } from '../config/latest-files.ts';
import { CwaClient, type CwaClientOptions } from '../cwa/client.ts';
import { present } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { siteTlsOf } from './site-tls.ts';

/** The client of one account; it connects when it is first used. */
export function createCwaClient(
  configuration: BridgeConfiguration,
  account: AccountConfiguration,
  clock: Clock,
  files: LatestFiles,
  onExchange: NonNullable<CwaClientOptions['onExchange']>,
): CwaClient {
  const { limits, session, sites } = configuration;
  const site = present(
    sites.find(({ name }) => name === account.site),
    `site ${account.site}`,
  );
  const { connectTimeoutMs: connectMs, responseTimeoutMs: responseMs } = session;
  return new CwaClient({
    baseUrl: site.baseUrl,
    tls: siteTlsOf(site, files),
    user: account.user,
    password: () => account.password.read(),
    uri: account.uri,
    limits,
    timeouts: { connectMs, responseMs },
    clock,
    onExchange,
  });
}
