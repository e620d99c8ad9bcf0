import { describe, expect, test } from 'vitest';

import type { PresenceRecord } from '../../../src/records/topics/presence.ts';
import { category, element, presenceOf, user, within } from './builders.ts';

const MAREN = 'sip:maren.holt@northpier.example';
const ODO = 'sip:odo@northpier.example';
const ACCOUNT = 'sip:bot@northpier.example';

function subscriptionState(...users: readonly ReturnType<typeof element>[]): ReturnType<typeof element> {
  return element('presenceSubscriptionState', { eid: '41' }, ...users);
}

function watched(uri: string, state: string): ReturnType<typeof element> {
  return element('user', { uri, state });
}

function rawCategory(name: string, ...body: readonly ReturnType<typeof element>[]): ReturnType<typeof element> {
  return element('rawCategory', { name, nameSpace: 'urn:tide' }, ...body);
}

const tide = within('urn:tide', element('tide', { high: '07:41' }));

function placesOf(records: readonly PresenceRecord[]): readonly unknown[] {
  return records.map(({ subjectUri, userIndex, userCount, sequence }) => [
    subjectUri,
    userIndex,
    userCount,
    Number(sequence) - 5,
  ]);
}

describe('presenceSubscriptionState', () => {
  test('is one record for each user, with the state of the subscription and nothing about presence', () => {
    const records = presenceOf(subscriptionState(watched(MAREN, 'subscribed'), watched(ODO, 'terminated')));
    expect(placesOf(records)).toEqual([
      [MAREN, 0, 2, 0],
      [ODO, 1, 2, 1],
    ]);
    for (const record of records) {
      expect(record).toMatchObject({
        recordType: 'presenceSubscriptionState',
        isSelf: false,
        origin: 'live',
        availability: null,
        categoryNames: [],
        categories: [],
        rawCategories: [],
        warnings: [],
        extensions: [],
      });
    }
    expect(records.map((record) => record.subscriptionState)).toEqual(['subscribed', 'terminated']);
  });

  test('keeps a state that nobody documents; blanks around it do not count; none is null', () => {
    const states = presenceOf(subscriptionState(watched(MAREN, ' retrying\n'), watched(ODO, 'Drowsy'), user(ODO)));
    expect(states.map((record) => record.subscriptionState)).toEqual(['retrying', 'Drowsy', null]);
  });

  test('a user without a URI, and an event without users, are records of the account', () => {
    const [nameless] = presenceOf(subscriptionState(element('user', { state: 'terminated' })));
    expect(nameless).toMatchObject({
      subjectUri: null,
      subscriptionState: 'terminated',
      userCount: 1,
      warnings: ['missing-uri'],
    });
    const [userless] = presenceOf(subscriptionState());
    expect(userless).toMatchObject({ subjectUri: null, userCount: 0, warnings: ['no-user'] });
  });

  test('never is the snapshot or the answer that somebody waits for', () => {
    const context = { isSnapshot: () => true, isQuery: () => true };
    expect(presenceOf(subscriptionState(watched(ODO, 'subscribed')), context)[0]?.origin).toBe('live');
  });

  test('state of a user means this only here: elsewhere it is an extension', () => {
    const [record] = presenceOf(element('userPresence', {}, watched(ODO, 'subscribed')));
    expect(record).toMatchObject({ subscriptionState: null, extensions: [{ path: 'user[0]/@state' }] });
  });
});

describe('userRawCategories', () => {
  test('is one record for each user, with custom categories only', () => {
    const records = presenceOf(
      element('userRawCategories', {}, user(MAREN, rawCategory('a', tide), rawCategory('b')), user(ODO)),
    );
    expect(placesOf(records)).toEqual([
      [MAREN, 0, 2, 0],
      [ODO, 1, 2, 1],
    ]);
    expect(records.map(({ rawCategories }) => rawCategories.map(({ name, rawXml }) => [name, rawXml]))).toEqual([
      [
        ['a', '<tide xmlns="urn:tide" high="07:41"/>'],
        ['b', null],
      ],
      [],
    ]);
    expect(records[0]).toMatchObject({ recordType: 'userRawCategories', isSelf: false, categoryNames: [] });
  });

  test('categories without a user are a record of the account', () => {
    const records = presenceOf(element('userRawCategories', {}, rawCategory('a', tide), rawCategory('b')));
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      subjectUri: null,
      userIndex: 0,
      userCount: 0,
      isSelf: false,
      rawCategories: [{ name: 'a' }, { name: 'b' }],
      warnings: ['missing-uri', 'no-user'],
    });
  });

  test('categories beside users are a record of the account, after those of the users, and nothing is there twice', () => {
    const records = presenceOf(
      element(
        'userRawCategories',
        { rid: '7', mood: 'calm' },
        rawCategory('a'),
        tide,
        user(MAREN, rawCategory('b')),
        user(ODO),
      ),
      { includeRaw: true },
    );
    expect(placesOf(records)).toEqual([
      [MAREN, 0, 2, 0],
      [ODO, 1, 2, 1],
      [null, 2, 2, 2],
    ]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(3);
    expect(records.map(({ warnings }) => warnings)).toEqual([[], [], ['missing-uri', 'misplaced-body']]);
    expect(records.map(({ extensions }) => extensions.map(({ path }) => path))).toEqual([[], [], ['@mood']]);
    expect(records.map(({ rid }) => rid)).toEqual(['7', '7', '7']);
    const outer = '<userRawCategories rid="7" mood="calm">';
    const direct = '<rawCategory name="a" nameSpace="urn:tide"/><tide xmlns="urn:tide" high="07:41"/>';
    expect(records.map(({ raw }) => raw)).toEqual([
      `${outer}<user uri="${MAREN}"><rawCategory name="b" nameSpace="urn:tide"/></user></userRawCategories>`,
      `${outer}<user uri="${ODO}"/></userRawCategories>`,
      `${outer}${direct}</userRawCategories>`,
    ]);
  });
});

describe('selfRawCategories', () => {
  test('is one record about the account, whose custom categories stand in the event itself', () => {
    const records = presenceOf(element('selfRawCategories', { rid: '3' }, rawCategory('a', tide), rawCategory('b')));
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      recordType: 'selfRawCategories',
      isSelf: true,
      subjectUri: ACCOUNT,
      subjectUriRaw: null,
      userIndex: 0,
      userCount: 0,
      rid: '3',
      rawCategories: [{ name: 'a', nameSpace: 'urn:tide' }, { name: 'b' }],
      warnings: [],
    });
  });

  test('a user in it is nobody that the event is about, and is kept', () => {
    const [record] = presenceOf(element('selfRawCategories', {}, user(ODO), category('note', {})));
    expect(record).toMatchObject({
      subjectUri: ACCOUNT,
      clearedCategories: ['note'],
      extensions: [{ path: 'user[0]', value: `<user uri="${ODO}"/>` }],
    });
  });
});
