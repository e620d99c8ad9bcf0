import { CONFIGURATION, CONTACT_GROUP, CONTAINERS, SUBSCRIBERS } from '../cwa/protocol.ts';
import type { AdmittedEvent } from '../events/ordered-event.ts';
import { serializeXml } from '../lib/xml.ts';
import { readContactGroup } from './contacts/contact-group.ts';
import { readContainer } from './contacts/containers.ts';
import { readServerConfiguration } from './contacts/server-configuration.ts';
import { readSubscriber } from './contacts/subscribers.ts';
import { ElementReader } from './reading/element-reader.ts';
import { Findings } from './reading/findings.ts';
import type { RecordContext } from './record-context.ts';
import { eventHead } from './record-head.ts';
import type { ContactsRecord } from './topics/contacts.ts';
import type { RecordHead } from './topics/head.ts';
import { TOPICS, type DataRecord } from './topics/topics.ts';

/*
 * The records of the contacts topic. Each of its events is about the account and becomes one record, keyed by the
 * account, with everything in arrays (events-and-categories §3.1 K3, K5): taken apart, a whole contact list could not
 * be told from a change of it. `recordType` is the same for all names of an event; `eventName` is what the wire said.
 */

type Payload = Omit<ContactsRecord, keyof RecordHead>;

const NOTHING: Payload = {
  fullList: null,
  fullListRaw: null,
  deltaNum: null,
  groups: [],
  contacts: [],
  subscribers: [],
  containers: [],
  configuration: null,
};

export function recordsOfContactGroup(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  return [contactsRecord(event, context, CONTACT_GROUP, readContactGroup)];
}

export function recordsOfSubscribers(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  const read = (reader: ElementReader): Partial<Payload> => ({ subscribers: reader.all('subscriber', readSubscriber) });
  return [contactsRecord(event, context, SUBSCRIBERS, read)];
}

export function recordsOfContainers(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  const read = (reader: ElementReader): Partial<Payload> => ({ containers: reader.all('container', readContainer) });
  return [contactsRecord(event, context, CONTAINERS, read)];
}

export function recordsOfConfiguration(event: AdmittedEvent, context: RecordContext): readonly DataRecord[] {
  const read = (reader: ElementReader): Partial<Payload> => ({ configuration: readServerConfiguration(reader) });
  return [contactsRecord(event, context, CONFIGURATION, read)];
}

function contactsRecord(
  event: AdmittedEvent,
  context: RecordContext,
  recordType: string,
  read: (reader: ElementReader) => Partial<Payload>,
): DataRecord {
  const findings = new Findings(context, event.warnings);
  const reader = new ElementReader(event.element, null, findings);
  reader.attribute('eid');
  const rid = reader.attribute('rid');
  const payload = read(reader);
  reader.finish();
  const facts = {
    recordType,
    schemaVersion: TOPICS.contacts.version,
    subjectUri: null,
    subjectUriRaw: null,
    rid,
    userIndex: 0,
    userCount: 0,
    origin: event.isReplay ? 'replay' : 'live',
    raw: context.includeRaw ? findings.bounded('raw', serializeXml(event.element)) : null,
  };
  return { topic: 'contacts', value: { ...eventHead(event, context, facts, findings), ...NOTHING, ...payload } };
}
