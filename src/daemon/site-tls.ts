import { constants } from 'node:crypto';

import type { SiteConfiguration } from '../config/configuration.ts';
import type { LatestFiles } from '../config/latest-files.ts';
import type { SiteTls } from '../cwa/http/connector.ts';
import { certificatesOf } from './certificates.ts';

/** How TLS is spoken to a site; its files are looked at for each connection. */
export function siteTlsOf({ tls }: Pick<SiteConfiguration, 'tls'>, files: LatestFiles): SiteTls {
  return {
    settings: tls,
    options: () => ({
      minVersion: tls.minVersion,
      rejectUnauthorized: tls.rejectUnauthorized,
      ...(tls.ciphers !== null && { ciphers: tls.ciphers }),
      ...(tls.serverName !== null && { servername: tls.serverName }),
      // Without it OpenSSL 3 ends the handshake with servers that do not know RFC 5746.
      ...(tls.legacyRenegotiation && { secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT }),
      ...certificatesOf(tls, files),
    }),
  };
}
