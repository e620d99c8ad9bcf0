import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { normalizeEvent } from '../../../src/records/normalize-event.ts';
import { WARNINGS } from '../../../src/records/warnings.ts';
import {
  admitted,
  category,
  element,
  normalized,
  presenceOf,
  presenceWith,
  recordContext,
  state,
  unknownOf,
  user,
  userPresence,
  within,
} from './builders.ts';

const MAREN = 'sip:maren.holt@northpier.example';
const ODO = 'sip:odo@northpier.example';
const ACCOUNT = 'sip:bot@northpier.example';

describe('the grain', () => {
  test('one record for each user element, in document order, also when a user is named twice', () => {
    const records = presenceOf(userPresence(user(ODO), user(MAREN), user(ODO)));
    expect(
      records.map(({ subjectUri, userIndex, userCount, sequence }) => ({ subjectUri, userIndex, userCount, sequence })),
    ).toEqual([
      { subjectUri: ODO, userIndex: 0, userCount: 3, sequence: 5 },
      { subjectUri: MAREN, userIndex: 1, userCount: 3, sequence: 6 },
      { subjectUri: ODO, userIndex: 2, userCount: 3, sequence: 7 },
    ]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(3);
  });

  test('a user without a usable URI becomes a record of the account', () => {
    const focus = 'sip:c@northpier.example;gruu;opaque=app:conf:focus:id:1';
    const records = presenceOf(userPresence(element('user'), user(' '), user(focus)));
    expect(records.map(({ subjectUri, subjectUriRaw, warnings }) => [subjectUri, subjectUriRaw, warnings])).toEqual([
      [null, null, ['missing-uri']],
      [null, ' ', ['missing-uri']],
      [null, focus, ['conference-uri']],
    ]);
  });

  test('a userPresence without users is one record, with the categories that stand in it', () => {
    const [record, ...others] = presenceOf(userPresence(category('note', {})));
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      subjectUri: null,
      userCount: 0,
      warnings: ['no-user'],
      clearedCategories: ['note'],
    });
  });

  test('a selfPresence is one record about the account', () => {
    const [record] = presenceOf(element('selfPresence', {}, category('note', {})));
    expect(record).toMatchObject({
      isSelf: true,
      subjectUri: ACCOUNT,
      subjectUriRaw: null,
      clearedCategories: ['note'],
    });
  });

  test('the vocabulary is known without a namespace and in that of CWA; in any other it is not ours', () => {
    const root = userPresence(user(ODO, category('note', {})));
    const cwa = within('http://schemas.microsoft.com/2006/09/rtc/cwa', root);
    expect(presenceOf(cwa)[0]?.clearedCategories).toEqual(['note']);
    expect(unknownOf(within('urn:foreign', root))[0]?.namespace).toBe('urn:foreign');
  });
});

describe('the head', () => {
  test('the id is the documented formula, computed here by other means', () => {
    const event = admitted(userPresence(user(ODO), user(MAREN)));
    const lines = ['cwa-bridge', 'bot', '1700000000', event.identity, '1', '0'];
    const digest = createHash('sha256').update(lines.join('\n'), 'utf8').digest('hex');
    expect(normalizeEvent(event, recordContext())[1]?.value.id).toBe(digest.slice(0, 32));
  });

  test('the id does not depend on when, in which answer and at which place the event came', () => {
    const root = userPresence(user(ODO));
    const later = recordContext({
      answer: 9,
      ackId: '99',
      polledAckId: '98',
      sid: '32',
      receivedAt: 1,
      publishedAt: 2,
      firstSequence: 70,
    });
    const first = normalizeEvent(admitted(root), recordContext())[0]?.value.id;
    expect(
      normalizeEvent(admitted(root, { index: 4, isReplay: true, warnings: ['possible-repeat'] }), later)[0]?.value.id,
    ).toBe(first);
  });

  test('another generation, account or installation gives another id', () => {
    const root = userPresence(user(ODO));
    const contexts = [{}, { generation: 1_700_000_001 }, { accountId: 'bot2' }, { installation: 'other' }];
    expect(new Set(contexts.map((overrides) => normalized(root, overrides)[0]?.value.id)).size).toBe(4);
  });

  test.each([
    [true, true, true, 'replay'],
    [false, true, true, 'query'],
    [false, false, true, 'snapshot'],
    [false, false, false, 'live'],
  ])('origin with replay %s, query %s, snapshot %s is %s', (isReplay, isQuery, isSnapshot, origin) => {
    const context = recordContext({ isQuery: () => isQuery, isSnapshot: () => isSnapshot });
    expect(normalizeEvent(admitted(userPresence(user(ODO)), { isReplay }), context)[0]?.value.origin).toBe(origin);
  });

  test('snapshot and query are asked with the normalised URI, and only about users', () => {
    const asked: string[] = [];
    const note = (uri: string): boolean => asked.push(uri) < 0;
    presenceOf(userPresence(user('SIP:Odo@NorthPier.example;x'), user('')), { isSnapshot: note, isQuery: note });
    normalized(element('selfPresence'), { isSnapshot: note, isQuery: note });
    expect(asked).toEqual([ODO, ODO]);
  });

  test('an eid and other numbers beyond 2^53 keep all their digits', () => {
    const event = admitted(
      userPresence(
        user(
          ODO,
          category(
            'state',
            { instance: '9007199254740993' },
            state(
              {},
              within(
                'http://schemas.microsoft.com/2006/09/sip/state',
                element('availability', {}, '9223372036854775807'),
              ),
            ),
          ),
        ),
      ),
      { eid: 9007199254740993n },
    );
    expect(normalizeEvent(event, recordContext())[0]?.value).toMatchObject({
      eid: 9007199254740993n,
      availability: 9223372036854775807n,
      categories: [{ instance: 9007199254740993n }],
    });
  });

  test('a rid may be empty, which is not the same as none', () => {
    expect(presenceOf(element('userPresence', { rid: '' }, user(ODO)))[0]?.rid).toBe('');
    expect(presenceOf(userPresence(user(ODO)))[0]?.rid).toBeNull();
  });

  test('an answer of the command channel is not blamed for having no eid', () => {
    const event = admitted(element('requestAccepted', { rid: '1' }), {
      eid: null,
      eidRaw: null,
      warnings: ['eid-missing'],
    });
    expect(normalizeEvent(event, recordContext({ channel: 'command' }))[0]?.value.warnings).toEqual([]);
    expect(normalizeEvent(event, recordContext({ channel: 'data' }))[0]?.value.warnings).toEqual(['eid-missing']);
  });

  test('raw is the XML of the event, of several users only the own, and of what stands beside them only once', () => {
    const root = userPresence(user(ODO), element('extra'), user(MAREN));
    const raws = presenceOf(root, { includeRaw: true }).map(({ raw }) => raw);
    expect(raws).toEqual([
      `<userPresence eid="10"><user uri="${ODO}"/><extra/></userPresence>`,
      `<userPresence eid="10"><user uri="${MAREN}"/></userPresence>`,
    ]);
  });
});

