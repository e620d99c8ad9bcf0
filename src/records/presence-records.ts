import { USER_RAW_CATEGORIES } from '../cwa/protocol.ts';
import type { AdmittedEvent } from '../events/ordered-event.ts';
import type { XmlElement } from '../lib/xml.ts';
import { presenceRecord } from './presence-record.ts';
import { ElementReader } from './reading/element-reader.ts';
import { Findings } from './reading/findings.ts';
import { readUri } from './reading/read-uri.ts';
import type { RecordContext } from './record-context.ts';
import type { DataRecord } from './topics/topics.ts';
import { besideUsers, onlyUser, userSlice, usersOf } from './user-slice.ts';

/**
 * The records of `userPresence`, `presenceSubscriptionState` and `userRawCategories`: one for each `user` element, in
 * document order; two elements of one user stay two records (events-and-categories §3.1 K2). What stands beside the
 * users belongs to the first record.
 *
 * Raw categories beside the users are nobody's (K6): they, and whatever else is there, become a last record of the
 * account, whose `userIndex` is the number of users.
 */
export function recordsOfUsers(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  const beside = new ElementReader(event.element, null, new Findings(context, event.warnings));
  const rid = readEnvelope(beside);
  const users = usersOf(event.element);
  for (const user of users) beside.take(user);
  const hasOwnerless = event.name === USER_RAW_CATEGORIES && beside.hasChild('rawCategory');
  if (hasOwnerless) beside.findings.warn('missing-uri');
  else if (users.length > 0) beside.finish();
  const records = users.map((user, userIndex) => {
    const isFirst = userIndex === 0 && !hasOwnerless;
    const findings = isFirst ? beside.findings : new Findings(context, event.warnings);
    const reader = new ElementReader(user, beside, findings);
    const slice = (): XmlElement =>
      hasOwnerless ? onlyUser(event.element, user) : userSlice(event.element, users, userIndex);
    const subject = { ...readUri(reader, 'uri'), isSelf: false, userIndex, userCount: users.length, slice };
    return presenceRecord(event, context, reader, rid, subject);
  });
  if (users.length > 0 && !hasOwnerless) return records;
  return [...records, userlessRecord(event, context, beside, rid, users.length)];
}

/** What an event about users says about nobody is a record of the account. */
function userlessRecord(
  event: AdmittedEvent,
  context: RecordContext,
  reader: ElementReader,
  rid: string | null,
  userCount: number,
): DataRecord {
  if (userCount === 0) reader.findings.warn('no-user');
  const slice = (): XmlElement => besideUsers(event.element);
  const subject = { isSelf: false, uri: null, uriRaw: null, userIndex: userCount, userCount, slice };
  return presenceRecord(event, context, reader, rid, subject);
}

/**
 * The record of `selfPresence` and `selfRawCategories`, the account's view of itself: its categories stand directly
 * in the event.
 */
export function recordOfSelf(event: AdmittedEvent, context: RecordContext): DataRecord {
  const reader = new ElementReader(event.element, null, new Findings(context, event.warnings));
  const rid = readEnvelope(reader);
  const subject = { isSelf: true, uri: context.accountUri, uriRaw: null, userIndex: 0, userCount: 0 };
  return presenceRecord(event, context, reader, rid, { ...subject, slice: () => event.element });
}

/** Takes what the head holds. */
function readEnvelope(reader: ElementReader): string | null {
  reader.attribute('eid');
  return reader.attribute('rid');
}
