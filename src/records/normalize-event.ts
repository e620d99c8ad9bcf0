import {
  CONFERENCE,
  CONFIGURATION,
  CONFIGURATIONS,
  CONTACT_GROUP,
  CONTACT_GROUP_CHANGED,
  CONTAINERS,
  CWA_NAMESPACE,
  PRESENCE_SUBSCRIPTION_STATE,
  SELF_PRESENCE,
  SELF_RAW_CATEGORIES,
  SUBSCRIBERS,
  USER_PRESENCE,
  USER_RAW_CATEGORIES,
} from '../cwa/protocol.ts';
import type { AdmittedEvent } from '../events/ordered-event.ts';
import {
  recordsOfConfiguration,
  recordsOfContactGroup,
  recordsOfContainers,
  recordsOfSubscribers,
} from './contacts-records.ts';
import { FACT_EVENTS, recordsOfConference, recordsOfFact } from './conversations-records.ts';
import type { DisclosedEvent } from './disclosed-event.ts';
import { recordOfSelf, recordsOfUsers } from './presence-records.ts';
import { disclosable } from './privacy.ts';
import { privacyRulesOf, type RecordContext } from './record-context.ts';
import { recordsOfRequest, REQUEST_ELEMENTS } from './requests-records.ts';
import type { DataRecord } from './topics/topics.ts';
import { unknownRecords } from './unknown-records.ts';

/**
 * Turns one event into its records, in the order of their `sequence`: one for each user that the event is about
 * (records §2), at least one in any case.
 *
 * Pure: the same event in the same context gives the same records. It never throws, whatever the tree holds, and
 * nothing is lost: what the schema does not know is in `extensions` or in the generic form of `cwa.unknown`.
 * The tree's depth must be bounded by whoever read the document.
 */
export function normalizeEvent(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  const { element, concealed, warnings } = disclosable(event.element, privacyRulesOf(context));
  const known = context.channel === 'command' ? withoutEidMissing(event.warnings) : event.warnings;
  const open: DisclosedEvent = { ...event, element, concealed, warnings: [...known, ...warnings] };
  // An element of somebody else's vocabulary is not ours, however it is called (events-and-categories §1.3).
  const isOurs = element.namespace === '' || element.namespace === CWA_NAMESPACE;
  const records = (isOurs ? NORMALIZERS.get(element.name) : undefined) ?? unknownRecords;
  return records(open, context);
}

/** Events that have a shape of their own, by the name of their element (events-and-categories §2). */
export const NORMALIZERS: ReadonlyMap<
  string,
  (event: DisclosedEvent, context: RecordContext) => readonly DataRecord[]
> = new Map([
  [USER_PRESENCE, recordsOfUsers],
  [PRESENCE_SUBSCRIPTION_STATE, recordsOfUsers],
  [USER_RAW_CATEGORIES, recordsOfUsers],
  [SELF_PRESENCE, (event, context) => [recordOfSelf(event, context)]],
  [SELF_RAW_CATEGORIES, (event, context) => [recordOfSelf(event, context)]],
  [CONTACT_GROUP, recordsOfContactGroup],
  [CONTACT_GROUP_CHANGED, recordsOfContactGroup],
  [SUBSCRIBERS, recordsOfSubscribers],
  [CONTAINERS, recordsOfContainers],
  [CONFIGURATION, recordsOfConfiguration],
  [CONFIGURATIONS, recordsOfConfiguration],
  [CONFERENCE, recordsOfConference],
  ...FACT_EVENTS.map((name) => [name, recordsOfFact] as const),
  ...REQUEST_ELEMENTS.map((name) => [name, recordsOfRequest] as const),
]);

/** Answers to commands never have an eid: nothing is amiss. */
function withoutEidMissing(warnings: readonly string[]): readonly string[] {
  return warnings.filter((warning) => warning !== 'eid-missing');
}
