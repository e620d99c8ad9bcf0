import { authenticationRefused } from '../classify.ts';
import type { Credentials } from '../credentials.ts';
import { TransientError } from '../errors.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import type { HttpAuthentication } from './http-authentication.ts';
import { offeredSchemes } from './http-authentication.ts';
import { chooseAuthentication } from './integrated-authentication.ts';
import type { IntegratedOptions } from './integrated-authentication.ts';
import type { HttpRequest, Transport } from '../http/transport.ts';

export interface IntegratedStep {
  readonly transport: Pick<Transport, 'exchange'> & {
    readonly connection: Pick<Transport['connection'], 'certificate' | 'isOpen' | 'number'>;
  };
  readonly credentials: Credentials;
  readonly integrated: IntegratedOptions;
}

/**
 * One exchange with a server that wants Windows-integrated authentication (protocol notes, transport §3.2):
 *
 *     POST                          →   401, what it offers
 *     POST, NTLM message 1          →   401, challenge          ┐ one TCP connection: it is what
 *     POST, NTLM message 3          →   200 with the ticket     ┘ becomes authenticated
 *
 * With Kerberos the second request carries the whole proof. If the connection is replaced inside the bracket, nothing
 * has been judged, and everything begins again, once. A 401 to the last message is a refusal, and never answered.
 *
 * @throws {@link SignInRefusedError} if the account is refused; {@link TransientError} if connections do not last;
 * what {@link chooseAuthentication} and {@link Transport.exchange} throw.
 */
export async function exchangeIntegrated(
  step: IntegratedStep,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const answer = (await handshake(step, request, signal)) ?? (await handshake(step, request, signal));
  if (answer !== null) return answer;
  const what = `the connection was replaced between the steps of the sign-in, twice (POST ${request.path})`;
  const advice = 'NTLM needs one that is kept alive: check the server, and proxies and balancers before it';
  throw new TransientError(`${what}; ${advice}; it is tried again after a wait`, { reason: 'connection' });
}

/** More than any mechanism needs: an end for a server that always asks for more. */
const MESSAGES_MAX = 5;

/** Null if the connection was replaced while the server waited for an answer on it. */
async function handshake(step: IntegratedStep, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer | null> {
  const { transport } = step;
  const { connection } = transport;
  let answer = await send(step, request, signal);
  if (answer.statusCode !== 401) return answer;
  const schemes = offeredSchemes(answer.challenges);
  const offer = { schemes, certificate: () => connection.certificate };
  const authentication = await chooseAuthentication(step.integrated, offer, signal);
  for (let messages = 1; messages <= MESSAGES_MAX; messages += 1) {
    const token = await authentication.next(challengeOf(answer, authentication), signal);
    if (token === null) break;
    const isContinued = messages > 1;
    if (isContinued && !(connection.isOpen && connection.number === answer.connection)) return null;
    const before = answer.connection;
    answer = await send(step, { ...request, authorization: `${authentication.scheme} ${token}` }, signal);
    if (answer.statusCode !== 401) return answer;
    if (isContinued && answer.connection !== before) return null;
  }
  throw authenticationRefused(answer, authentication.scheme);
}

/** A ticket on the way to the last answer is none: only that one decides. */
function send({ credentials, transport }: IntegratedStep, request: HttpRequest, signal: AbortSignal) {
  credentials.forgetTicket();
  return transport.exchange(request, signal);
}

function challengeOf(answer: HttpAnswer, { scheme }: HttpAuthentication): Buffer | null {
  return offeredSchemes(answer.challenges).find(({ name, token }) => name === scheme && token !== null)?.token ?? null;
}
