import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { XmlElement } from '../../../src/lib/xml.ts';
import { BODY_KINDS } from '../../../src/records/categories/category-bodies.ts';
import { encodeRecord } from '../../../src/records/encode-record.ts';
import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import type { DataRecord } from '../../../src/records/topics/topics.ts';
import { WARNINGS } from '../../../src/records/warnings.ts';
import { TOPIC_NAMES } from '../../support/topic-names.ts';
import { admitted, recordContext } from './builders.ts';

/** Names that the readers look for, that JavaScript's objects have, and any others. */
const names = fc.oneof(
  fc.constantFrom(
    ...['user', 'cwaCategory', 'rawCategory', 'state', 'note', 'contactCard', 'calendarData', 'services', 'device'],
    ...['routing', 'userInformation', 'userProperties', 'alerts', 'mwi', 'availability', 'activity', 'custom', 'body'],
    ...['identity', 'name', 'displayName', 'email', 'phone', 'freeBusy', 'WorkingHours', 'TimeZone', 'capabilities'],
    ...['error', 'sipResponse', 'ms-diagnostics', 'exception', 'exceptionDetail', 'sid', 'uri', 'imId', 'signInDatum'],
    ...['voIPTerminateSucceeded', 'pollWaitTime', 'code'],
    ...['__proto__', 'constructor', 'toString', 'delimiter', 'conference', 'message', 'Größe'],
  ),
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,8}$/),
);
const namespaces = fc.constantFrom(
  '',
  '',
  '...',
  'urn:foreign',
  'http://schemas.microsoft.com/2006/09/rtc/cwa',
  'http://schemas.microsoft.com/2006/09/sip/state',
  'http://schemas.microsoft.com/2006/09/sip/commontypes',
  'http://www.w3.org/2001/XMLSchema-instance',
);
const values = fc.oneof(
  fc.constantFrom('', ' ', 'True', '1', ' 6500 ', '9007199254740993', '9223372036854775807', '18446744073709551616'),
  fc.constantFrom('2009-03-02T08:14:58Z', '2009-02-30T00:00:00', '128', 'PT15M', 'AFAFAKoK', 'sip:a@b.example', 'SIP:'),
  fc.constantFrom('state', 'note', 'contactCard', 'calendarData', 'services', 'device', 'routing', 'mwi', 'alerts'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const attributeNames = fc.oneof(
  fc.constantFrom('name', 'instance', 'instanceMask', 'version', 'publishTime', 'uri', 'URI', 'rid', 'type', 'LCID'),
  fc.constantFrom('code', 'subCode', 'reason', 'warning', 'detail', 'description', 'sid', 'confId', 'returned'),
  fc.constantFrom('token', 'minAvailability', 'manual', 'lastActive', 'granularity', 'encodingVersion', '__proto__'),
  names,
);
const attributes = fc.array(fc.record({ name: attributeNames, namespace: namespaces, value: values }), {
  maxLength: 5,
});

const { tree } = fc.letrec<{ tree: XmlElement }>((tie) => ({
  tree: fc.record({
    name: names,
    namespace: namespaces,
    attributes,
    children: fc.array(fc.oneof({ depthSize: 'small', maxDepth: 6 }, values, tie('tree')), { maxLength: 6 }),
  }),
}));

const REQUESTS = ['requestFailed', 'requestAccepted', 'requestSucceeded', 'error', 'initiateSessionAccepted'];

const PRESENCE = [
  ...['userPresence', 'presenceSubscriptionState', 'userRawCategories'],
  ...['selfPresence', 'selfRawCategories'],
];

/** An event of any kind: most of them begin like the real ones. */
const events = fc
  .tuple(fc.constantFrom(...PRESENCE, 'searchResult', 'anything', '__proto__', ...REQUESTS), tree)
  .map(([name, root]): XmlElement => ({ ...root, name }));

const OPTIONS = {
  installation: 'cwa-bridge',
  topics: TOPIC_NAMES,
};

function recordsOf(root: XmlElement): readonly DataRecord[] {
  const context = recordContext({ rawXmlBytesMax: 1_000_000, privacyMessages: 'keep' });
  return normalizeEvent(admitted(root), context);
}

test('any tree becomes records that can be written, at least one, with contiguous sequences and different ids', () => {
  fc.assert(
    fc.property(events, (root) => {
      const records = recordsOf(root);
      expect(records.length).toBeGreaterThan(0);
      const { firstSequence } = recordContext();
      expect(records.map(({ value }) => value.sequence)).toEqual(records.map((_, index) => firstSequence + index));
      expect(new Set(records.map(({ value }) => value.id)).size).toBe(records.length);
      for (const record of records) {
        expect(encodeRecord(record, OPTIONS).key).not.toBe('');
        for (const code of record.value.warnings) expect(Object.keys(WARNINGS)).toContain(code);
      }
    }),
    { numRuns: 400 },
  );
});

test('the same tree gives the same bytes, from a copy of it as well', () => {
  fc.assert(
    fc.property(events, (root) => {
      const write = (event: XmlElement): readonly string[] =>
        recordsOf(event).map((record) => encodeRecord(record, OPTIONS).value.toString());
      expect(write(structuredClone(root))).toEqual(write(root));
    }),
    { numRuns: 100 },
  );
});

test('no user is lost: there are as many records as users in an event about users', () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 8 }), attributes, (uris, extra) => {
      const users = uris.map((uri): XmlElement => {
        return { name: 'user', namespace: '', attributes: [{ name: 'uri', namespace: '', value: uri }], children: [] };
      });
      const root: XmlElement = { name: 'userPresence', namespace: '', attributes: extra, children: users };
      expect(recordsOf(root).map(({ value }) => value.subjectUriRaw)).toEqual(uris);
    }),
    { numRuns: 200 },
  );
});

