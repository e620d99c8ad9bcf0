import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { XmlAttribute, XmlElement, XmlNode } from '../../../src/lib/xml.ts';
import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import type { ContactsRecord } from '../../../src/records/topics/contacts.ts';
import { TOPICS } from '../../../src/records/topics/topics.ts';
import { normalizeUri } from '../../../src/records/uri.ts';
import { WARNINGS } from '../../../src/records/warnings.ts';
import { admitted, recordContext } from './builders.ts';

const eventNames = fc.constantFrom(
  ...['contactGroup', 'contactGroupChanged', 'subscribers', 'containers', 'configuration', 'configurations'],
);
const elementNames = fc.constantFrom(
  ...['group', 'contact', 'subscriber', 'container', 'member', 'search', 'enableAppearOffline', 'imComposingTimers'],
  ...['customAuthLogoffUrl', 'userNotice', 'user', '__proto__', 'constructor', 'contactGroup', 'tide'],
);
const attributeNames = fc.constantFrom(
  ...['id', 'name', 'externalUri', 'action', 'uri', 'URI', 'subscribed', 'tag', 'groups', 'Groups', 'displayName'],
  ...['sourceNetwork', 'acknowledged', 'type', 'value', 'fullList', 'deltaNum', 'defaultFields', 'refreshInterval'],
  ...['timeout', '__proto__', 'toString', 'tide'],
);
const namespaces = fc.constantFrom('', '', '', 'urn:foreign', 'http://schemas.microsoft.com/2006/09/rtc/cwa');
const values = fc.oneof(
  fc.constantFrom('', ' ', 'True', 'maybe', '1 4 ', '1,x 2', '2147483648', '9007199254740993', 'uri', 'delete'),
  fc.constantFrom('sip:a@b.example', ' SIP:A@B.example;x=y', 'a@b.example', 'tel:+1', 'odo', 'SIP:'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const attributes = fc.uniqueArray(fc.record({ name: attributeNames, namespace: namespaces, value: values }), {
  selector: ({ name, namespace }) => `{${namespace}}${name}`,
  maxLength: 6,
});
const { tree } = fc.letrec<{ tree: XmlElement }>((tie) => ({
  tree: fc.record({
    name: elementNames,
    namespace: namespaces,
    attributes,
    children: fc.array(fc.oneof({ depthSize: 'small', maxDepth: 3 }, values, tie('tree')), { maxLength: 6 }),
  }),
}));
const children = fc.array(fc.oneof(values, tree), { maxLength: 8 });
const events = fc
  .tuple(eventNames, namespaces, attributes, children)
  .map(([name, namespace, own, inside]): XmlElement => {
    return { name, namespace: namespace === 'urn:foreign' ? '' : namespace, attributes: own, children: inside };
  });

/** The one record that every such event gives. */
function recordOf(root: XmlElement): ContactsRecord {
  const [record, ...others] = normalizeEvent(admitted(root), recordContext({ rawXmlBytesMax: 1_000_000 }));
  if (record?.topic !== 'contacts' || others.length > 0) throw new Error('not one record of contacts');
  return record.value;
}

function jsonOf(root: XmlElement): string {
  return TOPICS.contacts.serialize(recordOf(root));
}

test('whatever stands in it, such an event is one record of the account that can be written', () => {
  fc.assert(
    fc.property(events, (root) => {
      const value = recordOf(root);
      expect([value.subjectUri, value.accountUri]).toEqual([null, 'sip:bot@northpier.example']);
      expect(JSON.parse(TOPICS.contacts.serialize(value))).toMatchObject({ eventName: root.name, eid: 10 });
      expect(value.warnings.filter((code) => !(code in WARNINGS))).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('the same event gives the same bytes, from a copy of it as well', () => {
  fc.assert(
    fc.property(events, (root) => {
      expect(jsonOf(structuredClone(root))).toBe(jsonOf(root));
    }),
    { numRuns: 100 },
  );
});

function plain(name: string, own: readonly XmlAttribute[], inside: readonly XmlNode[] = []): XmlElement {
  return { name, namespace: '', attributes: own, children: inside };
}

test('no URI is lost: every entry has the text as it stood there, and the URI that it means', () => {
  const entries = { contactGroup: 'contact', subscribers: 'subscriber' } as const;
  const named = fc.constantFrom('contactGroup' as const, 'subscribers' as const);
  fc.assert(
    fc.property(named, fc.array(values, { maxLength: 8 }), attributes, (name, uris, extra) => {
      const others = extra.filter((attribute) => attribute.name.toLowerCase() !== 'uri');
      const inside = uris.map((uri) => plain(entries[name], [{ name: 'uri', namespace: '', value: uri }, ...others]));
      const { contacts, subscribers } = recordOf(plain(name, extra, inside));
      const read = name === 'contactGroup' ? contacts : subscribers;
      expect(read.map(({ uri, uriRaw }) => [uri, uriRaw])).toEqual(uris.map((uri) => [normalizeUri(uri).uri, uri]));
    }),
    { numRuns: 200 },
  );
});

test('every integer between blanks is a group of the contact, in order; the text stays whatever it is', () => {
  const tokens = fc.array(fc.oneof(fc.integer().map(String), fc.constantFrom('x', '1,2', '4294967296')));
  const blanks = fc.constantFrom(' ', '  ', '\t', '\r\n');
  fc.assert(
    fc.property(tokens, blanks, blanks, (words, between, after) => {
      const groups = words.join(between) + after;
      const contact = plain('contact', [
        { name: 'uri', namespace: '', value: 'sip:a@b.example' },
        { name: 'groups', namespace: '', value: groups },
      ]);
      const record = recordOf(plain('contactGroup', [], [contact]));
      const wanted = words.map(Number).filter((number) => Number.isInteger(number) && number === (number | 0));
      expect(record.contacts[0]).toMatchObject({ groupIds: wanted, groupsRaw: groups });
      expect(record.extensions.map(({ value }) => value)).toEqual(wanted.length === words.length ? [] : [groups]);
    }),
    { numRuns: 200 },
  );
});

/** The tree with every value replaced by one of its own. */
function marked(root: XmlElement, next: () => string): XmlElement {
  return {
    ...root,
    attributes: root.attributes.map((attribute) => ({ ...attribute, value: next() })),
    children: root.children.map((child) => (typeof child === 'string' ? next() : marked(child, next))),
  };
}

test('nothing is dropped: every value and every text of an event is somewhere in its record', () => {
  fc.assert(
    fc.property(events, (root) => {
      let count = 0;
      const written = jsonOf(marked(root, () => `mark${(count += 1)}.`));
      const marks = Array.from({ length: count }, (_, index) => `mark${index + 1}.`);
      expect(marks.filter((mark) => !written.includes(mark))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
