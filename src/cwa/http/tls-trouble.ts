/**
 * What is behind a TLS connection that fails, and which setting mends it.
 *
 * Servers of 2007 speak TLS 1.0 with SHA-1 certificates of 1024 bits. OpenSSL 3 refuses all three unless it is told
 * otherwise, and its words for that name neither the reason nor the setting. Some things it can no longer do at all:
 * then the remedy is to change the server, or to put a TLS proxy before it. `docs/tls.md` has the whole table; what
 * Node.js says in each case was taken from real handshakes (`test/integration/tls-*.test.ts`).
 */

/** The part of `sites[].tls` that a cause depends on. */
export interface TlsTroubleSettings {
  readonly minVersion: string;
  /** OpenSSL cipher list; null: that of Node.js. */
  readonly ciphers: string | null;
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly serverName: string | null;
}

/** What Node.js, OpenSSL or undici threw. */
export interface TlsFailure {
  readonly code: string;
  readonly message: string;
}

/** What the failure is about; a closed set, for tables and tests. */
type TlsTroubleKind =
  | 'version'
  | 'ciphers'
  | 'weak-certificate'
  | 'weak-key-exchange'
  | 'authority'
  | 'name'
  | 'validity'
  | 'client-certificate'
  | 'renegotiation'
  | 'no-tls'
  | 'closed'
  | 'own-files';

export interface TlsTrouble {
  readonly kind: TlsTroubleKind;
  /** One clause without full stop: what is wrong. */
  readonly cause: string;
  /** One clause without full stop: what to do, naming the settings. */
  readonly remedy: string;
}

/** What a server may still ask for that no setting brings back. */
const GONE = 'OpenSSL 3 has neither SSL 2 and 3 nor RC4, 3DES, DES and export ciphers';
const PROXY = 'update the server, or put a proxy that it can speak to before it';
const WEAKER = '`sites[].tls.ciphers: DEFAULT@SECLEVEL=0`';

type Explain = (tls: TlsTroubleSettings, failure: TlsFailure) => TlsTrouble;

const EXPLANATIONS: readonly (readonly [codes: RegExp, explain: Explain])[] = [
  [/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|INAPPROPRIATE_FALLBACK/, oldVersion],
  [/DH_KEY_TOO_SMALL|UNKNOWN_SECURITY_BITS/, weakKeyExchange],
  [/TOO_SMALL|TOO_WEAK/, weakCertificate],
  [/ALERT_HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|UNKNOWN_CIPHER_RETURNED|WRONG_CIPHER_RETURNED/, noCipher],
  [/NO_CIPHER_MATCH/, unknownCiphers],
  [/UNSAFE_LEGACY_RENEGOTIATION/, legacyRenegotiation],
  [/^(SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED|INVALID_CA)/, unknownAuthority],
  [/ALTNAME_INVALID|HOSTNAME_MISMATCH|UNRECOGNIZED_NAME/, wrongName],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, outOfDate],
  [
    /CERTIFICATE_REQUIRED|ALERT_(BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_|ALERT_UNKNOWN_CA|ACCESS_DENIED/,
    clientCertificate,
  ],
  [/^ERR_OSSL_|KEY_VALUES_MISMATCH|^ERR_CRYPTO_/, ownFiles],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE/, noTls],
  [/^(ECONNRESET|UND_ERR_SOCKET|EPIPE)$/, closed],
];

/**
 * Names the cause of a failed TLS connection and its remedy. Pure: it judges by the failure and the settings alone.
 * `ECONNRESET` and `UND_ERR_SOCKET` count as TLS trouble here; ask only while the connection is being made.
 *
 * @returns Null if the failure is not known as one of TLS.
 */
export function tlsTroubleOf(failure: TlsFailure, tls: TlsTroubleSettings): TlsTrouble | null {
  const code = codeOf(failure);
  const found = EXPLANATIONS.find(([codes]) => codes.test(code));
  return found === undefined ? null : found[1](tls, failure);
}

