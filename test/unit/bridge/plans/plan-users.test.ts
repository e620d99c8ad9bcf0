import { describe, expect, test } from 'vitest';

import type { AccountProgress } from '../../../../src/bridge/progress/account-progress.ts';
import type { Plan } from '../../../../src/bridge/plans/plan.ts';
import { planAnswer } from '../../../../src/bridge/plans/plan-answer.ts';
import { planFresh, planStale, planUnwatched } from '../../../../src/bridge/plans/plan-users.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import { category, element, note, state, user } from '../../records/builders.ts';
import {
  ACCOUNT_URI,
  bridgeSettings,
  event,
  NOW,
  openProgress,
  planContext,
  received,
  USERS,
  valuesOf,
} from '../builders.ts';

const [ANNA = '', BEN = ''] = USERS;

/** What is sent to the topic of current states: the key, and the value or null. */
function statesOf({ records }: Pick<Plan, 'records'>): readonly (readonly [string, object | null])[] {
  return records
    .filter(({ topic }) => topic === 'cwa.presence.current')
    .map(({ key, value }) => [key, value === null ? null : (JSON.parse(value.toString()) as object)]);
}

function presenceAt(eid: string, availability: number, ...uris: readonly string[]): XmlElement {
  const stated = category('state', { instance: '1' }, state({}, element('availability', {}, String(availability))));
  return event('userPresence', eid, ...uris.map((uri) => user(uri, stated)));
}

function planOf(progress: AccountProgress, ...events: readonly XmlElement[]): ReturnType<typeof planAnswer> {
  return planAnswer(planContext(), progress, received(events, { ackId: '99', polledAckId: progress.ackId }));
}

/** Anna and Ben are in. */
const known = planOf(openProgress(), presenceAt('8', 3_500, ANNA, BEN)).next;

describe('an event about watched users', () => {
  const plan = planOf(known, presenceAt('100', 18_500, ANNA, BEN), event('tide', '101'));

  test('is followed by its edges in the sequence, and by the states, which take no number', () => {
    expect(valuesOf(plan).map(({ recordType, sequence, subjectUri }) => [recordType, sequence, subjectUri])).toEqual([
      ['userPresence', 24, ANNA],
      ['signIn', 25, ANNA],
      ['userPresence', 26, BEN],
      ['signIn', 27, BEN],
      ['unknown', 28, null],
    ]);
    expect(plan.records.map(({ topic }) => topic)).toEqual([
      ...['cwa.presence', 'cwa.signin', 'cwa.presence.current'],
      ...['cwa.presence', 'cwa.signin', 'cwa.presence.current', 'cwa.unknown'],
    ]);
    expect(plan.next.nextSequence).toBe(29);
  });

  test('has edges with the head of their cause, an id of their own, and the id of the cause', () => {
    const [presence, edge] = valuesOf(plan);
    expect(edge).toMatchObject({ causeRecordId: presence?.id, edge: 'signedOut', eid: 100, channel: 'data' });
    expect(edge).toMatchObject({ userIndex: 0, userCount: 2, eventName: 'userPresence', answer: presence?.answer });
    expect(edge?.id).not.toBe(presence?.id);
  });

  test('has states that name the record that they come from', () => {
    const [presence] = valuesOf(plan);
    const [[key, current] = ['', null]] = statesOf(plan);
    expect(key).toBe(ANNA);
    expect(current).toMatchObject({
      sourceRecordId: presence?.id,
      sequence: 24,
      accountId: 'pilot',
      signInState: 'out',
    });
  });

  test('tells in its records what was known before', () => {
    const [presence] = valuesOf(plan);
    expect(presence?.previous).toMatchObject({ availability: 3_500, availabilityName: 'Available' });
  });

  test('is folded in the order of the events, also of one answer', () => {
    const both = planOf(known, presenceAt('101', 3_500, ANNA), presenceAt('100', 18_500, ANNA));
    expect(valuesOf(both).flatMap(({ edge }) => edge ?? [])).toEqual(['signedOut', 'signedIn']);
  });

  test('leaves the states that it was planned on as they were', () => {
    expect(known.users.get(ANNA)?.current.signInState).toBe('in');
    expect(plan.next.users.get(ANNA)?.current.signInState).toBe('out');
  });
});

