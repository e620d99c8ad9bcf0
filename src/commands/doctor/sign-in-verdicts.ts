import { DocumentRefusedError } from '../../cwa/documents/document-refused-error.ts';
import {
  SessionLostError,
  SignInRefusedError,
  TicketLostError,
  TransientError,
  WrongServiceError,
} from '../../cwa/errors.ts';
import type { CwaFault } from '../../cwa/documents/fault.ts';
import { BridgeError } from '../../lib/errors.ts';
import { verdictOnIntegrated } from './integrated-verdicts.ts';
import { failed, type Verdict } from './verdict.ts';

/**
 * What the steps of a session meant when they failed. Pure. The words of a server are not shown: they may quote what
 * was sent; its codes are.
 */

/** SIP statuses by which OCS says that an account may not, or is not there (protocol notes, transport §9.2). */
const NOT_ENABLED: readonly (number | null)[] = [403, 404, 410];
const TOO_MANY_ENDPOINTS: readonly (number | null)[] = [413, 486];

/** @returns Null if the error is a mistake of ours, to be thrown on. */
export function verdictOnSignIn(error: unknown, accountId: string): Verdict | null {
  const integrated = verdictOnIntegrated(error);
  if (integrated !== null) return integrated;
  if (!(error instanceof SignInRefusedError)) return verdictOnStep(error);
  const { contentType, faultCode, sipCode, statusCode } = error.context;
  if (NOT_ENABLED.some((code) => code !== null && code === sipCode)) return notEnabled(`SIP code ${String(sipCode)}`);
  const isXml = typeof contentType === 'string' && contentType.includes('xml');
  if (statusCode === 200 && isXml && (faultCode ?? null) === null && sipCode === undefined) return ticketMissing();
  const status = `status ${String(statusCode)}`;
  const said = typeof faultCode === 'number' ? `${status}, error code ${String(faultCode)}` : status;
  return failed(
    'sign-in-refused',
    `the server refused user name or password (${said})`,
    `correct \`accounts[].user\`, \`password\` or \`passwordFile\` and \`uri\` of "${accountId}"; look whether the account is locked. ` +
      'Every further run with a wrong password is another failed attempt',
  );
}

function ticketMissing(): Verdict {
  return failed(
    'ticket-missing',
    'the server took the sign-in and gave no `CWA-Ticket` header',
    'look whether a proxy before the server removes the header; else the site is not the one for programs',
  );
}

function notEnabled(said: string): Verdict {
  return failed(
    'account-not-enabled',
    `the server knows the account and does not let it use Office Communications Server (${said})`,
    'enable the user for Office Communications Server in Active Directory; for a site that is reached from outside, for remote access too; compare `accounts[].uri` with its SIP address',
  );
}

/** `initiateSession`, `poll` or `terminateSession` failed. @returns Null if the error is a mistake of ours. */
export function verdictOnStep(error: unknown): Verdict | null {
  if (!(error instanceof BridgeError)) return null;
  const cause = error.message;
  if (error instanceof TicketLostError) {
    return failed(
      'ticket-refused',
      `the ticket of a moment ago was not taken (${statusOf(error)})`,
      'a balancer that leads requests to another server does this: it has to keep a client on one server (affinity by cookie); else the server forbids this account the API',
    );
  }
  if (error instanceof SessionLostError) {
    return failed(
      'session-lost',
      `the session of a moment ago is not known (${statusOf(error)})`,
      'a balancer leads requests of one session to several servers: it has to keep a client on one (affinity by cookie)',
    );
  }
  if (error instanceof WrongServiceError) {
    return failed('wrong-path', cause, 'correct `sites[].baseUrl`: the other paths of the API are not below it');
  }
  if (error instanceof DocumentRefusedError) {
    return failed('document-refused', cause, 'something else than CWA answers there, or a proxy changes what it says');
  }
  const code = error instanceof TransientError ? `server-${error.reason}` : error.code;
  return failed(code, cause, 'look at the CWA server and its event log, and try again');
}

function statusOf({ context }: BridgeError): string {
  const { faultCode, statusCode } = context;
  return `status ${String(statusCode)}${typeof faultCode === 'number' ? `, error code ${String(faultCode)}` : ''}`;
}

/** What became of `initiateSession` behind CWA is told on the data channel (protocol notes, transport §4). */
export function verdictOnOpening(fault: CwaFault | null): Verdict {
  const sip = fault?.sip?.code ?? null;
  const said = `error code ${String(fault?.code ?? 'absent')}, SIP code ${String(sip ?? 'absent')}`;
  if (NOT_ENABLED.includes(sip)) return notEnabled(said);
  if (TOO_MANY_ENDPOINTS.includes(sip)) {
    return failed(
      'too-many-endpoints',
      `the account is signed in at as many places as it may (${said})`,
      'sign the account out elsewhere, or raise the limit (8 by default) on the pool',
    );
  }
  return failed(
    'session-failed',
    `the session was opened and failed behind CWA (${said})`,
    'look at the event logs of CWA and OCS',
  );
}
