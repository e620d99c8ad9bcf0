import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { XmlElement, XmlNode } from '../../../src/lib/xml.ts';
import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import type { RecordContext } from '../../../src/records/record-context.ts';
import type { ConversationItem, ConversationsRecord } from '../../../src/records/topics/conversations.ts';
import { admitted, element, normalized, recordContext, user, within } from './builders.ts';

const BOT = 'sip:bot@northpier.example';
const MAREN = 'sip:maren.holt@northpier.example';
const ODO = 'sip:odo@northpier.example';
const FOCUS = 'sip:odo@northpier.example;gruu;opaque=app:conf:focus:id:4F2A';

function conference(...children: readonly XmlNode[]): XmlElement {
  return element('conference', { eid: '64', confId: '3' }, ...children);
}

function leaf(name: string, text: string): XmlElement {
  return element(name, {}, text);
}

function message(content: string, format = 'text/plain'): XmlElement {
  return element('message', {}, leaf('format', format), leaf('content', content));
}

function participant(uri: string): XmlElement {
  return element('participant', { uri });
}

/** The conversation record of an event; the first of all its records. */
function conversationOf(root: XmlElement, overrides: Partial<RecordContext> = {}): ConversationsRecord {
  const [record] = normalized(root, { privacyMessages: 'keep', ...overrides });
  if (record?.topic !== 'conversations') throw new Error('not a conversation');
  return record.value;
}

/** What the only item of a conference with this child says: everything but nulls and empty lists. */
function saidBy(child: XmlElement, overrides: Partial<RecordContext> = {}): Partial<ConversationItem> {
  const [item, ...others] = conversationOf(conference(child), overrides).items;
  if (item === undefined || others.length > 0) throw new Error('not one item');
  const said = Object.entries(item).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(said);
}

