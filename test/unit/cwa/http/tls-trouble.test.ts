import { describe, expect, test } from 'vitest';

import {
  isTlsFailure,
  type TlsFailure,
  tlsTroubleOf,
  type TlsTroubleSettings,
} from '../../../../src/cwa/http/tls-trouble.ts';

const AS_IT_COMES: TlsTroubleSettings = {
  minVersion: 'TLSv1.2',
  ciphers: null,
  caFile: null,
  certFile: null,
  serverName: null,
};
const LAX = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' };

/** As OpenSSL words it in Node.js. */
function failure(code: string, words = 'some words'): TlsFailure {
  const message = `406D093BA67F0000:error:0A000410:SSL routines:ssl3_read_bytes:${words}:../deps/openssl/x.c:918:SSL alert number 40`;
  return { code, message };
}

function troubleOf(code: string, settings: Partial<TlsTroubleSettings> = {}, words?: string) {
  return tlsTroubleOf(failure(code, words), { ...AS_IT_COMES, ...settings });
}

describe('TLS trouble', () => {
  test.each([
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'version', 'sites[].tls.minVersion: TLSv1`'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'version', 'sites[].tls.minVersion: TLSv1`'],
    ['ERR_SSL_TLSV1_ALERT_INAPPROPRIATE_FALLBACK', 'version', 'sites[].tls.minVersion: TLSv1`'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'ciphers', 'sites[].tls.ciphers: DEFAULT@SECLEVEL=0'],
    ['ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY', 'ciphers', 'sites[].tls.ciphers: DEFAULT@SECLEVEL=0'],
    ['ERR_SSL_UNKNOWN_CIPHER_RETURNED', 'ciphers', 'sites[].tls.ciphers: DEFAULT@SECLEVEL=0'],
    ['ERR_SSL_NO_CIPHER_MATCH', 'ciphers', 'or leave it out'],
    ['ERR_SSL_EE_KEY_TOO_SMALL', 'weak-certificate', 'sites[].tls.ciphers: DEFAULT@SECLEVEL=0'],
    ['ERR_SSL_CA_MD_TOO_WEAK', 'weak-certificate', 'sites[].tls.ciphers: DEFAULT@SECLEVEL=0'],
    ['ERR_SSL_DH_KEY_TOO_SMALL', 'weak-key-exchange', 'sites[].tls.ciphers: DEFAULT@SECLEVEL=0'],
    ['ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED', 'renegotiation', 'sites[].tls.legacyRenegotiation: true'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'authority', 'sites[].tls.caFile'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'authority', 'sites[].tls.caFile'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'authority', 'sites[].tls.caFile'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'authority', 'sites[].tls.caFile'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'name', 'sites[].tls.serverName'],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'name', 'sites[].tls.serverName'],
    ['CERT_HAS_EXPIRED', 'validity', 'renew it on the server'],
    ['CERT_NOT_YET_VALID', 'validity', 'clock of this machine'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client-certificate', 'sites[].tls.certFile'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'client-certificate', 'sites[].tls.certFile'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'client-certificate', 'sites[].tls.certFile'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'client-certificate', 'sites[].tls.certFile'],
    ['ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', 'client-certificate', 'sites[].tls.certFile'],
    ['ERR_OSSL_BAD_DECRYPT', 'own-files', 'cwa-bridge check'],
    ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'own-files', 'cwa-bridge check'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no-tls', 'sites[].baseUrl'],
    ['ECONNRESET', 'closed', 'sites[].tls.minVersion: TLSv1`'],
  ])('%s is about %s and names what to do', (code, kind, remedy) => {
    const trouble = troubleOf(code);
    expect(trouble?.kind).toBe(kind);
    expect(trouble?.remedy).toContain(remedy);
  });

  test.each(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'UNKNOWN', 'UNSPECIFIED', ''])(
    '%s is none',
    (code) => {
      expect(troubleOf(code)).toBeNull();
      expect(isTlsFailure(failure(code))).toBe(false);
    },
  );

  test.each(['EE certificate key too weak', 'CA certificate key too weak', 'CA signature digest algorithm too weak'])(
    'knows "%s", for which Node.js has no code',
    (message) => {
      const weak = { code: 'UNSPECIFIED', message };
      expect(tlsTroubleOf(weak, AS_IT_COMES)?.cause).toContain(message);
      expect(isTlsFailure(weak)).toBe(true);
    },
  );

  test('does not advise what is set already, but says what OpenSSL 3 cannot do any more', () => {
    const lax = ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'ECONNRESET'];
    for (const code of lax) {
      const { cause, remedy } = troubleOf(code, LAX) ?? expect.fail(`${code} is no trouble`);
      expect(`${cause}; ${remedy}`).toContain('OpenSSL 3 has neither SSL 2 and 3 nor RC4, 3DES, DES');
      expect(remedy).not.toContain('SECLEVEL');
    }
    expect(troubleOf('ERR_SSL_EE_KEY_TOO_SMALL', LAX)?.remedy).toMatch(/^even security level 0 refuses it/);
    expect(troubleOf('ERR_SSL_DH_KEY_TOO_SMALL', LAX)?.remedy).toContain('DEFAULT:!kDHE@SECLEVEL=0');
  });

  test('takes the word of the settings: the version alone is not enough, and the files are named', () => {
    expect(troubleOf('ERR_SSL_UNSUPPORTED_PROTOCOL', { minVersion: 'TLSv1' })?.cause).toContain('security level 0');
    expect(troubleOf('ERR_SSL_UNSUPPORTED_PROTOCOL', { minVersion: 'TLSv1.3' })?.remedy).toContain('TLSv1.2');
    expect(troubleOf('CERT_UNTRUSTED', { caFile: '/ca.pem' })?.cause).toContain('(/ca.pem)');
    expect(troubleOf('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', { certFile: '/me.pem' })?.cause).toContain('(/me.pem)');
    expect(troubleOf('ERR_TLS_CERT_ALTNAME_INVALID', { serverName: 'a.example' })?.cause).toContain('(a.example)');
    expect(troubleOf('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', { certFile: '/me.pem' })?.cause).not.toContain('wants');
  });

  test("quotes OpenSSL's words without its addresses, and Node.js' without its advice", () => {
    const alert = troubleOf('ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', {}, 'ssl/tls alert bad certificate');
    expect(alert?.cause).toBe('the server wants a client certificate (ssl/tls alert bad certificate)');
    const message = 'self-signed certificate; if the root CA is installed locally, try running Node.js with X';
    const { cause } = tlsTroubleOf({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message }, AS_IT_COMES) ?? expect.fail();
    expect(cause).toBe('the certificate of the server comes from no public authority (self-signed certificate)');
  });
});
