import type { ElementReader } from './reading/element-reader.ts';
import { readUri } from './reading/read-uri.ts';
import type { RequestsRecord, SearchHit } from './topics/requests.ts';

/** The columns that only a `searchResult` fills. */
export type SearchColumns = Pick<RequestsRecord, 'results' | 'returned' | 'moreAvailable'>;

export const NO_SEARCH: SearchColumns = { results: [], returned: null, moreAvailable: null };

/**
 * What a search found: directory entries, which say nothing about presence (events-and-categories §4.11). None at all
 * is an answer too. `emailAlias` and `workPhone` are spellings of other samples.
 */
export function readSearchResult(reader: ElementReader): SearchColumns {
  return {
    results: reader.all('user', readHit),
    returned: reader.integer('returned'),
    moreAvailable: reader.boolean('moreAvailable'),
  };
}

function readHit(reader: ElementReader): SearchHit {
  return {
    ...readUri(reader, 'uri'),
    displayName: reader.attribute('displayName'),
    title: reader.attribute('title'),
    office: reader.attribute('office'),
    phone: reader.attribute('phone') ?? reader.attribute('workPhone'),
    homePhone: reader.attribute('homePhone'),
    cellPhone: reader.attribute('cellPhone'),
    otherPhone: reader.attribute('otherPhone'),
    company: reader.attribute('company'),
    city: reader.attribute('city'),
    state: reader.attribute('state'),
    country: reader.attribute('country'),
    email: reader.attribute('email') ?? reader.attribute('emailAlias'),
  };
}