function written(content: string): Partial<ConversationItem> {
  return { content, contentBytes: Buffer.byteLength(content), contentSha256: sha256(content) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

describe('the facts of a conversation', () => {
  test.each<[XmlElement, Partial<ConversationItem>]>([
    [leaf('confUri', ` ${FOCUS}\n`), { value: FOCUS }],
    [leaf('imSessionState', ' connected '), { value: 'connected' }],
    [leaf('imSessionState', 'on hold'), { value: 'on hold' }],
    [leaf('escalationMode', 'none'), { value: 'none' }],
    [leaf('role', 'presenter'), { value: 'presenter' }],
    [element('role'), { value: '' }],
    [leaf('composingState', 'idle'), { value: 'idle', flag: false }],
    [leaf('composingState', 'paused'), { value: 'paused' }],
    [
      element('composingState', { sender: ODO }, 'composing'),
      { value: 'composing', flag: true, uri: ODO, uriRaw: ODO },
    ],
    [
      element('composingState', { uri: 'Odo@X' }, 'idle'),
      { value: 'idle', flag: false, uri: 'sip:odo@x', uriRaw: 'Odo@X' },
    ],
    [leaf('locked', 'True'), { value: 'True', flag: true }],
    [leaf('enableAppearOffline', '0'), { value: '0', flag: false }],
    [element('messageIdReceived', { rid: '', messageId: '2-mcu' }), { rid: '', messageId: '2-mcu' }],
    [element('messageSendFailed', { messageId: '17' }), { messageId: '17' }],
    [
      element('initiateImSessionAccepted', { rid: '12', confid: '9007199254740993' }),
      { rid: '12', confId: 9007199254740993n },
    ],
    [element('inviteFailed', { uri: 'SIP:Odo@northpier.example' }), { uri: ODO, uriRaw: 'SIP:Odo@northpier.example' }],
    [
      element('participant', { uri: ODO, name: 'O\ndo', role: ' attendee', archiving: 'False' }),
      { uri: ODO, uriRaw: ODO, name: 'O\ndo', role: 'attendee', archiving: false },
    ],
    [leaf('participantRemoved', ` ${ODO} `), { uri: ODO, uriRaw: ` ${ODO} ` }],
    [element('voIPTerminated', {}, leaf('reason', 'SessionDown')), { reason: 'SessionDown' }],
  ])('%#: %o', (child, said) => {
    expect(saidBy(child)).toEqual({ kind: child.name, ...said });
  });

  test('a message keeps its format, its white space and its line ends, and says how large it is', () => {
    const text = '  two\nlines & more 👋 ';
    expect(saidBy(element('messageReceived', { sender: ODO }, message(text, ' X-MMS-IM-Format: FN=Tahoma')))).toEqual({
      kind: 'messageReceived',
      uri: ODO,
      uriRaw: ODO,
      format: ' X-MMS-IM-Format: FN=Tahoma',
      ...written(text),
    });
  });

  test('of hashed and dropped messages the size is told, and of hashed ones the digest', () => {
    const child = element('messageReceived', {}, message('tide is in 👋'), element('message', {}, element('content')));
    expect(saidBy(child, { privacyMessages: 'hash' })).toMatchObject({
      contentBytes: 15,
      contentSha256: sha256('tide is in 👋'),
      furtherMessages: [{ content: null, contentBytes: 0, contentSha256: sha256('') }],
    });
    expect(saidBy(child, { privacyMessages: 'drop' })).toMatchObject({
      contentBytes: 15,
      furtherMessages: [{ content: null, contentBytes: 0, contentSha256: null }],
    });
    expect(saidBy(child, { privacyMessages: 'drop' })).not.toHaveProperty('contentSha256');
  });

  test('an invitation may have no message, or several, and subjects', () => {
    const inviter = element('inviter', { uri: ODO, name: 'Odo', sourceNetwork: 'federated' });
    const words = [inviter, leaf('role', 'attendee'), leaf('escalationMode', 'peer')];
    const plain = { kind: 'imSessionReceived', uri: ODO, uriRaw: ODO, name: 'Odo', role: 'attendee' };
    const said = { ...plain, sourceNetwork: 'federated', escalationMode: 'peer' };
    expect(saidBy(element('imSessionReceived', {}, ...words))).toEqual(said);
    const texts = [leaf('subject', 'tides'), message('one'), element('subject'), leaf('message', 'two')];
    expect(saidBy(element('imSessionReceived', {}, ...words, ...texts))).toEqual({
      ...said,
      format: 'text/plain',
      ...written('one'),
      subjects: [
        { format: null, ...written('tides') },
        { format: null, ...written('') },
      ],
      furtherMessages: [{ format: null, ...written('two') }],
    });
  });

  test('a call names its caller twice, once as SIP does', () => {
    const from = '"Maren <sip:maren.holt@northpier.example>" <SIP:odo@northpier.example>;tag=9a';
    const flags = [leaf('redirectable', 'true'), leaf('canReplyWithIM', 'True'), leaf('isConference', '0')];
    const names = [leaf('uri', 'SIP:odo@northpier.example'), leaf('displayName', 'Odo '), leaf('from', from)];
    const call = element(
      'voIPReceived',
      {},
      ...names,
      ...flags,
      leaf('priority', 'urgent'),
      leaf('subject', 'berth 4'),
    );
    expect(saidBy(call)).toEqual({
      kind: 'voIPReceived',
      uri: ODO,
      uriRaw: 'SIP:odo@northpier.example',
      name: 'Odo ',
      call: { from, fromUri: ODO, redirectable: true, canReplyWithIM: true, priority: 'urgent', isConference: false },
      subjects: [{ format: null, ...written('berth 4') }],
    });
    expect(conversationOf(conference(call)).peerUri).toBe(ODO);
  });

  test('what cannot be read is null, with a warning, and its text is kept', () => {
    const children = [element('participant', { archiving: 'perhaps' }), leaf('locked', 'maybe')];
    const record = conversationOf(element('conference', { confId: 'three' }, ...children));
    expect(record).toMatchObject({
      confId: null,
      warnings: ['bad-number', 'bad-boolean'],
      items: [{ archiving: null }, { flag: null, value: 'maybe' }],
      extensions: [
        { path: '@confId', value: 'three' },
        { path: 'participant[0]/@archiving', value: 'perhaps' },
      ],
    });
  });

  test('what a known fact says beyond its shape is an extension', () => {
    const odd = element('participant', { uri: ODO, mood: 'fine' }, element('badge', { n: '1' }));
    expect(conversationOf(conference(odd)).extensions).toEqual([
      { path: 'participant[0]/@mood', name: 'mood', namespace: null, value: 'fine' },
      { path: 'participant[0]/badge[0]', name: 'badge', namespace: null, value: '<badge n="1"/>' },
    ]);
  });
});

describe('the record of a conference', () => {
  test('is keyed by the account and has its children in document order', () => {
    const record = conversationOf(conference(leaf('role', 'a'), participant(ODO), leaf('role', 'b')));
    expect(record).toMatchObject({ recordType: 'conference', subjectUri: null, confId: 3, userIndex: 0, userCount: 0 });
    expect(record.items.map(({ kind, value }) => [kind, value])).toEqual([
      ['role', 'a'],
      ['participant', null],
      ['role', 'b'],
    ]);
  });

  test.each<[string | null, readonly XmlElement[]]>([
    [null, []],
    [null, [leaf('imSessionState', 'connected')]],
    [null, [leaf('confUri', FOCUS)]],
    [null, [participant(FOCUS)]],
    [null, [participant('SIP:Bot@northpier.example')]],
    [null, [participant(ODO), participant(MAREN)]],
    [null, [element('voIPReceived', {}, leaf('uri', MAREN), leaf('from', `<${ODO}>`))]],
    [ODO, [participant(ODO), participant(BOT)]],
    [ODO, [participant(ODO), leaf('participantRemoved', 'ODO@northpier.example')]],
    [ODO, [element('voIPReceived', {}, leaf('from', `"Odo" <${ODO}>;tag=9a`))]],
    ['tel:+4555501000', [element('voIPReceived', {}, leaf('uri', 'tel:+4555501000'))]],
  ])('its peer is %s with %o', (peerUri, children) => {
    expect(conversationOf(conference(...children)).peerUri).toBe(peerUri);
  });

  test('a conference without anything inside still is a record', () => {
    expect(conversationOf(conference())).toMatchObject({ items: [], peerUri: null, confId: 3 });
  });

  test('says whether it may be a repeat', () => {
    expect(normalizeEvent(admitted(conference(), { isReplay: true }), recordContext())[0]?.value.origin).toBe('replay');
    expect(conversationOf(conference()).origin).toBe('live');
  });

  test('facts among the events are records of no conversation', () => {
    for (const fact of [
      leaf('locked', 'true'),
      leaf('participantRemoved', ODO),
      element('messageIdReceived', { rid: '7' }),
    ]) {
      const { confId, eventName, items, rid } = conversationOf(fact);
      expect([confId, eventName, items.map(({ kind }) => kind)]).toEqual([null, fact.name, [fact.name]]);
      expect(rid).toBe(items[0]?.rid ?? null);
    }
  });
});

describe('children of a conference that are not known', () => {
  const whiteboard = element('whiteboard', { board: '7', rid: '9' }, element('page', { n: '1' }));
  const foreign = within('urn:foreign', leaf('role', 'x'));

  test('become records of their own behind that of the conference, which has the rest', () => {
    const root = conference(leaf('role', 'attendee'), whiteboard, foreign, leaf('locked', 'true'));
    const records = normalized(root, { privacyMessages: 'keep', includeRaw: true });
    expect(records.map(({ topic, value }) => [topic, value.eventName, value.sequence, value.userIndex])).toEqual([
      ['conversations', 'conference', 5, 0],
      ['unknown', 'whiteboard', 6, 1],
      ['unknown', 'role', 7, 2],
    ]);
    expect(new Set(records.map(({ value }) => value.id)).size).toBe(3);
    expect(records[0]?.value).toMatchObject({
      extensions: [],
      items: [{ kind: 'role' }, { kind: 'locked' }],
      raw: '<conference eid="64" confId="3"><role>attendee</role><locked>true</locked></conference>',
    });
    expect(records[1]?.value).toMatchObject({
      confId: 3,
      eid: 10n,
      rid: '9',
      subjectUri: null,
      namespace: null,
      attributes: [
        { name: 'board', namespace: null, value: '7' },
        { name: 'rid', namespace: null, value: '9' },
      ],
      rawXml: '<whiteboard board="7" rid="9"><page n="1"/></whiteboard>',
    });
    expect(records[2]?.value).toMatchObject({ namespace: 'urn:foreign', rawXml: '<role xmlns="urn:foreign">x</role>' });
  });

  test('are one record for each user, if they are about users', () => {
    const records = normalized(conference(element('mood', {}, user(ODO), user(MAREN)), whiteboard));
    expect(records.map(({ value }) => [value.subjectUri, value.sequence, value.userIndex, value.userCount])).toEqual([
      [null, 5, 0, 0],
      [ODO, 6, 1, 2],
      [MAREN, 7, 2, 2],
      [null, 8, 3, 0],
    ]);
    expect(new Set(records.map(({ value }) => value.id)).size).toBe(4);
  });

  test('in the generic form of an event there is no confId', () => {
    expect(normalized(element('surprise', { confId: '3' }))[0]?.value).toMatchObject({ confId: null });
  });

  test('are many without taking long', () => {
    const children = Array.from({ length: 20_000 }, () => element('whiteboard'));
    expect(normalized(conference(...children))).toHaveLength(20_001);
  });

  test('may be about more users than a call takes arguments', { timeout: 120_000 }, () => {
    const child: XmlElement = { ...element('mood'), children: new Array<XmlElement>(150_000).fill(user(ODO)) };
    expect(normalized(conference(child))).toHaveLength(150_001);
  });
});