const CATEGORIES = [...BODY_KINDS.keys(), 'tide'];

/** An event of the real shape down to the bodies of its categories, in which anything may stand. */
const shaped = fc
  .tuple(
    fc.constantFrom(...PRESENCE, 'anything'),
    fc.array(fc.tuple(fc.constantFrom(...CATEGORIES), tree), { minLength: 1, maxLength: 4 }),
    attributes,
  )
  .map(([name, bodies, extra]): XmlElement => {
    const categories = bodies.map(([categoryName, body]): XmlElement => {
      const named = [{ name: 'name', namespace: '', value: categoryName }, ...extra];
      const root = { ...body, name: BODY_KINDS.get(categoryName)?.roots[0] ?? categoryName };
      return { name: 'cwaCategory', namespace: '', attributes: named, children: [root] };
    });
    const user: XmlElement = { name: 'user', namespace: '', attributes: extra, children: categories };
    return { name, namespace: '', attributes: extra, children: name.startsWith('self') ? categories : [user] };
  });

/** The tree with every value replaced by one of its own, except for the names that say what a category is. */
function marked(root: XmlElement, next: () => string): XmlElement {
  return {
    ...root,
    attributes: root.attributes.map((attribute) => {
      return attribute.name === 'name' ? attribute : { ...attribute, value: next() };
    }),
    children: root.children.map((child) => (typeof child === 'string' ? next() : marked(child, next))),
  };
}

test('nothing is dropped: every value and every text of an event is somewhere in its records', () => {
  fc.assert(
    fc.property(fc.oneof(events, shaped), (root) => {
      let count = 0;
      const event = marked(root, () => `mark${(count += 1)}.`);
      const written = recordsOf(event)
        .map((record) => encodeRecord(record, OPTIONS).value.toString())
        .join('\n');
      const marks = Array.from({ length: count }, (_, index) => `mark${index + 1}.`);
      expect(marks.filter((mark) => !written.includes(mark))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
