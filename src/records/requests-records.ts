import {
  CWA_NAMESPACE,
  ERROR,
  INITIATE_IM_SESSION_ACCEPTED,
  INITIATE_SESSION_ACCEPTED,
  REQUEST_ACCEPTED,
  REQUEST_FAILED,
  REQUEST_INVALID,
  REQUEST_REJECTED,
  REQUEST_SUCCEEDED,
  SEARCH_RESULT,
  VOIP_REDIRECT_SUCCEEDED,
  VOIP_REPLY_WITH_IM_ACCEPTED,
  VOIP_TERMINATE_SUCCEEDED,
} from '../cwa/protocol.ts';
import type { AdmittedEvent } from '../events/ordered-event.ts';
import { serializeXml, type XmlElement } from '../lib/xml.ts';
import { ElementReader } from './reading/element-reader.ts';
import { fieldInteger, fieldLong, fieldText, fieldToken } from './reading/fields.ts';
import { Findings } from './reading/findings.ts';
import type { RecordContext } from './record-context.ts';
import { eventHead } from './record-head.ts';
import { NO_SEARCH, readSearchResult } from './search-result.ts';
import { readError, readFailure } from './server-error.ts';
import type { RequestsRecord } from './topics/requests.ts';
import { TOPICS, type DataRecord } from './topics/topics.ts';
import { normalizeUri } from './uri.ts';
import { usersOf } from './user-slice.ts';

type Outcome = 'accepted' | 'succeeded' | 'failed' | 'rejected' | 'invalid';

/**
 * What became of requests, by the name of the element: the same on both channels (events-and-categories §4.1, §4.2,
 * §4.11, §5). Found results are a success of the search; an `error` fails everything that was asked at once.
 */
const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  [REQUEST_ACCEPTED, 'accepted'],
  [INITIATE_SESSION_ACCEPTED, 'accepted'],
  [INITIATE_IM_SESSION_ACCEPTED, 'accepted'],
  [VOIP_REPLY_WITH_IM_ACCEPTED, 'accepted'],
  [REQUEST_SUCCEEDED, 'succeeded'],
  [VOIP_REDIRECT_SUCCEEDED, 'succeeded'],
  [VOIP_TERMINATE_SUCCEEDED, 'succeeded'],
  [SEARCH_RESULT, 'succeeded'],
  [REQUEST_FAILED, 'failed'],
  [ERROR, 'failed'],
  [REQUEST_REJECTED, 'rejected'],
  [REQUEST_INVALID, 'invalid'],
]);

/** The elements that {@link recordsOfRequest} reads. */
export const REQUEST_ELEMENTS: readonly string[] = [...OUTCOMES.keys()];

/** The one record of an answer to a request, keyed by the account (events-and-categories §3.1 K3, K5). */
export function recordsOfRequest(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  const findings = new Findings(context, event.warnings);
  const reader = new ElementReader(event.element, null, findings);
  reader.attribute('eid');
  const rid = reader.attribute('rid');
  const columns = {
    ...(event.name === ERROR ? readError(reader) : readFailure(reader)),
    ...readGrant(reader),
    ...(event.name === SEARCH_RESULT ? readSearchResult(reader) : NO_SEARCH),
    ...ownRequestColumns(rid, context),
  };
  reader.finish();
  const facts = {
    recordType: event.name,
    schemaVersion: TOPICS.requests.version,
    subjectUri: null,
    subjectUriRaw: null,
    rid,
    userIndex: 0,
    userCount: usersOf(event.element).length,
    origin: event.isReplay ? 'replay' : 'live',
    raw: context.includeRaw ? findings.bounded('raw', serializeXml(event.element)) : null,
  };
  const outcome = OUTCOMES.get(event.name) ?? 'unknown';
  const hasSignInData = findings.warnings.includes('secret-removed');
  return [
    { topic: 'requests', value: { ...eventHead(event, context, facts, findings), outcome, hasSignInData, ...columns } },
  ];
}

type GrantColumns = Pick<
  RequestsRecord,
  'acceptedSid' | 'acceptedUri' | 'acceptedUriRaw' | 'pollWaitTimeMs' | 'confId' | 'acknowledgements'
>;

/**
 * What a positive answer gives: a session in either shape, an account, a conversation. Its sign-in data was emptied
 * before (see `privacy.ts`); what is left of the element is taken here, so that it does not look unknown.
 */
function readGrant(reader: ElementReader): GrantColumns {
  fieldText(reader, 'signInData');
  const acceptedUriRaw = fieldText(reader, 'uri');
  return {
    acceptedSid: fieldToken(reader, 'sid'),
    acceptedUri: acceptedUriRaw === null ? null : normalizeUri(acceptedUriRaw).uri,
    acceptedUriRaw,
    pollWaitTimeMs: fieldInteger(reader, 'pollWaitTime'),
    confId: fieldLong(reader, 'confId') ?? fieldLong(reader, 'imId'),
    acknowledgements: reader.every(isAcknowledgement, (child) => ({
      name: child.element.name,
      rid: child.attribute('rid'),
      confId: fieldLong(child, 'confId'),
    })),
  };
}

function isAcknowledgement({ name, namespace }: XmlElement): boolean {
  if (namespace !== '' && namespace !== CWA_NAMESPACE) return false;
  return name === VOIP_REDIRECT_SUCCEEDED || name === VOIP_REPLY_WITH_IM_ACCEPTED || name === VOIP_TERMINATE_SUCCEEDED;
}

/** What we know of the request ourselves. A rid may be one of an earlier process, or of nobody (§5). */
function ownRequestColumns(
  rid: string | null,
  { receivedAt, requestOf }: RecordContext,
): Pick<RequestsRecord, 'method' | 'concerns' | 'durationMs'> {
  const request = rid === null ? null : requestOf(rid.trim());
  if (request === null) return { method: null, concerns: [], durationMs: null };
  const { concerns, method, sentAt } = request;
  // The wall clock may have been set back in between.
  return { method, concerns, durationMs: Math.max(0, receivedAt - sentAt) };
}
