import { unreachable } from '../lib/assert.ts';
import type { BridgeError } from '../lib/errors.ts';
import type { StatusClass } from '../lib/status-class.ts';
import { SessionLostError, SignInRefusedError, TicketLostError, TransientError, WrongServiceError } from './errors.ts';
import type { TransientReason } from './errors.ts';
import type { CwaFault } from './documents/fault.ts';
import {
  ERROR_BACK_END_TIMEOUT,
  ERROR_CONNECTION_FAILED,
  ERROR_INTERNAL_FAILURE,
  ERROR_INVALID_BACK_END_MESSAGE,
  ERROR_SESSION_NOT_FOUND,
  ERROR_THROTTLED,
  ERROR_TLS_FAILED,
} from './protocol.ts';

/**
 * From what a server answered to what the session loop does about it. No source documents which status a wrong
 * password, an expired ticket or an unknown sid gets, so these tables are the protocol notes' careful reading
 * (transport §9.2, §9.3), kept in one place.
 *
 *     sign-in    401, 403, to a logon page, 2xx without ticket    SignInRefusedError
 *     others     401, 403, 440, to a logon page, HTML with 2xx    TicketLostError
 *     all        code 18100                                       SessionLostError
 *     all        404, 405, moved for good                         WrongServiceError
 *     all        408, 429, 5xx, 18101, the rest                   TransientError
 */
export type Channel = 'signIn' | 'command' | 'data';

/** What is known about an answer without reading its document. No secrets: it goes into error contexts. */
export interface AnswerFacts {
  readonly channel: Channel;
  /** Method and path, without query. */
  readonly operation: string;
  readonly statusCode: number;
  readonly contentType: string | null;
  /** The `Location` header, or null. */
  readonly location: string | null;
  /** `Retry-After` in milliseconds, or null. */
  readonly retryAfterMs: number | null;
  /** What the configuration makes of this status; absent where it says nothing. */
  readonly configuredClass?: StatusClass | undefined;
}

/**
 * The error that a status stands for, or null for a 2xx, whose body decides.
 *
 * @param fault What the body says, if it is a CWA document: a code there is more precise than any status.
 */
export function classifyStatus(answer: AnswerFacts, fault: CwaFault | null): BridgeError | null {
  const { statusCode } = answer;
  if (statusCode >= 200 && statusCode < 300) return null;
  const byFault = fault === null ? null : classifyFault(answer, fault);
  if (byFault !== null) return byFault;
  if (answer.configuredClass !== undefined && answer.channel !== 'signIn')
    return classifyAs(answer.configuredClass, answer);
  if (statusCode >= 300 && statusCode < 400) return classifyRedirect(answer);
  if (statusCode === 401 || statusCode === 403 || statusCode === 440) return unauthorized(answer);
  if (statusCode === 404 || statusCode === 405) return wrongService(answer);
  return transient(answer);
}

/** Where a server differs from the usual, `session.statusClasses` says how. */
function classifyAs(statusClass: StatusClass, answer: AnswerFacts): BridgeError {
  switch (statusClass) {
    case 'transient':
      return transient(answer);
    case 'session-lost':
      return new SessionLostError(`${told(answer)}, by session.statusClasses a lost session`, contextOf(answer));
    case 'ticket-lost':
      return ticketLost(answer, 'by session.statusClasses a lost ticket');
    case 'wrong-service':
      return wrongService(answer);
    default:
      return unreachable(statusClass);
  }
}

function wrongService(answer: AnswerFacts): WrongServiceError {
  const advice = 'check sites[].baseUrl: this address is no Communicator Web Access site, or another version of it';
  return new WrongServiceError(`${told(answer)}; ${advice}`, contextOf(answer));
}

function transient(answer: AnswerFacts): TransientError {
  const { statusCode } = answer;
  const reason: TransientReason = statusCode === 408 ? 'timeout' : 'busy';
  const { retryAfterMs } = answer;
  return new TransientError(`${told(answer)}; it is repeated after a wait`, {
    reason,
    retryAfterMs,
    context: contextOf(answer),
  });
}

function classifyRedirect(answer: AnswerFacts): BridgeError {
  const target = redirectTarget(answer.location);
  const context = { ...contextOf(answer), redirectTarget: target };
  if (target !== null && isLogonPage(target)) {
    return answer.channel === 'signIn' ? signInRefused(answer) : ticketLost(answer, 'redirected to a logon page');
  }
  if (answer.channel === 'signIn' || answer.statusCode === 301 || answer.statusCode === 308) {
    const advice = 'redirects are not followed; set sites[].baseUrl to the address that answers itself';
    return new WrongServiceError(`${told(answer)}, a redirect to ${target ?? 'nowhere'}; ${advice}`, context);
  }
  return new TransientError(`${told(answer)}, a redirect to ${target ?? 'nowhere'}; it is repeated after a wait`, {
    reason: 'busy',
    context,
  });
}

