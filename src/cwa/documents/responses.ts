import { elementsOf } from '../../lib/xml.ts';
import type { XmlElement } from '../../lib/xml.ts';
import { eventsAnswerOf } from './envelope.ts';
import type { EnvelopeWarning, EventsAnswer } from './envelope.ts';
import { faultOf } from './fault.ts';
import type { CwaFault } from './fault.ts';
import {
  ERROR,
  EVENTS,
  INITIATE_SESSION_ACCEPTED,
  REQUEST_ACCEPTED,
  REQUEST_FAILED,
  REQUEST_INVALID,
  REQUEST_REJECTED,
  REQUEST_SUCCEEDED,
} from '../protocol.ts';
import { attributeOf, fieldOf, integerOf, isNamed, trimmed } from './vocabulary.ts';

/**
 * `accepted`: the outcome follows on the data channel with the same rid. `rejected`: not processed at all.
 * `error`: the whole document failed, without rid. `other`: an element that this client has no use for.
 */
type ResponseOutcome = 'accepted' | 'succeeded' | 'failed' | 'rejected' | 'error' | 'other';

/** One answer to one request. */
export interface CwaResponse {
  readonly outcome: ResponseOutcome;
  /** Element name, verbatim. */
  readonly name: string;
  /** Trimmed; null if absent or empty. May be one of an earlier process. */
  readonly rid: string | null;
  readonly fault: CwaFault | null;
  readonly element: XmlElement;
}

/** One `cwaResponses` document. Its counts contradict themselves in the samples and are not read (transport §5). */
export interface ResponsesAnswer {
  readonly sid: string | null;
  /** Zero or one for each request, in no promised order. */
  readonly responses: readonly CwaResponse[];
  /** `cwaEvents` documents inside the answer: early batches of the data channel. */
  readonly nestedEvents: readonly EventsAnswer[];
  readonly root: XmlElement;
  readonly warnings: readonly EnvelopeWarning[];
}

const OUTCOMES: readonly (readonly [name: string, outcome: ResponseOutcome])[] = [
  [REQUEST_ACCEPTED, 'accepted'],
  [INITIATE_SESSION_ACCEPTED, 'accepted'],
  [REQUEST_SUCCEEDED, 'succeeded'],
  [REQUEST_FAILED, 'failed'],
  [REQUEST_REJECTED, 'rejected'],
  [REQUEST_INVALID, 'rejected'],
  [ERROR, 'error'],
];

export function responsesAnswerOf(root: XmlElement, warnings: readonly EnvelopeWarning[] = []): ResponsesAnswer {
  const children = elementsOf(root);
  return {
    sid: trimmed(attributeOf(root, 'sid')),
    responses: children.filter((child) => !isNamed(child, EVENTS)).map(responseOf),
    nestedEvents: children.filter((child) => isNamed(child, EVENTS)).map((child) => eventsAnswerOf(child)),
    root,
    warnings,
  };
}

/** One answer to a request, on the command channel or, as an event, on the data channel (transport §5, §6.1). */
export function responseOf(element: XmlElement): CwaResponse {
  const outcome = OUTCOMES.find(([name]) => isNamed(element, name))?.[1] ?? 'other';
  const isFailure = outcome === 'failed' || outcome === 'rejected' || outcome === 'error';
  return {
    outcome,
    name: element.name,
    rid: trimmed(attributeOf(element, 'rid')),
    fault: isFailure ? faultOf(element) : null,
    element,
  };
}

/** A session that the server has opened. */
export interface OpenedSession {
  readonly sid: string;
  /** The account's SIP URI as the server knows it; null in the shape that has none. */
  readonly uri: string | null;
  readonly pollWaitTimeMs: number | null;
}

/**
 * The session in the answer to `initiateSession`, or null if there is none. Both documented shapes are read:
 * `requestAccepted` with child elements, and `initiateSessionAccepted` with attributes (transport §4).
 */
export function openedSessionOf(answer: ResponsesAnswer, rid: string): OpenedSession | null {
  const accepted = answer.responses.filter(({ outcome }) => outcome === 'accepted' || outcome === 'succeeded');
  const response =
    accepted.find((candidate) => candidate.rid === rid) ?? (accepted.length === 1 ? accepted[0] : undefined);
  if (response === undefined) return null;
  const sid = fieldOf(response.element, 'sid');
  if (sid === null) return null;
  const pollWaitTimeMs = integerOf(fieldOf(response.element, 'pollWaitTime'));
  return { sid, uri: fieldOf(response.element, 'uri'), pollWaitTimeMs };
}

/** What the answer to `logon` says beside the ticket, which is a header. */
export interface LogonFields {
  readonly uri: string | null;
  /** Opaque Base64, to be given back unchanged. Personal data and a secret: never logged, never published. */
  readonly signInData: string | null;
}

/** `uri` and `signInData` stand in `requestSucceeded` or directly below the root (events §1.2). */
export function logonFieldsOf(answer: ResponsesAnswer): LogonFields {
  const succeeded = answer.responses.find(({ outcome }) => outcome === 'succeeded' || outcome === 'accepted')?.element;
  const field = (name: string): string | null =>
    (succeeded === undefined ? null : fieldOf(succeeded, name)) ?? fieldOf(answer.root, name);
  return { uri: field('uri'), signInData: field('signInData') };
}
