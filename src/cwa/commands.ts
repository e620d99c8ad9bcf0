import { classifyFault } from './classify.ts';
import type { DocumentLimits } from './document-limits.ts';
import { SessionLostError, TicketLostError, TransientError } from './errors.ts';
import { COMMAND_PATH, RESPONSES } from './protocol.ts';
import { readAnswer, throwIfNotSuccess } from './read-answer.ts';
import { initiateSessionRequest, terminateSessionRequest } from './requests.ts';
import type { InitiateSessionRequest } from './requests.ts';
import { openedSessionOf, responsesAnswerOf } from './responses.ts';
import type { CwaResponse, OpenedSession, ResponsesAnswer } from './responses.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { Transport } from './transport.ts';

/**
 * Requests on the command channel. An answer mostly says "accepted"; the outcome follows as an event with the same
 * rid. What concerns the whole session is thrown, what concerns one request stands in the answer.
 */

export interface CommandStep {
  readonly transport: Transport;
  readonly limits: DocumentLimits;
}

/**
 * Sends a `cwaRequests` document.
 *
 * @throws {@link SessionLostError} if any response says 18100; {@link TransientError} if the document as a whole was
 * throttled or met trouble behind the server; {@link DocumentRefusedError} if the answer cannot be read: then the
 * outcome is unknown, which is neither success nor failure.
 */
export async function sendCommand(step: CommandStep, body: string, signal: AbortSignal): Promise<ResponsesAnswer> {
  const answer = await post(step, body, signal);
  const responses = readResponses(answer, step);
  for (const { fault, outcome } of responses.responses) {
    const error = fault === null ? null : classifyFault(answer, fault);
    if (error instanceof SessionLostError || (error !== null && outcome === 'error')) throw error;
  }
  return responses;
}

/**
 * Opens a session with the ticket at hand. Sign-in troubles inside OCS show only later, as `requestFailed` with this
 * rid on the data channel (protocol notes, transport §4). Events inside the answer need no care: the first poll says
 * AckId 0 and gets them again.
 *
 * @throws {@link TicketLostError} if the server refuses: the next thing to try is a full sign-in (§8).
 */
export async function initiateSession(
  step: CommandStep,
  request: InitiateSessionRequest,
  signal: AbortSignal,
): Promise<OpenedSession> {
  const answer = await post(step, initiateSessionRequest(request), signal);
  const responses = readResponses(answer, step);
  const refusal = responses.responses.find((response) => isRefusal(response, request.rid));
  if (refusal !== undefined) throw refusedSession(answer, refusal);
  const session = openedSessionOf(responses, request.rid);
  if (session !== null) return session;
  throw new TransientError(`${answer.operation}: the answer to initiateSession holds no session id; it is repeated`, {
    reason: 'server-fault',
    context: { operation: answer.operation, statusCode: answer.statusCode },
  });
}

/** Ends a session. Whatever the server answers short of trouble, a session that it no longer knows is a session ended. */
export async function terminateSession(
  step: CommandStep,
  request: { readonly sid: string; readonly rid: string },
  signal: AbortSignal,
): Promise<void> {
  const answer = await post(step, terminateSessionRequest(request), signal);
  try {
    throwIfNotSuccess(answer);
  } catch (error) {
    if (!(error instanceof SessionLostError)) throw error;
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

function refusedSession(answer: HttpAnswer, { fault, name }: CwaResponse): Error {
  const trouble = fault === null ? null : classifyFault(answer, fault);
  if (trouble instanceof TransientError) return trouble;
  const code = fault?.code ?? null;
  const { operation, statusCode } = answer;
  const what = `${operation}: the server refused to open a session (${name}, error code ${String(code ?? 'absent')})`;
  return new TicketLostError(`${what}; the account signs in again`, { operation, statusCode, faultCode: code });
}
