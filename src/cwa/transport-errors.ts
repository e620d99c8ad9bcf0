import { messageOf } from '../lib/errors.ts';
import { TransientError } from './errors.ts';
import type { TransientReason } from './errors.ts';

/** Where an exchange broke: before the response's head was read, or in its body. */
export type ExchangePhase = 'head' | 'body';

/**
 * Turns what the HTTP client threw into the error of this program. The original is not kept as `cause`: its parser
 * errors carry the raw bytes that could not be parsed, and with them the ticket.
 */
export function translateHttpError(error: unknown, operation: string, phase: ExchangePhase): TransientError {
  const code = codeOf(error);
  const reason = reasonOf(code, phase);
  return new TransientError(`${operation} got no complete answer: ${explain(reason, error)}`, {
    reason,
    context: { operation, errorCode: code },
  });
}

function explain(reason: TransientReason, error: unknown): string {
  const message = wordsOf(error);
  if (reason === 'tls') return `${message}; check the server's certificate and sites[].tls; it is tried again slowly`;
  if (reason === 'cut-body') return `the body was cut off (${message}); it is repeated after a wait`;
  return `${message}; it is repeated after a wait`;
}

/**
 * OpenSSL's own messages hold addresses and source lines; its `reason` is the part for people. The error that gathers
 * the attempts on several addresses of one name has no message at all.
 */
function wordsOf(error: unknown): string {
  if (error instanceof Error && 'reason' in error && typeof error.reason === 'string') return error.reason;
  const message = messageOf(error);
  return message === '' ? codeOf(error) : message;
}

function reasonOf(code: string, phase: ExchangePhase): TransientReason {
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout';
  if (phase === 'body') return 'cut-body';
  return isTlsCode(code) ? 'tls' : 'connection';
}

/** Names that Node's TLS and OpenSSL give to certificates and handshakes that fail. */
function isTlsCode(code: string): boolean {
  return /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/.test(code);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
