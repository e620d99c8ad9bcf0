import { classifyFault } from './classify.ts';
import type { DocumentLimits } from './documents/document-limits.ts';
import { DocumentRefusedError } from './documents/document-refused-error.ts';
import { eventsAnswerOf, eventsEnvelopeOf } from './documents/envelope.ts';
import type { EventsAnswer, EventsEnvelope } from './documents/envelope.ts';
import { SessionLostError } from './errors.ts';
import { faultOf } from './documents/fault.ts';
import type { CwaFault } from './documents/fault.ts';
import { DATA_PATH, ERROR, EVENTS, RESPONSES } from './protocol.ts';
import { readAnswer, readAnswerEnvelope, throwIfNotSuccess } from './documents/read-answer.ts';
import type { ReadDocument } from './documents/read-document.ts';
import { responsesAnswerOf } from './documents/responses.ts';
import type { HttpAnswer } from './http/http-answer.ts';
import type { Transport } from './http/transport.ts';
import { attributeOf, isNamed } from './documents/vocabulary.ts';

/**
 * The data channel: one GET, one `cwaEvents` document. The GET acknowledges everything up to its AckId, so nobody
 * but the owner of the committed cursor may choose that value (invariant I1).
 */
export interface PollRequest {
  readonly sid: string;
  /** Verbatim as the server gave it; "0" in a new session. */
  readonly ackId: string;
  /** `UA`: whether the user was active since the last poll, which is what keeps a session alive. */
  readonly isUserActive: boolean;
}

export type PollResult =
  | {
      readonly kind: 'events';
      readonly answer: EventsAnswer;
      /** Milliseconds since the epoch. */
      readonly receivedAt: number;
      readonly bodyBytes: number;
      /** The answer as it came, for the dead letter of one that Kafka refuses. */
      readonly body: Uint8Array;
    }
  /** 204 or an empty body: no document, so no new ackId either. */
  | { readonly kind: 'nothing'; readonly receivedAt: number };

export interface PollStep {
  readonly transport: Transport;
  readonly limits: DocumentLimits;
}

/** @throws the errors of `classify.ts`, and {@link DocumentRefusedError} with the answer inside. */
export async function poll(step: PollStep, request: PollRequest, signal: AbortSignal): Promise<PollResult> {
  const answer = await get(step, request, signal);
  const { receivedAt, bodyBytes, body } = answer;
  const events = isBlank(answer) ? null : readEvents(answer, step.limits);
  if (events === null) return { kind: 'nothing', receivedAt };
  return { kind: 'events', answer: events, receivedAt, bodyBytes, body };
}

export interface KeepAliveResult {
  /** Null if the answer had no document. Its ackId is not to be used: the events were not read. */
  readonly envelope: EventsEnvelope | null;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** The root's start tag is in here; the events behind it are dropped unread. */
const KEPT_BYTES_MAX = 64 * 1024;

/**
 * Keeps the session alive while nothing can be published: the committed ackId again, the ticket taken over, the
 * events dropped. The server gives them again, since they stay unacknowledged (design §4.7).
 */
export async function keepAlivePoll(
  step: PollStep,
  request: PollRequest,
  signal: AbortSignal,
): Promise<KeepAliveResult> {
  const answer = await get(step, request, signal, KEPT_BYTES_MAX);
  const { receivedAt } = answer;
  if (isBlank(answer)) return { envelope: null, receivedAt };
  const { root, warnings } = readAnswerEnvelope(answer, [EVENTS, RESPONSES], step.limits);
  const envelope = isNamed(root, EVENTS) ? eventsEnvelopeOf(root, warnings) : readEvents(answer, step.limits);
  return { envelope, receivedAt };
}

function get(
  { transport }: PollStep,
  request: PollRequest,
  signal: AbortSignal,
  keptBytesMax?: number,
): Promise<HttpAnswer> {
  const { sid, ackId, isUserActive } = request;
  const query = `?Sid=${encodeURIComponent(sid)}&AckId=${encodeURIComponent(ackId)}&UA=${String(isUserActive)}`;
  const kept = keptBytesMax === undefined ? {} : { keptBytesMax };
  return transport.exchange({ channel: 'data', method: 'GET', path: DATA_PATH, query, ...kept }, signal);
}

/** An answer that says "nothing" by saying nothing (protocol notes, transport §6.4). */
function isBlank(answer: HttpAnswer): boolean {
  throwIfNotSuccess(answer);
  return answer.statusCode === 204 || answer.bodyBytes === 0 || (answer.body.length < 64 && isWhiteSpace(answer.body));
}

function isWhiteSpace(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function readEvents(answer: HttpAnswer, limits: DocumentLimits): EventsAnswer {
  const document = readAnswer(answer, [EVENTS, RESPONSES], limits);
  if (isNamed(document.root, RESPONSES)) return eventsInResponses(answer, document);
  const events = eventsAnswerOf(document.root, document.warnings);
  const faults = events.events.filter((event) => isNamed(event, ERROR) && attributeOf(event, 'eid') === null);
  const [fault] = faults;
  // Beside events, such an element is one more unknown event, which is kept; alone it is the server's answer.
  if (fault !== undefined && faults.length === events.events.length) throw refusedPoll(answer, faultOf(fault));
  return events;
}

/** `cwaResponses` on the data channel: a refusal, or one `cwaEvents` document in a wrapping (events §1.2). */
function eventsInResponses(answer: HttpAnswer, { root, warnings }: ReadDocument): EventsAnswer {
  const { responses, nestedEvents } = responsesAnswerOf(root, warnings);
  const [only] = nestedEvents;
  if (only !== undefined && nestedEvents.length === 1) return { ...only, warnings: [...warnings, ...only.warnings] };
  const refusal = responses.find(
    ({ outcome }) => outcome === 'failed' || outcome === 'rejected' || outcome === 'error',
  );
  if (refusal !== undefined) throw refusedPoll(answer, refusal.fault);
  const detail = 'the root element is cwaResponses and holds no cwaEvents';
  throw new DocumentRefusedError('wrongRoot', detail, { line: 1, column: 1 }).withAnswer(answer);
}

/** A poll has nothing in it that could be wrong but its session, so a refusal without known code is about that. */
function refusedPoll(answer: HttpAnswer, fault: CwaFault | null): Error {
  const known = fault === null ? null : classifyFault(answer, fault);
  if (known !== null) return known;
  const { operation, statusCode } = answer;
  const code = fault?.code ?? null;
  const what = `${operation}: the server refused the poll (error code ${String(code ?? 'absent')})`;
  return new SessionLostError(`${what}; a new session is opened`, { operation, statusCode, faultCode: code });
}