describe('no state comes of', () => {
  test('a user who is not watched', () => {
    const plan = planOf(known, presenceAt('100', 3_500, 'sip:stranger@harbour.example'));
    expect(plan.records).toHaveLength(1);
    expect(plan.next.users).toBe(known.users);
  });

  test("the account's view of itself", () => {
    const own = event(
      'selfPresence',
      '100',
      category('state', { instance: '1' }, state({}, element('availability', {}, '3500'))),
    );
    const settings = bridgeSettings();
    const account = { ...settings.account, users: [ACCOUNT_URI] };
    const context = planContext({ settings: { ...settings, account } });
    expect(planAnswer(context, known, received([own])).next.users).toBe(known.users);
  });

  test('an event that goes out as a dead letter', () => {
    const answer = received([presenceAt('100', 18_500, ANNA)]);
    const plan = planAnswer(planContext(), known, answer, new Set([0]));
    expect(plan.records.map(({ topic }) => topic)).toEqual(['cwa.deadletter']);
    expect(plan.next.users).toBe(known.users);
  });

  test('an event of which one record cannot be made to fit, not even of its other users', () => {
    const settings = bridgeSettings();
    const context = planContext({ settings: { ...settings, records: { ...settings.records, recordBytesMax: 2_200 } } });
    const long = category('note', { instance: '0' }, note(event('body', null, 'x'.repeat(5_000))));
    const givenUp = event('userPresence', '100', user(ANNA), user(BEN, long));
    const plan = planAnswer(context, known, received([givenUp, event('userPresence', '101', user(BEN))]));
    const ofUser = (uri: string): readonly string[] =>
      plan.records.filter(({ key }) => key === uri).map(({ topic }) => topic);
    expect(ofUser(ANNA)).toEqual([]);
    expect(ofUser(BEN)).toEqual(['cwa.presence', 'cwa.signin', 'cwa.presence.current']);
    expect(plan.next.users.get(ANNA)).toBe(known.users.get(ANNA));
  });
});

describe('a session that was down for long', () => {
  const stale = planStale(planContext(), known);

  test('makes everybody stale, each by one write', () => {
    expect(statesOf(stale ?? { records: [] })).toMatchObject([
      [ANNA, { isStale: true, staleSince: NOW, availability: 3_500 }],
      [BEN, { isStale: true }],
    ]);
    expect(stale?.next.nextSequence).toBe(known.nextSequence);
    expect(planStale(planContext(), stale?.next ?? known)).toBeNull();
  });

  test('and that went on makes them fresh again, each by one write', () => {
    const fresh = planFresh(planContext(), stale?.next ?? known);
    expect(statesOf(fresh ?? { records: [] })).toMatchObject([
      [ANNA, { isStale: false, staleSince: null }],
      [BEN, { isStale: false }],
    ]);
    expect(planFresh(planContext(), fresh?.next ?? known)).toBeNull();
  });

  test('and that did not go on leaves them stale until their snapshot', () => {
    const pending = { ...(stale?.next ?? known), watch: { hash: 'h', pending: [ANNA] } };
    expect(statesOf(planFresh(planContext(), pending) ?? { records: [] }).map(([uri]) => uri)).toEqual([BEN]);
    const snapshot = planOf(pending, presenceAt('100', 3_500, ANNA));
    expect(statesOf(snapshot)).toMatchObject([[ANNA, { isStale: false }]]);
    expect(valuesOf(snapshot)).toMatchObject([{ recordType: 'userPresence', origin: 'snapshot' }]);
  });

  test('says nothing of users of whom nothing is known', () => {
    expect(planStale(planContext(), openProgress())).toBeNull();
  });
});

describe('a user who is no longer watched', () => {
  function contextFor(users: readonly string[], elsewhere: readonly string[] = []) {
    const settings = bridgeSettings();
    const isWatchedElsewhere = (uri: string): boolean => elsewhere.includes(uri);
    return planContext({
      settings: {
        ...settings,
        account: { ...settings.account, users },
        userState: { ...settings.userState, isWatchedElsewhere },
      },
    });
  }

  test('is forgotten, and the current state ends', () => {
    const plan = planUnwatched(contextFor([ANNA]), known);
    expect(statesOf(plan ?? { records: [] })).toEqual([[BEN, null]]);
    expect([...(plan?.next.users.keys() ?? [])]).toEqual([ANNA]);
    expect(plan?.next.nextSequence).toBe(known.nextSequence);
  });

  test('whom another account watches is forgotten here, and goes on there', () => {
    const plan = planUnwatched(contextFor([ANNA], [BEN]), known);
    expect(plan?.records).toEqual([]);
    expect([...(plan?.next.users.keys() ?? [])]).toEqual([ANNA]);
  });

  test('is nobody while the watch list holds them all', () => {
    expect(planUnwatched(contextFor(USERS), known)).toBeNull();
  });
});
