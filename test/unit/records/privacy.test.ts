import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { XmlElement, XmlNode } from '../../../src/lib/xml.ts';
import { serializeXml } from '../../../src/lib/xml.ts';
import { eventDeadLetters } from '../../../src/records/dead-letter-records.ts';
import { encodeRecord } from '../../../src/records/encode-record.ts';
import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import { disclosable } from '../../../src/records/privacy.ts';
import { TOPIC_NAMES } from '../../support/topic-names.ts';
import {
  admitted,
  category,
  element,
  normalized,
  note,
  presenceWith,
  recordContext,
  user,
  userPresence,
  within,
} from './builders.ts';

const TEXT = 'At the lighthouse';
const HEX = createHash('sha256').update(TEXT).digest('hex');
const DIGEST = `sha256:${HEX}`;
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
    const cased = element('cwacategory', { name: 'note' }, element('body', {}, TEXT));
    const misnamed = category('moods', { instance: '0' }, note(element('body', {}, TEXT)));
    const beside = within('HTTP://schemas.microsoft.com/2006/09/SIP/note', element('note', {}, TEXT));
    for (const each of [noted(), noted('noteHistory'), nested, bare, raw, cased, misnamed, beside]) {
      expect(everythingOf(userPresence(user('sip:a@b', each)), privacyNotes)).not.toContain(TEXT);
      expect(everythingOf(element('surprise', {}, each), privacyNotes)).not.toContain(TEXT);
    }
    expect(everythingOf(userPresence(user('sip:a@b', noted())), 'keep')).toContain(TEXT);
  });
});

