import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { XmlElement } from '../../../src/lib/xml.ts';
import { encodeRecord } from '../../../src/records/encode-record.ts';
import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import type { PresenceRecord } from '../../../src/records/topics/presence.ts';
import { TOPIC_NAMES } from '../../support/topic-names.ts';
import { admitted, category, element, note, presenceOf, recordContext, state, STATE, within } from './builders.ts';

const OPTIONS = { installation: 'cwa-bridge', topics: TOPIC_NAMES };
const CARD = 'http://schemas.microsoft.com/2006/09/sip/contactcard';
const SERVICE = 'http://schemas.microsoft.com/2006/09/sip/service';
const ABOUT_USERS = ['userPresence', 'presenceSubscriptionState', 'userRawCategories'] as const;

/** Any text without half characters, which XML cannot carry; at times none, at times one that looks like a URI. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', ' ', '\u00a0', '\ufeffx\u202e', '\u{1F6A2} e\u0301', '__proto__', 'sip:odo@northpier.example'),
);

/** The whole range of Avro's `long`, with its edges and those of JavaScript's exact integers. */
const longs = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n),
);

function written(root: XmlElement, eid = 10n): readonly string[] {
  const event = admitted(root, { eid, eidRaw: String(eid) });
  return normalizeEvent(event, recordContext()).map((record) => encodeRecord(record, OPTIONS).value.toString());
}

function textElement(name: string, text: string): XmlElement {
  return element(name, {}, text);
}

describe('no user is lost', () => {
  const users = fc.array(fc.record({ uri: fc.option(texts), state: texts, raw: texts }), {
    minLength: 1,
    maxLength: 8,
  });

  test.each(ABOUT_USERS)('%s: as many records as users, in their order, each with what stands in it', (name) => {
    fc.assert(
      fc.property(users, fc.boolean(), (list, hasOwnerless) => {
        const children = list.map(({ uri, state: subscription, raw }) => {
          const attributes = { ...(uri === null ? {} : { uri }), state: subscription };
          return element('user', attributes, element('rawCategory', { name: raw }));
        });
        const ownerless = hasOwnerless ? [element('rawCategory', { name: 'nobody' })] : [];
        const records = presenceOf(element(name, {}, ...ownerless, ...children));
        const last = hasOwnerless && name === 'userRawCategories' ? [[null, 'nobody']] : [];
        const read = records.map(({ subjectUriRaw, rawCategories }) => [subjectUriRaw, rawCategories[0]?.name]);
        expect(read).toEqual([...list.map(({ uri, raw }) => [uri, raw]), ...last]);
        expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
        const { firstSequence } = recordContext();
        expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, i) => firstSequence + i));
        expect(records.slice(0, list.length).map(({ userIndex }) => userIndex)).toEqual(list.map((_, i) => i));
        for (const { userCount } of records) expect(userCount).toBe(list.length);
      }),
      { numRuns: 150 },
    );
  });
});

describe('every number is kept exactly', () => {
  test('in the head, in the frame of a category and in its body', () => {
    fc.assert(
      fc.property(longs, longs, longs, longs, (eid, instance, version, availability) => {
        const activity = element('activity', { minAvailability: String(version), maxAvailability: String(instance) });
        const body = state({}, within(STATE, activity), availabilityOf(availability));
        const frame = { instance: String(instance), version: String(version) };
        const capability = element('text', { deviceAvailability: String(availability) });
        const services = element('services', {}, element('service', {}, element('capabilities', {}, capability)));
        const root = element(
          'selfPresence',
          {},
          category('state', frame, body),
          category('services', { instanceMask: String(instance) }, within(SERVICE, services)),
          element('rawCategory', { name: 'x', instanceMask: String(instance), version: String(version) }),
        );
        const [json = ''] = written(root, eid);
        expect(json).toContain(`"eid":${eid},"eidRaw":"${eid}"`);
        expect(json).toContain(`"name":"state","instance":${instance},"version":${version},`);
        expect(json).toContain(`"name":"services","instance":${instance},`);
        expect(json).toContain(`"min":${version},"max":${instance},`);
        expect(json).toContain(`"deviceAvailability":${availability}}`);
        expect(json).toContain(`"instanceMask":${instance},"version":${version},`);
        expect(json.split(`"availability":${availability},`)).toHaveLength(3);
      }),
      { numRuns: 200 },
    );
  });
});

function availabilityOf(value: bigint): XmlElement {
  return within(STATE, textElement('availability', String(value)));
}

describe('every code point is kept', () => {
  test('of what people wrote, of names and of values that nobody knows', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 7, maxLength: 7 }), (list) => {
        const [body = '', custom = '', name = '', title = '', rawName = '', uri = '', odd = ''] = list;
        const card = element(
          'contactCard',
          {},
          element('identity', {}, element('name', {}, textElement('displayName', name))),
          textElement('title', title),
        );
        const root = element(
          'userPresence',
          {},
          element(
            'user',
            { uri, odd },
            category('note', { instance: '0' }, note(textElement('body', body))),
            category('state', { instance: '1' }, stateSaying(custom)),
            category('contactCard', { instance: '0' }, within(CARD, card)),
            element('rawCategory', { name: rawName }),
          ),
        );
        const record = JSON.parse(written(root)[0] ?? '') as PresenceRecord;
        const [noteRead, stateRead, cardRead] = record.categories;
        expect(record.subjectUriRaw).toBe(uri);
        expect(record.extensions.find(({ path }) => path === 'user[0]/@odd')?.value).toBe(odd);
        expect(record.note).toBe(body);
        expect(noteRead?.note?.bodies[0]?.text).toBe(body);
        expect(stateRead?.state?.activities[0]?.custom[0]?.text).toBe(custom);
        expect(cardRead?.contactCard?.displayName[0]?.text).toBe(name);
        expect(cardRead?.contactCard?.title[0]?.text).toBe(title);
        expect(record.rawCategories[0]?.name).toBe(rawName);
      }),
      { numRuns: 200 },
    );
  });

  test('of words, except for the white space of XML around them', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('', ' ', '\t\r\n '), (word, space) => {
        const user = element('user', { uri: 'sip:odo@northpier.example', state: `${space}${word}${space}` });
        const [record] = presenceOf(element('presenceSubscriptionState', {}, user));
        expect(record?.subscriptionState).toBe(word.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''));
      }),
      { numRuns: 200 },
    );
  });
});

function stateSaying(text: string): XmlElement {
  return state({}, within(STATE, element('activity', {}, textElement('custom', text))));
}

describe('the same event gives the same bytes', () => {
  const rawCategories = fc.array(fc.record({ name: texts, body: texts, isBeside: fc.boolean() }), { maxLength: 5 });

  test.each([...ABOUT_USERS, 'selfPresence', 'selfRawCategories'])('%s, from a copy as well', (name) => {
    fc.assert(
      fc.property(rawCategories, rawCategories, (inside, outside) => {
        const elementsFor = (list: typeof inside): readonly XmlElement[] =>
          list.flatMap(({ name: rawName, body, isBeside }) => {
            const custom = within('urn:tide', textElement('tide', body));
            const raw = element('rawCategory', { name: rawName }, ...(isBeside ? [] : [custom]));
            return isBeside ? [raw, custom] : [raw];
          });
        const user = element('user', { uri: 'sip:odo@northpier.example' }, ...elementsFor(inside));
        const root = element(name, {}, user, ...elementsFor(outside));
        expect(written(structuredClone(root))).toEqual(written(root));
      }),
      { numRuns: 60 },
    );
  });
});
