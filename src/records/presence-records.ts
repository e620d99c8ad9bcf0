import type { AdmittedEvent } from '../events/ordered-event.ts';
import { serializeXml, type XmlElement } from '../lib/xml.ts';
import { type Category, readCategory } from './categories/category.ts';
import { readRawCategories } from './categories/raw-category.ts';
import { presenceColumnsOf } from './presence-columns.ts';
import { ElementReader } from './reading/element-reader.ts';
import { Findings } from './reading/findings.ts';
import type { RecordContext } from './record-context.ts';
import { eventHead } from './record-head.ts';
import { TOPICS, type DataRecord } from './topics/topics.ts';
import { normalizeUri } from './uri.ts';
import { userSlice, usersOf } from './user-slice.ts';

/** Whose presence one record holds, and where in the event it stands. */
interface Subject {
  readonly isSelf: boolean;
  readonly uri: string | null;
  readonly uriRaw: string | null;
  readonly userIndex: number;
  readonly userCount: number;
  readonly rid: string | null;
  readonly origin: string;
  /** The part of the event that the record is about; written only where `raw` is wanted. */
  readonly slice: () => XmlElement;
}

/**
 * One record for each `user` element, in document order; two elements of one user stay two records
 * (events-and-categories §3.1 K2). What stands beside the users belongs to the first record.
 */
export function userPresenceRecords(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  const first = new Findings(context, event.warnings);
  const reader = new ElementReader(event.element, null, first);
  const rid = readEnvelope(reader);
  const users = usersOf(event.element);
  if (users.length === 0) return [userlessRecord(event, context, reader, rid)];
  for (const user of users) reader.take(user);
  reader.finish();
  return users.map((user, userIndex) => {
    const findings = userIndex === 0 ? first : new Findings(context, event.warnings);
    const userReader = new ElementReader(user, reader, findings);
    const uriRaw = userReader.attribute('uri');
    const uri = subjectUri(uriRaw, findings);
    return presenceRecord(event, context, userReader, {
      isSelf: false,
      uri,
      uriRaw,
      userIndex,
      userCount: users.length,
      rid,
      origin: originOf(event, context, uri),
      slice: () => userSlice(event.element, users, userIndex),
    });
  });
}

/** An event about users that names none is a record of the account (K6), with whatever categories it holds. */
function userlessRecord(
  event: AdmittedEvent,
  context: RecordContext,
  reader: ElementReader,
  rid: string | null,
): DataRecord {
  reader.findings.warn('no-user');
  return presenceRecord(event, context, reader, {
    isSelf: false,
    uri: null,
    uriRaw: null,
    userIndex: 0,
    userCount: 0,
    rid,
    origin: originOf(event, context, null),
    slice: () => event.element,
  });
}

/** The account's view of itself: its categories stand directly in the event. */
export function selfPresenceRecord(event: AdmittedEvent, context: RecordContext): DataRecord {
  const reader = new ElementReader(event.element, null, new Findings(context, event.warnings));
  const rid = readEnvelope(reader);
  return presenceRecord(event, context, reader, {
    isSelf: true,
    uri: context.accountUri,
    uriRaw: null,
    userIndex: 0,
    userCount: 0,
    rid,
    origin: originOf(event, context, null),
    slice: () => event.element,
  });
}

/** Takes what the head holds. */
function readEnvelope(reader: ElementReader): string | null {
  reader.attribute('eid');
  return reader.attribute('rid');
}

function subjectUri(raw: string | null, findings: Findings): string | null {
  const { uri, warnings } = normalizeUri(raw ?? '');
  for (const warning of warnings) findings.warn(warning);
  return uri;
}

/** What can be said with most certainty to have caused the event (records §3). */
function originOf(event: AdmittedEvent, context: RecordContext, uri: string | null): string {
  if (event.isReplay) return 'replay';
  if (uri !== null && context.isQuery(uri)) return 'query';
  return uri !== null && context.isSnapshot(uri) ? 'snapshot' : 'live';
}

/** Reads the subject's element to its end. */
function presenceRecord(
  event: AdmittedEvent,
  context: RecordContext,
  reader: ElementReader,
  subject: Subject,
): DataRecord {
  const { findings } = reader;
  const sourceNetwork = reader.attribute('sourceNetwork');
  const iconUri = reader.attribute('iconUri');
  const categories = reader.all('cwaCategory', readCategory);
  const rawCategories = readRawCategories(reader);
  reader.finish();
  const facts = {
    recordType: event.name,
    schemaVersion: TOPICS.presence.version,
    subjectUri: subject.uri,
    subjectUriRaw: subject.uriRaw,
    rid: subject.rid,
    userIndex: subject.userIndex,
    userCount: subject.userCount,
    origin: subject.origin,
    raw: context.includeRaw ? findings.bounded('raw', serializeXml(subject.slice())) : null,
  };
  return {
    topic: 'presence',
    value: {
      ...eventHead(event, context, facts, findings),
      isSelf: subject.isSelf,
      sourceNetwork,
      iconUri,
      subscriptionState: null,
      ...categoryNames(categories),
      ...presenceColumnsOf(categories),
      previous: null,
      categories,
      rawCategories,
    },
  };
}

/** The names that the event speaks about, and of these the ones that have no instance left. */
function categoryNames(categories: readonly Category[]): {
  readonly categoryNames: readonly string[];
  readonly clearedCategories: readonly string[];
} {
  const isCleared = new Map<string, boolean>();
  for (const { name, empty } of categories) {
    if (name !== '') isCleared.set(name, empty && isCleared.get(name) !== false);
  }
  const names = [...isCleared.keys()];
  return { categoryNames: names, clearedCategories: names.filter((name) => isCleared.get(name)) };
}