/** Whether a failure with this code is one of TLS whatever stage it comes from. */
export function isTlsFailure(failure: TlsFailure): boolean {
  return /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO|INVALID_CA|CERTIFICATE_TOO_WEAK)/.test(
    codeOf(failure),
  );
}

/** Node.js has no code for certificates that are too weak: `UNSPECIFIED`, with the words of OpenSSL. */
function codeOf({ code, message }: TlsFailure): string {
  return code === 'UNSPECIFIED' && message.includes('too weak') ? 'CERTIFICATE_TOO_WEAK' : code;
}

function oldVersion(tls: TlsTroubleSettings): TlsTrouble {
  const kind = 'version';
  const { minVersion } = tls;
  const isLax = isAllowed(tls);
  if (minVersion === 'TLSv1' && isLax) {
    const cause = 'server and bridge have no TLS version in common, though the bridge takes TLSv1 to TLSv1.3';
    return { kind, cause: `${cause}; ${GONE}`, remedy: PROXY };
  }
  if (minVersion === 'TLSv1.3') {
    return { kind, cause: 'the server does not speak TLSv1.3', remedy: 'set `sites[].tls.minVersion: TLSv1.2`' };
  }
  const cause = isLax
    ? `the server speaks no TLS version from ${minVersion} on`
    : 'the server speaks only TLS versions before TLSv1.2, which OpenSSL 3 takes at security level 0 alone';
  return { kind, cause, remedy: `set \`sites[].tls.minVersion: TLSv1\` and ${WEAKER}` };
}

function weakCertificate(tls: TlsTroubleSettings, { message }: TlsFailure): TlsTrouble {
  const kind = 'weak-certificate';
  const cause = `a certificate or key of the connection is too weak for OpenSSL 3 (${wordsOf(message)}): RSA below 2048 bits, or signed with SHA-1 or MD5`;
  const remedy = isAllowed(tls)
    ? `even security level 0 refuses it: give the server a certificate of 2048 bits signed with SHA-256, or ${PROXY}`
    : `set ${WEAKER}, or give the server a certificate of 2048 bits signed with SHA-256`;
  return { kind, cause, remedy };
}

function weakKeyExchange(tls: TlsTroubleSettings, { message }: TlsFailure): TlsTrouble {
  return {
    kind: 'weak-key-exchange',
    cause: `the server uses Diffie-Hellman parameters that are too small for OpenSSL 3 (${wordsOf(message)})`,
    remedy: isAllowed(tls) ? 'set `sites[].tls.ciphers: DEFAULT:!kDHE@SECLEVEL=0`' : `set ${WEAKER}`,
  };
}

function noCipher(tls: TlsTroubleSettings): TlsTrouble {
  const kind = 'ciphers';
  const cause = 'the server refused every cipher that the bridge offered';
  const client = tls.certFile === null ? '; or it wants a client certificate (`certFile`, `keyFile`)' : '';
  if (!isAllowed(tls)) return { kind, cause: cause + client, remedy: `set ${WEAKER}` };
  const remedy = `${GONE}: enable an AES cipher on the server (Windows Server 2003 has them since KB948963), or ${PROXY}`;
  return { kind, cause: cause + client, remedy };
}

function unknownCiphers({ ciphers }: TlsTroubleSettings): TlsTrouble {
  const kind = 'ciphers';
  const cause = `\`sites[].tls.ciphers\` (${ciphers ?? 'not set'}) names no cipher that this OpenSSL has; ${GONE}`;
  return { kind, cause, remedy: `set ${WEAKER}, or leave it out` };
}

function legacyRenegotiation(): TlsTrouble {
  return {
    kind: 'renegotiation',
    cause: 'the server does not know secure renegotiation (RFC 5746), as Windows before MS10-049',
    remedy: 'install MS10-049 (KB980436) on the server, or set `sites[].tls.legacyRenegotiation: true`',
  };
}