/** Without query and user part: a redirect may carry a token there. */
function redirectTarget(location: string | null): string | null {
  if (location === null) return null;
  const [path = ''] = location.split(/[?#;]/, 1);
  return path.replace(/\/\/[^/@]*@/, '//');
}

function isLogonPage(target: string): boolean {
  return /(log|sign)[-_]?(on|in)|\/(forms|sso|iwa)\//i.test(target);
}

function unauthorized(answer: AnswerFacts): BridgeError {
  return answer.channel === 'signIn'
    ? signInRefused(answer)
    : ticketLost(answer, 'the ticket is not accepted any more');
}

function ticketLost(answer: AnswerFacts, why: string): TicketLostError {
  return new TicketLostError(`${told(answer)}: ${why}; the account signs in again`, contextOf(answer));
}

/** A 2xx whose body is a web page: the server shows people its logon page or an error page. */
export function classifyHtml(answer: AnswerFacts): BridgeError {
  return answer.channel === 'signIn' ? signInRefused(answer) : ticketLost(answer, 'the body is a web page');
}

/** A logon answer without ticket, or one that says no. `fault` is what it says, if anything. */
export function signInRefused(answer: AnswerFacts, fault: CwaFault | null = null): SignInRefusedError {
  const because = fault === null ? '' : `, ${faultText(fault)}`;
  const advice = 'check user, password and uri of the account; it is not tried again, so that it is not locked out';
  return new SignInRefusedError(`the server refused the sign-in (${told(answer)}${because}); ${advice}`, {
    ...contextOf(answer),
    ...faultContext(fault),
  });
}

/** HTTP itself refused the account: wrong password, or with Kerberos a ticket that the server cannot use. */
export function authenticationRefused(answer: AnswerFacts, scheme: string): SignInRefusedError {
  const what = `the server refused the sign-in by ${scheme} (${told(answer)})`;
  const advice =
    'check user and password of the account; with Kerberos also sites[].iwa.spn, to which account of the directory ' +
    'it belongs, and the clocks; it is not tried again, so that the account is not locked out';
  return new SignInRefusedError(`${what}; ${advice}`, contextOf(answer));
}

/** Trouble of the server and of what is behind it, and how patiently it is retried (transport §9.2). */
const SERVER_TROUBLE: ReadonlyMap<number, TransientReason> = new Map([
  [ERROR_INVALID_BACK_END_MESSAGE, 'server-failure'],
  [ERROR_BACK_END_TIMEOUT, 'server-fault'],
  [ERROR_CONNECTION_FAILED, 'server-fault'],
  [ERROR_TLS_FAILED, 'server-tls'],
  [ERROR_INTERNAL_FAILURE, 'server-failure'],
]);

/**
 * The error that a fault code stands for on its own; null for codes that concern a single request (18000, 18001,
 * 18102, 18201 …) and for faults without code: there the caller knows what was asked.
 */
export function classifyFault(answer: AnswerFacts, fault: CwaFault): BridgeError | null {
  const context = { ...contextOf(answer), ...faultContext(fault) };
  const what = `${told(answer)}, ${faultText(fault)}`;
  if (fault.code === ERROR_SESSION_NOT_FOUND) {
    return new SessionLostError(`${what}: the server does not know the session; a new one is opened`, context);
  }
  if (fault.code === ERROR_THROTTLED) {
    const { retryAfterMs } = answer;
    return new TransientError(`${what}; it is repeated after a wait`, { reason: 'throttled', retryAfterMs, context });
  }
  const reason = fault.code === null ? undefined : SERVER_TROUBLE.get(fault.code);
  if (reason === undefined) return null;
  const { retryAfterMs } = answer;
  return new TransientError(`${what}; it is repeated after a wait`, { reason, retryAfterMs, context });
}

function told(answer: AnswerFacts): string {
  return `${answer.operation} was answered with status ${String(answer.statusCode)}`;
}

/** Codes only: `reason` and `detail` are text of the server, which may quote what was sent. */
function faultText(fault: CwaFault): string {
  const sip = fault.sip?.code ?? null;
  return `error code ${String(fault.code ?? 'absent')}${sip === null ? '' : `, SIP code ${String(sip)}`}`;
}

function faultContext(fault: CwaFault | null): Readonly<Record<string, unknown>> {
  if (fault === null) return {};
  return { faultCode: fault.code, faultSubCode: fault.subCode, sipCode: fault.sip?.code ?? null };
}

function contextOf(answer: AnswerFacts): Readonly<Record<string, unknown>> {
  const { channel, operation, statusCode, contentType } = answer;
  return { channel, operation, statusCode, contentType };
}
