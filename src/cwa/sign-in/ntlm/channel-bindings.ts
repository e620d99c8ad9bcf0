import { createHash, X509Certificate } from 'node:crypto';

/**
 * What ties an NTLM response to the TLS connection that it goes over, so that nobody in the middle can pass it on: the
 * server's certificate, as `tls-server-end-point` (RFC 5929 §4.1). Servers with "extended protection" ask for it; the
 * others ignore it.
 *
 * @param certificate The server's own, as DER.
 * @returns 16 bytes.
 */
export function channelBindingsOf(certificate: Buffer): Buffer {
  return bindingsHash(createHash(hashOf(certificate)).update(certificate).digest());
}

/**
 * The MD5 of a GSS-API channel binding without addresses (MS-NLMP §2.2.2.1, RFC 2744 §3.11).
 *
 * @param digest of the certificate.
 */
export function bindingsHash(digest: Buffer): Buffer {
  const data = Buffer.concat([Buffer.from('tls-server-end-point:', 'ascii'), digest]);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(data.length, 16);
  return createHash('md5').update(head).update(data).digest();
}

/** The hash of the certificate's own signature; SHA-256 in place of the broken ones, and where it has none. */
function hashOf(certificate: Buffer): string {
  // Absent from Node.js before 24.9.
  const { signatureAlgorithm } = new X509Certificate(certificate) as { readonly signatureAlgorithm?: string };
  return /sha(384|512)/i.exec(signatureAlgorithm ?? '')?.[0].toLowerCase() ?? 'sha256';
}