describe('what the schema does not know', () => {
  test('attributes, elements and text are kept with the place where they stood', () => {
    const root = element(
      'userPresence',
      { eid: '1', mood: 'calm' },
      element('user', { uri: ODO }),
      element(
        'user',
        { uri: MAREN, '{urn:f}rank': '1' },
        category('note', {}),
        element('sticker', {}, 'star'),
        ' loose ',
      ),
    );
    const [first, second] = presenceOf(root);
    expect(first?.extensions).toEqual([{ path: '@mood', name: 'mood', namespace: null, value: 'calm' }]);
    expect(second?.extensions).toEqual([
      { path: 'user[1]/@rank', name: 'rank', namespace: 'urn:f', value: '1' },
      { path: 'user[1]/sticker[0]', name: 'sticker', namespace: null, value: '<sticker>star</sticker>' },
      { path: 'user[1]/#text', name: '#text', namespace: null, value: 'loose' },
    ]);
  });

  test('names of JavaScript objects are names like any other', () => {
    const record = presenceWith([
      category('__proto__', { instance: '1' }, element('__proto__')),
      category('constructor', { __proto__x: '1', hasOwnProperty: 'no' }),
    ]);
    expect(record.categoryNames).toEqual(['__proto__', 'constructor']);
    expect(record.categories[0]?.rawXml).toBe('<__proto__/>');
    expect(record.extensions.map(({ name }) => name)).toEqual(['__proto__x', 'hasOwnProperty']);
  });

  test('a text that is too long is cut between characters, and how large it was is told', () => {
    const record = presenceWith([category('tide', { instance: '1' }, element('t', {}, 'å🙂'.repeat(5)))], {
      rawXmlBytesMax: 9,
    });
    expect(record.categories[0]?.rawXml).toBe('<t>å🙂');
    const whole = `<t>${'å🙂'.repeat(5)}</t>`;
    expect(record.truncated).toEqual([
      { path: 'categories[0].rawXml', bytes: 37, sha256: createHash('sha256').update(whole).digest('hex') },
    ]);
  });

  test('every warning code of a record is in the documented list', () => {
    const hostile = userPresence(
      user('odo', element('cwaCategory', { instance: 'x', publishTime: '5' }), category('state', {}, element('foo'))),
      user('', category('state', { publishTime: 'never' }, element('state', { manual: 'perhaps' }))),
    );
    const warnings = presenceOf(hostile).flatMap((record) => record.warnings);
    expect(warnings.toSorted()).toEqual([
      'bad-boolean',
      'bad-number',
      'bad-time',
      'missing-name',
      'missing-uri',
      'odd-uri',
      'time-unit-unknown',
      'unexpected-body',
      'unexpected-namespace',
    ]);
    expect(warnings.filter((code) => !(code in WARNINGS))).toEqual([]);
  });
});

describe('events in generic form', () => {
  test('an event about the account is one record, keyed by the account, with all its attributes and its XML', () => {
    const [record, ...others] = unknownOf(element('tideChanged', { eid: '10', '{urn:t}level': '2' }, 'high'));
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      recordType: 'unknown',
      eventName: 'tideChanged',
      subjectUri: null,
      attributes: [
        { name: 'eid', namespace: null, value: '10' },
        { name: 'level', namespace: 'urn:t', value: '2' },
      ],
      users: [],
      rawXml: '<tideChanged eid="10" xmlns:n1="urn:t" n1:level="2">high</tideChanged>',
    });
  });

  test('an event with users that have a URI is one record for each of its users, and none is lost', () => {
    const records = unknownOf(
      element('moodChanged', {}, user('Odo@northpier.example'), element('user'), element('why')),
    );
    expect(records.map(({ subjectUri, users, rawXml }) => [subjectUri, users, rawXml])).toEqual([
      [ODO, [ODO], '<moodChanged><user uri="Odo@northpier.example"/><why/></moodChanged>'],
      [null, [], '<moodChanged><user/></moodChanged>'],
    ]);
  });
});
