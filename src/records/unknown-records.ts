import type { AdmittedEvent } from '../events/ordered-event.ts';
import { serializeXml, type XmlElement } from '../lib/xml.ts';
import { Findings } from './reading/findings.ts';
import type { RecordContext } from './record-context.ts';
import { eventHead } from './record-head.ts';
import { TOPICS, type DataRecord } from './topics/topics.ts';
import { normalizeUri } from './uri.ts';
import { ownAttribute, uriOf, userSlice, usersOf } from './user-slice.ts';

/**
 * An event in its generic form (events-and-categories §3.5): attributes as a list, everything inside as XML. Keyed by
 * the account; one record for each user if it is about users with a URI.
 */
export function unknownRecords(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  return genericRecords(event, context, { confId: null, firstIndex: 0 });
}

/**
 * A child of `conference` in the same form: named after the child, with the identity of the whole event. `userIndex`
 * goes on where the records before it ended, so that no two records of the event have one `id`.
 */
export function unknownChildRecords(
  event: AdmittedEvent,
  child: XmlElement,
  context: RecordContext,
  place: Place,
): readonly DataRecord[] {
  return genericRecords({ ...event, element: child, name: child.name }, context, place);
}

/** Where an unknown element stood. */
interface Place {
  /** Of the conversation around it. */
  readonly confId: number | bigint | null;
  /** `userIndex` of its first record: how many records the event has before. */
  readonly firstIndex: number;
}

function genericRecords(event: AdmittedEvent, context: RecordContext, place: Place): readonly DataRecord[] {
  const users = usersOf(event.element);
  if (!isAboutUsers(users)) return [accountRecord(event, context, users, place)];
  return users.map((_user, userIndex) => userRecord(event, context, users, userIndex, place));
}

function isAboutUsers(users: readonly XmlElement[]): boolean {
  return users.some((user) => normalizeUri(uriOf(user) ?? '').uri !== null);
}

function accountRecord(
  event: AdmittedEvent,
  context: RecordContext,
  users: readonly XmlElement[],
  { confId, firstIndex }: Place,
): DataRecord {
  const findings = new Findings(context, event.warnings);
  const uris = users.map((user) => normalizeUri(uriOf(user) ?? '').uri).filter((uri) => uri !== null);
  const subject = { uri: null, uriRaw: null, userIndex: firstIndex, userCount: users.length, confId };
  return unknownRecord(event, context, findings, subject, uris, event.element);
}

function userRecord(
  event: AdmittedEvent,
  context: RecordContext,
  users: readonly XmlElement[],
  index: number,
  { confId, firstIndex }: Place,
): DataRecord {
  const findings = new Findings(context, event.warnings);
  const user = users[index];
  const uriRaw = user === undefined ? null : uriOf(user);
  const { uri, warnings } = normalizeUri(uriRaw ?? '');
  for (const warning of warnings) findings.warn(warning);
  const subject = { uri, uriRaw, userIndex: firstIndex + index, userCount: users.length, confId };
  const slice = userSlice(event.element, users, index);
  return unknownRecord(event, context, findings, subject, uri === null ? [] : [uri], slice);
}

interface Subject {
  readonly uri: string | null;
  readonly uriRaw: string | null;
  readonly userIndex: number;
  readonly userCount: number;
  readonly confId: number | bigint | null;
}

function unknownRecord(
  event: AdmittedEvent,
  context: RecordContext,
  findings: Findings,
  subject: Subject,
  users: readonly string[],
  slice: XmlElement,
): DataRecord {
  const xml = serializeXml(slice);
  const rawXml = findings.bounded('rawXml', xml);
  const facts = {
    recordType: 'unknown',
    schemaVersion: TOPICS.unknown.version,
    subjectUri: subject.uri,
    subjectUriRaw: subject.uriRaw,
    rid: ownAttribute(event.element, 'rid'),
    userIndex: subject.userIndex,
    userCount: subject.userCount,
    origin: event.isReplay ? 'replay' : 'live',
    raw: context.includeRaw ? findings.bounded('raw', xml) : null,
  };
  const { namespace, attributes } = event.element;
  return {
    topic: 'unknown',
    value: {
      ...eventHead(event, context, facts, findings),
      confId: subject.confId,
      namespace: namespace === '' ? null : namespace,
      attributes: attributes.map((attribute) => ({ ...attribute, namespace: attribute.namespace || null })),
      users,
      rawXml,
    },
  };
}
