import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

import type { AccountConfiguration, BridgeConfiguration, SiteConfiguration } from '../config/configuration.ts';
import type { LatestFiles } from '../config/latest-files.ts';
import { CwaClient, type CwaClientOptions } from '../cwa/client.ts';
import type { IntegratedSettings } from '../cwa/sign-in/integrated-authentication.ts';
import { loadKerberosPackage } from '../cwa/sign-in/kerberos.ts';
import { present } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { parseStatusClass } from '../lib/status-class.ts';
import { siteTlsOf } from './site-tls.ts';

/** The client of one account; it connects when it is first used. */
export function createCwaClient(
  configuration: BridgeConfiguration,
  account: AccountConfiguration,
  clock: Clock,
  files: LatestFiles,
  told: Pick<CwaClientOptions, 'onExchange' | 'onOddAnswer'> = {},
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
    password: () => passwordOf(account),
    integrated: integratedOf(site),
    uri: account.uri,
    limits,
    timeouts: { connectMs, responseMs },
    clock,
    ...told,
    statusClasses: new Map(session.statusClasses.map(parseStatusClass).filter((pair) => pair !== null)),
  });
}

/**
 * The password as it is now; null where there is none, because Kerberos has a key elsewhere.
 *
 * @throws {@link SecretUnreadableError}
 */
export async function passwordOf({ password }: Pick<AccountConfiguration, 'password'>): Promise<string | null> {
  return password === null ? null : password.read();
}

/** Null: by the forms channel. */
function integratedOf({ baseUrl, iwa, signIn }: SiteConfiguration): IntegratedSettings | null {
  if (signIn === 'forms') return null;
  return {
    mechanism: iwa.mechanism,
    spn: iwa.spn ?? `HTTP/${new URL(baseUrl).hostname}`,
    // NetBIOS names are short; a pod's is not.
    workstation: (hostname().split('.')[0] ?? '').slice(0, 15).toUpperCase(),
    loadKerberos: () => loadKerberosPackage(),
    randomBytes,
  };
}
