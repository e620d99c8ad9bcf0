import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { DocumentRefusedError } from '../../src/cwa/documents/document-refused-error.ts';
import { goldenTextOf, recordsOfDocument } from './records-of-document.ts';

/**
 * Each document under `test/fixtures/records` with the records it becomes. The golden files were written by the
 * program once and then read field by field against the protocol notes: times computed again by hand, free-busy slots
 * and chosen states compared with the documentation's own examples.
 */
const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'records');

const DOCUMENTS: readonly (readonly [name: string, what: string])[] = [
  ['seed-user-presence', 'the first example of the founding page: indented, namespaces elided'],
  ['seed-self-presence', 'its second example: eid 2 goes out before eid 8'],
  ['seed-responses', 'its third example: an answer of the command channel'],
  ['state-variants', 'three states of one user: prefixes, zones, digits, activities, a later addition'],
  ['notes', 'notes: personal and out of office, history, cleared, empty'],
  ['contact-cards', 'a card over two instances'],
  ['calendar', 'free-busy slots, working hours, another encoding, no base64'],
  ['self-categories', 'every category that only the user sees'],
  ['hostile', 'numbers at their limits, hostile names, users without a usable URI'],
  ['subscription-states', 'the progress of subscriptions: documented, unknown, empty, of nobody'],
  ['raw-categories', 'custom categories of others and of the account, beside users and beside their bodies'],
  ['conversations', 'every child of a conference, and two that stand among the events'],
  ['conversation-failed', 'a failed invitation, whose reason is an answer to a request'],
  ['conversation-call', 'an incoming call, with its eid on the envelope'],
  ['conversation-hostile', 'unknown children, texts in unknown places, a spoofed name, odd numbers'],
  ['requests', 'outcomes of requests in three generations, results of searches'],
  ['responses', 'every answer of the command channel: sessions, conversations, calls, refusals'],
  ['requests-hostile', 'answers that say too much, too little, or what cannot be read'],
  ['contacts', 'contact list whole and changed, watchers, access levels, policy of the server, under all names'],
  ['contacts-hostile', 'the same with double ids, numbers out of range, odd URIs and names that nobody knows'],
  ['raw-categories-hostile', 'the same with odd places, names, numbers and owners, in foreign namespaces'],
  ['self-states', 'every type of state, as the account sees itself'],
  ['self-settings', 'every field of the categories that only the user sees'],
  ['user-view', 'what others see of a user: services, old clients, history; and of one who shows nothing'],
  ['states-hostile', 'two bodies, wrong roots and namespaces, numbers at their limits, texts from right to left'],
  ['bodies-hostile', 'bodies with doubled, missing, foreign and unreadable parts'],
  ['unknown-events', 'every other event in its generic form'],
  ['facts-hostile', 'facts of conversations that say nothing, too much, or what nobody documents'],
  ['responses-hostile', 'answers of the command channel with parts missing, doubled, foreign and unreadable'],
  ['aliases-hostile', 'the other names of events, in other letter cases and namespaces, without eid'],
];

/** Of which there is the compact form as well. */
const COMPACT: readonly string[] = [
  'state-variants',
  'notes',
  'contact-cards',
  'calendar',
  'self-categories',
  'self-states',
  'self-settings',
  'user-view',
  'subscription-states',
  'raw-categories',
  'conversations',
  'conversation-failed',
  'conversation-call',
  'requests',
  'contacts',
];

/** Compared under another rule of privacy too. */
const VARIANTS = [
  ['conversation-call', 'hash'],
  ['conversation-hostile', 'keep'],
] as const;

function documentOf(name: string): Buffer {
  return readFileSync(join(FIXTURES, `${name}.xml`));
}

function goldenOf(name: string): string {
  return readFileSync(join(FIXTURES, `${name}.golden`), 'utf8');
}

describe('golden records', () => {
  test('every file of the folder is compared: by its name here, or in a test of its own', () => {
    const files = readdirSync(FIXTURES).map((file) => file.replace(/\.(xml|golden)$/, ''));
    const compact = [...COMPACT, 'responses'].map((name) => `${name}.compact`);
    const compared = [...DOCUMENTS.map(([name]) => name), ...compact, ...VARIANTS.map((variant) => variant.join('.'))];
    expect(new Set(files)).toEqual(new Set([...compared, 'raw-categories-hostile.bounded']));
  });

  test.each(DOCUMENTS)('%s: %s', (name) => {
    expect(goldenTextOf(recordsOfDocument(documentOf(name)))).toBe(goldenOf(name));
  });

  test('a compact document gives the records of the indented one, except for XML that is kept verbatim', () => {
    const indented = documentOf('seed-user-presence');
    const compact = Buffer.from(indented).toString('utf8').replace(/>\s+</g, '><').replaceAll(' />', '/>');
    expect(goldenTextOf(recordsOfDocument(Buffer.from(compact)))).toBe(goldenOf('seed-user-presence'));
  });

  /**
   * The same events on one line, in the CWA namespace by a prefix, with other prefixes in the bodies, attributes in
   * another order, comments and CDATA. The namespace is part of an event's identity, so only the ids differ.
   */
  test.each(COMPACT)('%s: the compact form in the CWA namespace gives the same records under other ids', (name) => {
    const withoutIds = (text: string): string => text.replace(/^ {2}"id":"[0-9a-f]{32}",$/gm, '');
    const compact = goldenTextOf(recordsOfDocument(documentOf(`${name}.compact`)));
    expect(withoutIds(compact)).toBe(withoutIds(goldenOf(name)));
    expect(compact).not.toBe(goldenOf(name));
  });

  test.each(VARIANTS)('%s: with privacy.messageContent %s', (name, privacyMessages) => {
    const records = recordsOfDocument(documentOf(name), { privacyMessages });
    expect(goldenTextOf(records)).toBe(goldenOf(`${name}.${privacyMessages}`));
  });

  test('XML that is kept is bounded, and what was cut is told', () => {
    const records = recordsOfDocument(documentOf('raw-categories-hostile'), { rawXmlBytesMax: 48 });
    expect(goldenTextOf(records)).toBe(goldenOf('raw-categories-hostile.bounded'));
  });

  test.each(['&#xD800;', '&#xDFFF;', '&#xD83D;&#xDE42;', '&#xFFFE;', '&#0;', '&#x110000;'])(
    'a reference to %s, which is no character, is no XML: there are no records',
    (reference) => {
      const note = documentOf('notes').toString().replace('until noon', reference);
      expect(note).toContain(reference);
      expect(() => recordsOfDocument(Buffer.from(note))).toThrow(DocumentRefusedError);
    },
  );

  test('responses: other spellings of the same answers give the same records, ids included: these go by place', () => {
    expect(goldenTextOf(recordsOfDocument(documentOf('responses.compact')))).toBe(goldenOf('responses'));
  });

  test('the same document gives the same records again, whatever was read between', () => {
    const first = goldenTextOf(recordsOfDocument(documentOf('hostile')));
    recordsOfDocument(documentOf('self-categories'));
    expect(goldenTextOf(recordsOfDocument(documentOf('hostile')))).toBe(first);
  });
});
