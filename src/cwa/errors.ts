import { BridgeError } from '../lib/errors.ts';

/**
 * What can go wrong between the bridge and a CWA server: one class for each thing that the session loop does about
 * it. Which observation becomes which class is decided in `classify.ts`.
 *
 * No message and no context here ever holds a ticket, a cookie, a password, `signInData` or text of a document.
 */

export type TransientReason =
  | 'kerberos' // no ticket, for a reason that may pass
  | 'busy' // 408, 429, 5xx, or another status that says nothing about ticket and session
  | 'connection' // refused, reset, name not found
  | 'tls' // the certificate or the handshake
  | 'timeout' // no answer, or a stalled body
  | 'cut-body' // the body ended before its announced end: never a document
  | 'throttled' // error code 18101
  | 'server-failure' // codes 18202 and 18400: retried at the usual pace for a while only
  | 'server-tls' // code 18302: retried slowly
  | 'server-fault'; // an error code of the server's back end

/** The step may succeed when it is repeated. The cursor and the ticket are still good. */
export class TransientError extends BridgeError {
  readonly reason: TransientReason;
  /** What the server asked to wait (`Retry-After`), in milliseconds, or null. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    options: {
      readonly reason: TransientReason;
      readonly retryAfterMs?: number | null;
      readonly cause?: unknown;
      readonly context?: Readonly<Record<string, unknown>>;
    },
  ) {
    const { reason, retryAfterMs = null, cause, context } = options;
    super(message, { code: `cwa-${reason}`, disposition: 'retry', cause, context: { reason, ...context } });
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server does not know the `sid` any more. The ticket may still open a new session. */
export class SessionLostError extends BridgeError {
  constructor(message: string, context: Readonly<Record<string, unknown>> = {}) {
    super(message, { code: 'cwa-session-lost', disposition: 'reconnect', context });
  }
}

/** The ticket is not accepted any more: sign in, then open a session. */
export class TicketLostError extends BridgeError {
  constructor(message: string, context: Readonly<Record<string, unknown>> = {}) {
    super(message, { code: 'cwa-ticket-lost', disposition: 'reconnect', context });
  }
}

/** The server would not open a session for an account that is signed in. A new ticket may help, or time. */
export class SessionRefusedError extends BridgeError {
  constructor(message: string, context: Readonly<Record<string, unknown>> = {}) {
    super(message, { code: 'cwa-session-refused', disposition: 'reconnect', context });
  }
}

/** The server refused the account. Trying again with the same password would lock it out. */
export class SignInRefusedError extends BridgeError {
  constructor(message: string, context: Readonly<Record<string, unknown>> = {}) {
    super(message, { code: 'cwa-sign-in-refused', disposition: 'fatal', context });
  }
}

/** Nothing that speaks CWA answers at this address: the configuration is wrong. */
export class WrongServiceError extends BridgeError {
  constructor(message: string, context: Readonly<Record<string, unknown>> = {}, code = 'cwa-wrong-service') {
    super(message, { code, disposition: 'fatal', context });
  }
}

/**
 * The server does not offer the sign-in that is configured, or this program lacks what it needs for it. No credentials
 * were sent, so it counts as no refusal.
 */
export class SignInUnavailableError extends WrongServiceError {
  constructor(message: string, context: Readonly<Record<string, unknown>> = {}) {
    super(message, context, 'cwa-sign-in-unavailable');
  }
}

/** A request cannot be written as XML. Found by `check` before a server sees it. */
export class UnwritableRequestError extends BridgeError {
  constructor(message: string, context: Readonly<Record<string, unknown>> = {}) {
    super(message, { code: 'cwa-unwritable-request', disposition: 'fatal', context });
  }
}
