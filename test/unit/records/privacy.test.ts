import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { XmlElement } from '../../../src/lib/xml.ts';
import { serializeXml } from '../../../src/lib/xml.ts';
import { encodeRecord } from '../../../src/records/encode-record.ts';
import { disclosable } from '../../../src/records/privacy.ts';
import { TOPIC_NAMES } from '../../support/topic-names.ts';
import { category, element, normalized, note, presenceWith, user, userPresence } from './builders.ts';

const TEXT = 'At the lighthouse';
const DIGEST = `sha256:${createHash('sha256').update(TEXT).digest('hex')}`;
const KEEP = { notes: 'keep', messages: 'keep' } as const;
const OPTIONS = { installation: 'x', topics: TOPIC_NAMES };

function noted(name = 'note'): XmlElement {
  return category(name, { instance: '0' }, note(element('body', { type: 'personal' }, TEXT)));
}

function everythingOf(root: XmlElement, privacyNotes: 'keep' | 'hash' | 'drop'): string {
  return normalized(root, { includeRaw: true, privacyNotes })
    .map((record) => encodeRecord(record, OPTIONS).value.toString())
    .join('');
}

describe('presence notes', () => {
  test('are kept, hashed or dropped; dropped is null, which is not the same as an empty note', () => {
    expect(presenceWith([noted()], { privacyNotes: 'keep' }).note).toBe(TEXT);
    expect(presenceWith([noted()], { privacyNotes: 'hash' }).note).toBe(DIGEST);
    expect(presenceWith([noted()], { privacyNotes: 'drop' })).toMatchObject({ note: null, noteType: 'personal' });
  });

  test.each(['hash', 'drop'] as const)('with %s the text is nowhere in any record, however it came', (privacyNotes) => {
    const nested = element('cwaCategory', { name: 'note' }, element('memo', {}, element('p', {}, TEXT), TEXT));
    const bare = element('cwaCategory', { name: 'NOTE' }, TEXT);
    const raw = element('rawCategory', { name: 'noteHistory' }, element('x', {}, TEXT));
    for (const each of [noted(), noted('noteHistory'), nested, bare, raw]) {
      expect(everythingOf(userPresence(user('sip:a@b', each)), privacyNotes)).not.toContain(TEXT);
      expect(everythingOf(element('surprise', {}, each), privacyNotes)).not.toContain(TEXT);
    }
    expect(everythingOf(userPresence(user('sip:a@b', noted())), 'keep')).toContain(TEXT);
  });
});

describe('conversations', () => {
  const message = element('message', {}, element('format', {}, 'text/plain'), element('content', {}, TEXT));
  const conference = element(
    'conference',
    { confId: '3' },
    element('messageReceived', { sender: 'sip:odo@x' }, message),
  );

  test('what people wrote is dropped unless the configuration says otherwise', () => {
    const rawXmlWith = (overrides: object): unknown => normalized(conference, overrides)[0]?.value;
    expect(rawXmlWith({})).toHaveProperty(
      'rawXml',
      serializeXml(conference).replace(TEXT, '').replace('<content></content>', '<content/>'),
    );
    expect(rawXmlWith({ privacyMessages: 'hash' })).toHaveProperty(
      'rawXml',
      serializeXml(conference).replace(TEXT, DIGEST),
    );
    expect(rawXmlWith({ privacyMessages: 'keep' })).toHaveProperty('rawXml', serializeXml(conference));
  });

  test('subjects and bare messages are what people wrote, too', () => {
    const invitation = element('imSessionReceived', {}, element('subject', {}, TEXT), element('message', {}, TEXT));
    const { element: open } = disclosable(invitation, { notes: 'keep', messages: 'drop' });
    expect(serializeXml(open)).toBe('<imSessionReceived><subject/><message/></imSessionReceived>');
  });

  test('content of other events is nobody’s message', () => {
    const event = element('tideChanged', {}, element('content', {}, TEXT));
    expect(disclosable(event, { notes: 'keep', messages: 'drop' }).element).toBe(event);
  });
});

describe('sign-in data', () => {
  test('is emptied in elements and attributes, whatever the letter case, and reported', () => {
    const event = element(
      'requestSucceeded',
      { SignInData: 'c2VjcmV0' },
      element('x', {}, element('signInData', { a: 'b' }, 'c2VjcmV0')),
    );
    const { element: open, hadSecret } = disclosable(event, KEEP);
    expect(serializeXml(open)).toBe('<requestSucceeded SignInData=""><x><signInData a=""/></x></requestSucceeded>');
    expect(hadSecret).toBe(true);
    expect(normalized(event)[0]?.value.warnings).toEqual(['secret-removed']);
  });

  test('an event without any is handed on as it is', () => {
    const event = userPresence(user('sip:a@b', noted()));
    expect(disclosable(event, KEEP)).toEqual({ element: event, hadSecret: false });
    expect(disclosable(event, KEEP).element).toBe(event);
  });
});
