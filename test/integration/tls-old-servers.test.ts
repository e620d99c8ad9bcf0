import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { startOldTlsServer } from '../../dev/old-tls/old-tls-server.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { localhost, tlsClient } from '../support/tls-site.ts';

const PASSWORD = 'changeit';
const AES = 'TLS_RSA_WITH_AES_128_CBC_SHA';
/** Everything that OpenSSL 3 can be talked into. */
const LAX = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' };

let authority: CertificateAuthority;
let keyStore = '';

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  keyStore = await authority.bundle(await authority.issue(), PASSWORD);
});

afterAll(() => authority.remove());

/** What becomes of a poll to such a server: null, or the message. */
async function pollOf(
  server: { readonly protocol: string; readonly cipher: string; readonly isPatched?: boolean },
  tls: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  const { cipher, isPatched = true, protocol } = server;
  const site = { keyStore, password: PASSWORD, protocols: [protocol], ciphers: [cipher] };
  const old = await startOldTlsServer({ ...site, hasSecureRenegotiation: isPatched });
  onTestFinished(() => old.stop());
  const client = await tlsClient(localhost(old.port), { caFile: authority.caFile, ...tls });
  return (await client.poll())?.message ?? null;
}

describe('a server of 2007', () => {
  test('is reached with TLS 1.0 and AES', async () => {
    expect(await pollOf({ protocol: 'TLSv1', cipher: AES }, LAX)).toBeNull();
  });

  test.each(['SSL_RSA_WITH_RC4_128_SHA', 'SSL_RSA_WITH_RC4_128_MD5', 'SSL_RSA_WITH_3DES_EDE_CBC_SHA'])(
    'is out of reach with %s alone, and the message says so',
    async (cipher) => {
      const message = await pollOf({ protocol: 'TLSv1', cipher }, LAX);
      expect(message).toContain('the server refused every cipher that the bridge offered');
      expect(message).toContain('OpenSSL 3 has neither SSL 2 and 3 nor RC4, 3DES, DES');
      expect(message).toContain('KB948963');
    },
  );

  test('is out of reach with SSL 3 alone, and the message says so', async () => {
    const message = await pollOf({ protocol: 'SSLv3', cipher: AES }, LAX);
    expect(message).toContain('have no TLS version in common, though the bridge takes TLSv1 to TLSv1.3');
    expect(message).toContain('put a proxy that it can speak to before it');
  });

  test('is reached without secure renegotiation only where the site allows that', async () => {
    const server = { protocol: 'TLSv1', cipher: AES, isPatched: false };
    expect(await pollOf(server, LAX)).toContain('set `sites[].tls.legacyRenegotiation: true`');
    expect(await pollOf(server, { ...LAX, legacyRenegotiation: true })).toBeNull();
  });
});
