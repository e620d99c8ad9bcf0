import type { ConnectionOptions } from 'node:tls';

import type { LatestFiles } from '../config/latest-files.ts';
import type { Secret } from '../config/secret.ts';

/** The certificate files of a site or of Kafka. */
interface CertificateSettings {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  readonly keyPassphrase: Secret | null;
}

/**
 * What the files hold now, as TLS takes it.
 *
 * @throws {@link SecretUnreadableError} if one of them was not good yet.
 */
export function certificatesOf(
  { caFile, certFile, keyFile, keyPassphrase }: CertificateSettings,
  files: LatestFiles,
): Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase'> {
  return {
    ...(caFile !== null && { ca: files.read(caFile, pemFault) }),
    ...(certFile !== null && { cert: files.read(certFile, pemFault) }),
    ...(keyFile !== null && { key: files.read(keyFile, pemFault) }),
    ...(keyPassphrase !== null && { passphrase: keyPassphrase.latest(files) }),
  };
}

/** Half a file, as it stands for a moment where files are not replaced at once, has no end. */
function pemFault(content: Buffer): string | null {
  return content.includes('-----END ') ? null : 'it is not PEM';
}
