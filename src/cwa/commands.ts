import { BridgeError } from '../lib/errors.ts';
import { classifyFault } from './classify.ts';
import type { DocumentLimits } from './documents/document-limits.ts';
import { SessionLostError, SessionRefusedError, TransientError } from './errors.ts';
import { COMMAND_PATH, RESPONSES } from './protocol.ts';
import { readAnswer, throwIfNotSuccess } from './documents/read-answer.ts';
import { initiateSessionRequest, terminateSessionRequest } from './requests.ts';
import type { InitiateSessionRequest } from './requests.ts';
import { openedSessionOf, responsesAnswerOf } from './documents/responses.ts';
import type { CwaResponse, OpenedSession, ResponsesAnswer } from './documents/responses.ts';
import type { HttpAnswer } from './http/http-answer.ts';
import type { Transport } from './http/transport.ts';

/**
 * Requests on the command channel. An answer mostly says "accepted"; the outcome follows as an event with the same
 * rid. What concerns one request stands in the answer; what concerns the whole session stands beside it as `trouble`,
 * so that the answer can be published before anything is done about it. An answer without a readable document is
 * thrown: then the outcome is unknown, which is neither success nor failure.
 */

export interface CommandStep {
  readonly transport: Transport;
  readonly limits: DocumentLimits;
}

/** A readable answer. */
export interface CommandAnswer {
  readonly answer: ResponsesAnswer;
  /** When the body was complete, milliseconds since the epoch. */
  readonly receivedAt: number;
  /** What the answer means for the session as a whole, for the caller to throw; null if nothing is amiss. */
  readonly trouble: BridgeError | null;
}

/** The answer to `initiateSession`: a session, or the reason why there is none. */
export type SessionAnswer = CommandAnswer &
  (
    | { readonly session: OpenedSession; readonly trouble: null }
    | { readonly session: null; readonly trouble: BridgeError }
  );

/**
 * Sends a `cwaRequests` document. The trouble of its answer is a {@link SessionLostError} if any response says 18100,
 * and a {@link TransientError} if the document as a whole was throttled or met trouble behind the server.
 *
 * @throws the errors of `classify.ts` for other statuses than 2xx; {@link DocumentRefusedError} if the body is no
 * readable document.
 */
export async function sendCommand(step: CommandStep, body: string, signal: AbortSignal): Promise<CommandAnswer> {
  const answer = await post(step, body, signal);
  const responses = readResponses(answer, step);
  return { answer: responses, receivedAt: answer.receivedAt, trouble: troubleIn(responses, answer) };
}

/** The first that there is, in document order. */
function troubleIn({ responses }: ResponsesAnswer, answer: HttpAnswer): BridgeError | null {
  for (const { fault, outcome } of responses) {
    const error = fault === null ? null : classifyFault(answer, fault);
    if (error instanceof SessionLostError || (error !== null && outcome === 'error')) return error;
  }
  return null;
}

/**
 * Opens a session with the ticket at hand. Sign-in troubles inside OCS show only later, as `requestFailed` with this
 * rid on the data channel (protocol notes, transport §4). The trouble of a refusal is a {@link SessionRefusedError}:
 * the next thing to try is a full sign-in (§8).
 *
 * @throws as {@link sendCommand}.
 */
export async function initiateSession(
  step: CommandStep,
  request: InitiateSessionRequest,
  signal: AbortSignal,
): Promise<SessionAnswer> {
  const answer = await post(step, initiateSessionRequest(request), signal);
  const responses = readResponses(answer, step);
  const given = { answer: responses, receivedAt: answer.receivedAt };
  const refusal = responses.responses.find((response) => isRefusal(response, request.rid));
  if (refusal !== undefined) return { ...given, session: null, trouble: refusedSession(answer, refusal) };
  const session = openedSessionOf(responses, request.rid);
  if (session !== null) return { ...given, session, trouble: null };
  return { ...given, session: null, trouble: missingSession(answer) };
}

/**
 * Ends a session. Whatever the server answers short of trouble, a session that it no longer knows is a session ended.
 *
 * @returns null if there is no answer to read, which is no trouble either: the session is over.
 */
export async function terminateSession(
  step: CommandStep,
  request: { readonly sid: string; readonly rid: string },
  signal: AbortSignal,
): Promise<CommandAnswer | null> {
  const answer = await post(step, terminateSessionRequest(request), signal);
  try {
    throwIfNotSuccess(answer);
  } catch (error) {
    if (error instanceof SessionLostError) return null;
    throw error;
  }
  try {
    return { answer: readResponses(answer, step), receivedAt: answer.receivedAt, trouble: null };
  } catch (error) {
    if (error instanceof BridgeError) return null;
    throw error;
  }
}

function post({ transport }: CommandStep, body: string, signal: AbortSignal): Promise<HttpAnswer> {
  return transport.exchange({ channel: 'command', method: 'POST', path: COMMAND_PATH, body }, signal);
}

function readResponses(answer: HttpAnswer, { limits }: CommandStep): ResponsesAnswer {
  const { root, warnings } = readAnswer(answer, [RESPONSES], limits);
  return responsesAnswerOf(root, warnings);
}

function isRefusal({ outcome, rid }: CwaResponse, expectedRid: string): boolean {
  if (outcome === 'error') return true;
  return (outcome === 'failed' || outcome === 'rejected') && (rid === null || rid === expectedRid);
}

function missingSession({ operation, statusCode }: HttpAnswer): BridgeError {
  return new TransientError(`${operation}: the answer to initiateSession holds no session id; it is repeated`, {
    reason: 'server-fault',
    context: { operation, statusCode },
  });
}

function refusedSession(answer: HttpAnswer, { fault, name }: CwaResponse): BridgeError {
  const trouble = fault === null ? null : classifyFault(answer, fault);
  if (trouble instanceof TransientError) return trouble;
  const code = fault?.code ?? null;
  const sipCode = fault?.sip?.code ?? null;
  const { operation, statusCode } = answer;
  const codes = `${name}, error code ${String(code ?? 'absent')}, SIP code ${String(sipCode ?? 'absent')}`;
  const what = `${operation}: the server refused to open a session (${codes})`;
  const remedy = 'the account signs in again, and if that does not help, waits';
  return new SessionRefusedError(`${what}; ${remedy}`, { operation, statusCode, faultCode: code, sipCode });
}