function unknownAuthority({ caFile }: TlsTroubleSettings, { message }: TlsFailure): TlsTrouble {
  const kind = 'authority';
  const remedy = 'put the root certificate of that authority, and intermediate ones that the server does not send,';
  return caFile === null
    ? {
        kind,
        cause: `the certificate of the server comes from no public authority (${wordsOf(message)})`,
        remedy: `${remedy} into a PEM file and name it in \`sites[].tls.caFile\``,
      }
    : {
        kind,
        cause: `no authority in \`sites[].tls.caFile\` (${caFile}) vouches for the server (${wordsOf(message)})`,
        remedy: `${remedy} into that file`,
      };
}

function wrongName({ serverName }: TlsTroubleSettings, { message }: TlsFailure): TlsTrouble {
  const expected = serverName === null ? 'the host of `sites[].baseUrl`' : `\`sites[].tls.serverName\` (${serverName})`;
  return {
    kind: 'name',
    cause: `the certificate is for another name than ${expected}: ${wordsOf(message)}`,
    remedy: 'use a name of the certificate in `sites[].baseUrl`, or set it as `sites[].tls.serverName`',
  };
}

function outOfDate(_tls: TlsTroubleSettings, { code }: TlsFailure): TlsTrouble {
  return code === 'CERT_NOT_YET_VALID'
    ? {
        kind: 'validity',
        cause: 'the certificate of the server is not valid yet',
        remedy: 'check the clock of this machine',
      }
    : {
        kind: 'validity',
        cause: 'a certificate of the server, or of an authority over it, has expired',
        remedy: 'renew it on the server; check the clock of this machine if it has not',
      };
}

function clientCertificate({ certFile }: TlsTroubleSettings, { message }: TlsFailure): TlsTrouble {
  const kind = 'client-certificate';
  return certFile === null
    ? {
        kind,
        cause: `the server wants a client certificate (${wordsOf(message)})`,
        remedy: 'set `sites[].tls.certFile` and `keyFile`',
      }
    : {
        kind,
        cause: `the server refused the client certificate in \`sites[].tls.certFile\` (${certFile}): ${wordsOf(message)}`,
        remedy: 'check with the server which authority it accepts, and that the certificate has not expired',
      };
}

function ownFiles(_tls: TlsTroubleSettings, { message }: TlsFailure): TlsTrouble {
  const cause = message.includes('decrypt')
    ? 'the key in `sites[].tls.keyFile` is encrypted, and `keyPassphraseFile` is missing or wrong'
    : message.includes('mismatch')
      ? '`sites[].tls.certFile` and `keyFile` do not belong together'
      : `a file of \`sites[].tls\` cannot be used (${wordsOf(message)})`;
  return { kind: 'own-files', cause, remedy: 'correct the files; `cwa-bridge check` looks into each' };
}

function noTls(): TlsTrouble {
  return {
    kind: 'no-tls',
    cause: 'what answers at this port does not speak TLS',
    remedy: 'correct the port in `sites[].baseUrl`, or begin it with `http:` if TLS ends at a balancer',
  };
}

/** Schannel, the TLS of Windows, closes the connection where others send an alert. */
function closed(tls: TlsTroubleSettings): TlsTrouble {
  const kind = 'closed';
  const cause =
    'the server closed the connection during the TLS handshake, as Windows does where version or ciphers do not suit it';
  const client = tls.certFile === null ? ', or a client certificate is missing (`certFile`)' : '';
  if (tls.minVersion !== 'TLSv1' || !isAllowed(tls)) {
    return { kind, cause: cause + client, remedy: `try \`sites[].tls.minVersion: TLSv1\` with ${WEAKER}` };
  }
  return {
    kind,
    cause: cause + client,
    remedy: `if it wants what is gone (${GONE}), ${PROXY}; a balancer without a server behind it closes too`,
  };
}

/** Whether the cipher list lets OpenSSL take what it holds for insecure. */
function isAllowed({ ciphers }: TlsTroubleSettings): boolean {
  return ciphers?.includes('@SECLEVEL=0') === true;
}

/** OpenSSL's errors carry an address and a source line around the words for people. */
function wordsOf(message: string): string {
  const [, words] = /:SSL routines:[^:]*:([^:]+):/.exec(message) ?? [];
  return (words ?? message.split('; if the root CA')[0] ?? message).trim();
}
