import { messageOf } from '../../lib/errors.ts';
import { TransientError } from '../errors.ts';
import type { TransientReason } from '../errors.ts';
import { HandshakeError } from './connector.ts';
import { isTlsFailure, tlsTroubleOf } from './tls-trouble.ts';
import type { TlsTroubleSettings } from './tls-trouble.ts';

/** Where an exchange broke: before the response's head was read, or in its body. */
export type ExchangePhase = 'head' | 'body';

/**
 * Turns what the HTTP client threw into the error of this program. The original is not kept as `cause`: its parser
 * errors carry the raw bytes that could not be parsed, and with them the ticket.
 */
export function translateHttpError(
  error: unknown,
  operation: string,
  phase: ExchangePhase,
  tls: TlsTroubleSettings,
): TransientError {
  const code = codeOf(error);
  const reason = reasonOf(code, phase, error);
  const what = explainHandshake(error, reason, tls) ?? explain(reason, error);
  return new TransientError(`${operation} got no complete answer: ${what}`, {
    reason,
    context: { operation, errorCode: code },
  });
}

/** Null if the connection stood, or broke for a reason that has nothing to do with TLS. */
function explainHandshake(error: unknown, reason: TransientReason, tls: TlsTroubleSettings): string | null {
  if (!(error instanceof HandshakeError)) return null;
  const trouble = tlsTroubleOf(error, tls);
  if (trouble === null) return null;
  const again = reason === 'tls' ? 'it is tried again slowly' : 'it is repeated after a wait';
  return `${trouble.cause} (${codeOf(error)}); ${trouble.remedy}; ${again}`;
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

function reasonOf(code: string, phase: ExchangePhase, error: unknown): TransientReason {
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout';
  if (phase === 'body') return 'cut-body';
  return isTlsFailure({ code, message: messageOf(error) }) ? 'tls' : 'connection';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