describe('conversations', () => {
  const message = element('message', {}, element('format', {}, 'text/plain'), element('content', {}, TEXT));
  const CWA = 'http://schemas.microsoft.com/2006/09/rtc/cwa';

  /** The text at every place of a conversation where one may stand, and where none should. */
  const PLANTED: readonly (readonly [string, XmlElement])[] = [
    ['a message', conference(element('messageReceived', { sender: 'sip:odo@x' }, message))],
    ['a bare message', conference(element('messageReceived', {}, element('message', {}, TEXT)))],
    ['a text beside a message', conference(element('messageReceived', {}, TEXT, message))],
    ['a text beside the content', conference(element('messageReceived', {}, element('message', {}, message, TEXT)))],
    ['an element in the content', conference(element('imSessionReceived', {}, htmlMessage()))],
    ['another form of the message', conference(element('imSessionReceived', {}, element('message', {}, leaf('rtf'))))],
    ['a further message', conference(element('imSessionReceived', {}, element('message'), message))],
    ['the subject of an invitation', conference(element('imSessionReceived', {}, leaf('subject')))],
    ['the subject of a call', conference(element('voIPReceived', {}, leaf('subject'), leaf('subject')))],
    ['a call among the events', element('voIPReceived', {}, leaf('subject'))],
    ['a message among the events', element('messageReceived', {}, message)],
    ['a fact that is nothing but a word', conference(element('locked', {}, 'true', leaf('why')))],
    ['a fact of another vocabulary', conference(within('urn:foreign', leaf('role')))],
    ['an attribute', conference(element('whiteboard', { Subject: TEXT }), element('message', { '{urn:x}body': TEXT }))],
    ['an unknown child', conference(element('whiteboard', {}, leaf('page')), leaf('note'))],
    [
      'an unknown child about users',
      conference(element('whiteboard', {}, user('sip:a@b', leaf('mood')), leaf('page'))),
    ],
    ['the conference itself', conference(element('locked', {}, 'true'), TEXT)],
    ['a word in the wrong place', conference(element('messageReceived', {}, leaf('role')))],
    ['a conference in the CWA namespace', within(CWA, conference(element('messageReceived', {}, message)))],
    ['a conference of another vocabulary', within('urn:foreign', conference(leaf('imSessionState')))],
    ['a conference in another letter case', element('Conference', {}, element('MessageReceived', {}, leaf('Content')))],
    ['a message in another letter case', element('surprise', {}, element('Message', {}, leaf('CONTENT')))],
    ['a conversation inside an unknown event', element('surprise', {}, conference(leaf('page')))],
    ['a message inside an unknown event', element('surprise', {}, element('sent', {}, message))],
    ['a conversation inside presence', userPresence(user('sip:a@b', element('messageReceived', {}, message)))],
  ];

  function conference(...children: readonly XmlNode[]): XmlElement {
    return element('conference', { confId: '3' }, ...children);
  }

  function leaf(name: string): XmlElement {
    return element(name, {}, TEXT);
  }

  function htmlMessage(): XmlElement {
    return element('message', {}, element('content', {}, 'plain', leaf('b')));
  }

  function everywhere(root: XmlElement, privacyMessages: 'keep' | 'hash' | 'drop'): string {
    const context = recordContext({ includeRaw: true, privacyMessages });
    const letter = { reason: 'oversizeRecord', action: 'x', message: 'x', attempts: 1 } as const;
    const limits = { recordBytesMax: 900_000, bodyBytesMax: 900_000 };
    const bodies = eventDeadLetters(admitted(root), letter, context, limits).map(({ value }) =>
      'bodyBase64' in value ? Buffer.from(value.bodyBase64 ?? '', 'base64').toString() : '',
    );
    const records = normalizeEvent(admitted(root), context).map((each) => JSON.stringify(each.value, bigintAsText));
    return [...records, ...bodies].join('\n');
  }

  test.each(PLANTED)('dropped, the text of %s is nowhere, nor is its digest', (_place, root) => {
    expect(everywhere(root, 'keep')).toContain(TEXT);
    const written = everywhere(root, 'drop');
    expect(written).not.toContain(TEXT);
    expect(written).not.toContain(HEX);
  });

  test.each(PLANTED)('hashed, of the text of %s there is only the digest', (_place, root) => {
    const written = everywhere(root, 'hash');
    expect(written).not.toContain(TEXT);
    expect(written).toContain(HEX);
  });

  test('without a word in the context, what people wrote is dropped', () => {
    expect(normalized(conference(element('messageReceived', {}, message)))[0]?.value).toMatchObject({
      contentPolicy: 'drop',
      items: [{ content: null, contentBytes: TEXT.length, contentSha256: null }],
      warnings: [],
    });
  });

  test('a text where none is documented goes with a warning, on every record of the event', () => {
    const warnings = normalized(conference(element('locked', {}, 'true'), leaf('note'))).map((r) => r.value.warnings);
    expect(warnings).toEqual([['text-withheld'], ['text-withheld']]);
  });

  test('what the protocol says in words, and the names of people, stay', () => {
    const call = element('voIPReceived', {}, element('displayName', {}, 'Odo'), element('priority', {}, 'urgent'));
    const event = conference(element('confUri', {}, 'sip:x'), element('imSessionState', {}, 'connected'), call);
    expect(disclosable(event, { notes: 'keep', messages: 'drop' })).toEqual({
      element: event,
      concealed: new Map(),
      warnings: [],
    });
  });

  test('content of other events is nobody’s message', () => {
    const event = element('tideChanged', {}, element('content', {}, TEXT));
    expect(disclosable(event, { notes: 'keep', messages: 'drop' }).element).toBe(event);
  });
});

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

describe('sign-in data', () => {
  test('is emptied in elements and attributes, whatever the letter case, and reported', () => {
    const event = element(
      'requestSucceeded',
      { SignInData: 'c2VjcmV0' },
      element('x', {}, element('signInData', { a: 'b' }, 'c2VjcmV0')),
    );
    const { element: open, warnings } = disclosable(event, KEEP);
    expect(serializeXml(open)).toBe('<requestSucceeded SignInData=""><x><signInData a=""/></x></requestSucceeded>');
    expect(warnings).toEqual(['secret-removed']);
    expect(normalized(event)[0]?.value.warnings).toEqual(['secret-removed']);
  });

  test('an event without any is handed on as it is', () => {
    const event = userPresence(user('sip:a@b', noted()));
    expect(disclosable(event, KEEP)).toEqual({ element: event, concealed: new Map(), warnings: [] });
    expect(disclosable(event, KEEP).element).toBe(event);
  });
});
