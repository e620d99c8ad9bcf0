import type { AdmittedEvent } from '../../../src/events/ordered-event.ts';
import type { XmlElement, XmlNode } from '../../../src/lib/xml.ts';
import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import type { RecordContext } from '../../../src/records/record-context.ts';
import type { PresenceRecord } from '../../../src/records/topics/presence.ts';
import type { DataRecord } from '../../../src/records/topics/topics.ts';
import type { UnknownRecord } from '../../../src/records/topics/unknown.ts';

export const STATE = 'http://schemas.microsoft.com/2006/09/sip/state';
export const NOTE = 'http://schemas.microsoft.com/2006/09/sip/note';
export const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

type Attributes = Readonly<Record<string, string>>;

/** An element without namespace; attribute names may be written `{namespace}name`. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly XmlNode[]): XmlElement {
  return {
    name,
    namespace: '',
    attributes: Object.entries(attributes).map(([key, value]) => {
      const [, namespace = '', local = key] = /^\{(.*)\}(.*)$/.exec(key) ?? [];
      return { name: local, namespace, value };
    }),
    children,
  };
}

/** The element and everything in it that has no namespace yet, in `namespace`. */
export function within(namespace: string, node: XmlElement): XmlElement {
  return {
    ...node,
    namespace: node.namespace === '' ? namespace : node.namespace,
    children: node.children.map((child) => (typeof child === 'string' ? child : within(namespace, child))),
  };
}

export function category(name: string, attributes: Attributes, ...body: readonly XmlNode[]): XmlElement {
  return element('cwaCategory', { name, ...attributes }, ...body);
}

export function state(attributes: Attributes, ...children: readonly XmlNode[]): XmlElement {
  return within(STATE, element('state', attributes, ...children));
}

export function note(...bodies: readonly XmlElement[]): XmlElement {
  return within(NOTE, element('note', {}, ...bodies));
}

export function user(uri: string, ...categories: readonly XmlNode[]): XmlElement {
  return element('user', { uri }, ...categories);
}

export function userPresence(...users: readonly XmlNode[]): XmlElement {
  return element('userPresence', { eid: '10' }, ...users);
}

export function admitted(root: XmlElement, overrides: Partial<AdmittedEvent> = {}): AdmittedEvent {
  return {
    element: root,
    name: root.name,
    eid: 10n,
    eidRaw: '10',
    index: 0,
    digest: '0123456789abcdef',
    warnings: [],
    identity: `10:${root.name}:0123456789abcdef`,
    isReplay: false,
    ...overrides,
  };
}

export function recordContext(overrides: Partial<RecordContext> = {}): RecordContext {
  return {
    installation: 'cwa-bridge',
    site: 'northpier',
    accountId: 'bot',
    accountUri: 'sip:bot@northpier.example',
    generation: 1_700_000_000,
    answer: 3,
    sid: '31',
    ackId: '11',
    polledAckId: '9',
    receivedAt: 1_700_000_000_123,
    publishedAt: 1_700_000_000_456,
    firstSequence: 5,
    channel: 'data',
    isSnapshot: () => false,
    isQuery: () => false,
    requestOf: () => null,
    includeRaw: false,
    rawXmlBytesMax: 65_536,
    privacyNotes: 'keep',
    ...overrides,
  };
}

export function normalized(root: XmlElement, overrides: Partial<RecordContext> = {}): readonly DataRecord[] {
  return normalizeEvent(admitted(root), recordContext(overrides));
}

/** The presence records of an event; fails if there is another among them. */
export function presenceOf(root: XmlElement, overrides: Partial<RecordContext> = {}): readonly PresenceRecord[] {
  return normalized(root, overrides).map((record) => {
    if (record.topic !== 'presence') throw new Error(`a record of ${record.topic}`);
    return record.value;
  });
}

/** The one presence record of an event about one user with the categories. */
export function presenceWith(categories: readonly XmlNode[], overrides: Partial<RecordContext> = {}): PresenceRecord {
  const [record, ...others] = presenceOf(
    userPresence(user('sip:maren.holt@northpier.example', ...categories)),
    overrides,
  );
  if (record === undefined || others.length > 0) throw new Error('not one record');
  return record;
}

export function unknownOf(root: XmlElement, overrides: Partial<RecordContext> = {}): readonly UnknownRecord[] {
  return normalized(root, overrides).map((record) => {
    if (record.topic !== 'unknown') throw new Error(`a record of ${record.topic}`);
    return record.value;
  });
}
