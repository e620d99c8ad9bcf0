import { classifyFault, signInRefused } from '../classify.ts';
import type { Credentials } from '../credentials.ts';
import type { DocumentLimits } from '../documents/document-limits.ts';
import { DocumentRefusedError } from '../documents/document-refused-error.ts';
import { TransientError } from '../errors.ts';
import type { IntegratedOptions } from './integrated-authentication.ts';
import { exchangeIntegrated } from './integrated-sign-in.ts';
import type { CwaFault } from '../documents/fault.ts';
import { RESPONSES } from '../protocol.ts';
import { readAnswer } from '../documents/read-answer.ts';
import { logonRequest } from '../requests.ts';
import type { LogonRequest } from '../requests.ts';
import { logonFieldsOf, responsesAnswerOf } from '../documents/responses.ts';
import type { ResponsesAnswer } from '../documents/responses.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import type { Transport } from '../http/transport.ts';

export interface SignInResult {
  /** The account's SIP URI as the server tells it, perhaps without scheme; null if it does not. */
  readonly uri: string | null;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

export interface SignInStep {
  readonly transport: Transport;
  readonly credentials: Credentials;
  /** Below the base URL; per site, since sites publish different ones (protocol notes, transport §3.4). */
  readonly logonPath: string;
  readonly limits: DocumentLimits;
  /** Null: by the forms channel, with user and password in the request. */
  readonly integrated: IntegratedOptions | null;
}

/**
 * Signs in, by forms or integrated with Windows: success is a `CWA-Ticket` header, not a status and not a body
 * (transport §3.1).
 * One attempt, whatever happens: repeating it is a decision about the account's lock-out, which is not made here.
 *
 * @throws {@link SignInRefusedError} if the server says no or gives no ticket; {@link TransientError},
 * {@link WrongServiceError}, {@link DocumentRefusedError} as everywhere.
 */
export async function signIn(step: SignInStep, request: LogonRequest, signal: AbortSignal): Promise<SignInResult> {
  step.credentials.forgetTicket();
  try {
    return await attempt(step, request, signal);
  } catch (error) {
    // A refusal may carry a ticket header too.
    step.credentials.forgetTicket();
    throw error;
  }
}

async function attempt(step: SignInStep, request: LogonRequest, signal: AbortSignal): Promise<SignInResult> {
  const { credentials } = step;
  const answer = await sendLogon(step, request, signal);
  const responses = readLogonAnswer(answer, step);
  const refusal = responses?.responses.find(({ outcome }) => ['failed', 'rejected', 'error'].includes(outcome));
  if (refusal !== undefined) throw refusedLogon(answer, refusal.fault);
  if (!credentials.hasTicket) throw signInRefused(answer);
  const fields = responses === null ? { uri: null, signInData: null } : logonFieldsOf(responses);
  credentials.signInData = fields.signInData;
  return { uri: fields.uri, receivedAt: answer.receivedAt };
}

async function sendLogon(step: SignInStep, logon: LogonRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { credentials, integrated, logonPath, transport } = step;
  const request = { channel: 'signIn', method: 'POST', path: logonPath, body: logonRequest(logon) } as const;
  return integrated === null
    ? transport.exchange(request, signal)
    : exchangeIntegrated({ transport, credentials, integrated }, request, signal);
}

/** Trouble behind the server is no verdict on the account; everything else is. */
function refusedLogon(answer: HttpAnswer, fault: CwaFault | null): Error {
  const trouble = fault === null ? null : classifyFault(answer, fault);
  return trouble instanceof TransientError ? trouble : signInRefused(answer, fault);
}

/** Null if there is nothing to read: the ticket alone decides, and the fields of the body are optional. */
function readLogonAnswer(answer: HttpAnswer, { credentials, limits }: SignInStep): ResponsesAnswer | null {
  if (answer.bodyBytes === 0 && answer.statusCode >= 200 && answer.statusCode < 300) return null;
  try {
    const { root, warnings } = readAnswer(answer, [RESPONSES], limits);
    return responsesAnswerOf(root, warnings);
  } catch (error) {
    if (!(error instanceof DocumentRefusedError)) throw error;
    // Without ticket it is a refusal in a form that we do not know. With one, the answer holds `signInData` that
    // we cannot read: repeat. Either way the body stays here: a sign-in answer never goes to the dead letter.
    if (!credentials.hasTicket) throw signInRefused(answer);
    throw new DocumentRefusedError(error.reason, error.detail, error);
  }
}
