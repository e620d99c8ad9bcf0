import { type CwaResponse, responseOf } from '../cwa/documents/responses.ts';
import { attributeOf, isNamed } from '../cwa/documents/vocabulary.ts';
import { USER_PRESENCE } from '../cwa/protocol.ts';
import { elementsOf, type XmlElement } from '../lib/xml.ts';
import { normalizeUri } from '../records/uri.ts';

/** What became of a request: `requestSucceeded`, `requestFailed` and the like, with the rid that they answer. */
export type RequestOutcome = CwaResponse & { readonly rid: string };

/** The outcomes of requests among the events of a data-channel answer (transport §6.1). */
export function outcomesIn(events: readonly XmlElement[]): readonly RequestOutcome[] {
  return events.map(responseOf).filter(hasOutcome);
}

/** Whether an answer speaks of the presence of a user (normalised URI). */
export function tellsPresenceOf(events: readonly XmlElement[], userUri: string): boolean {
  const isOfUser = (user: XmlElement): boolean => normalizeUri(attributeOf(user, 'uri') ?? '').uri === userUri;
  return events.some((event) => isNamed(event, USER_PRESENCE) && elementsOf(event).some(isOfUser));
}

/** The rids of the requests that failed. */
export function failedRids(events: readonly XmlElement[]): ReadonlySet<string> {
  return new Set(outcomesIn(events).flatMap(({ outcome, rid }) => (outcome === 'succeeded' ? [] : [rid])));
}

function hasOutcome(response: CwaResponse): response is RequestOutcome {
  return response.rid !== null && response.outcome !== 'other' && response.outcome !== 'accepted';
}
