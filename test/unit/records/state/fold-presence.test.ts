import { describe, expect, test } from 'vitest';

import { foldPresence } from '../../../../src/records/state/fold-presence.ts';
import { CURRENT_TEXT_MAX } from '../../../../src/records/topics/current.ts';
import { category, element, state, within } from '../builders.ts';
import { available, CONTEXT, foldAll, foldLast, MAREN, personalNote, presence, subscription, T0 } from './builders.ts';

const CARD = 'http://schemas.microsoft.com/2006/09/sip/contactcard';

function card(title: string): ReturnType<typeof category> {
  return category(
    'contactCard',
    { instance: '0' },
    within(CARD, element('contactCard', {}, element('title', {}, title))),
  );
}

describe('the current state', () => {
  test('of a user who is seen for the first time is all that the record says', () => {
    const record = presence([available(6_500, { publishTime: '2023-11-14T22:13:00Z' }), personalNote('at sea')], {
      attributes: { sourceNetwork: 'federated', iconUri: 'http://icons.example/1' },
    });
    expect(foldLast([record]).current).toMatchObject({
      ...{ userUri: MAREN, accountId: 'bot', sourceRecordId: record.id, generation: 1_700_000_000, sequence: 5 },
      ...{ availability: 6_500, availabilityName: 'Busy', availabilitySince: T0, statePublishedAt: T0 - 20_000 },
      ...{ note: 'at sea', noteType: 'personal', noteAt: T0, displayName: null, updatedAt: T0 },
      ...{ sourceNetwork: 'federated', iconUri: 'http://icons.example/1', subscriptionState: null },
      ...{ signInState: 'in', signInSince: T0, isStale: false, staleSince: null },
    });
  });

  test('keeps the columns of categories that are not mentioned', () => {
    const { current } = foldLast([presence([available(6_500), card('Pilot')]), presence([personalNote('x')])]);
    expect(current).toMatchObject({ availability: 6_500, title: 'Pilot', note: 'x', signInState: 'in' });
  });

  test('replaces all columns of a category that is mentioned, also by nothing', () => {
    const first = presence([
      category('state', { instance: '1' }, state({ manual: 'true' }, element('availability', {}, '3500'))),
      personalNote('x'),
      card('Pilot'),
    ]);
    const { current } = foldLast([first, presence([available(6_500), category('note', { instance: '0' }), card('')])]);
    expect(current).toMatchObject({ availability: 6_500, manual: null, note: null, noteType: null, title: null });
  });

  test('clears the columns of a category that is empty now', () => {
    const first = presence([available(6_500), personalNote('x'), card('Pilot')]);
    const { current } = foldLast([first, presence(['state', 'note', 'contactCard'].map((name) => category(name, {})))]);
    expect(current).toMatchObject({
      ...{ availability: null, availabilityName: null, availabilitySince: null },
      ...{ note: null, noteType: null, noteAt: null, title: null, signInState: 'unknown' },
    });
  });

  test('keeps its availability when a state makes no statement about it', () => {
    const { current, state: after } = foldLast([
      presence([available(6_500)]),
      presence([available(null, { token: 'out-of-office' })]),
    ]);
    expect(current).toBeNull();
    expect(after.current).toMatchObject({ availability: 6_500, activityToken: null });
  });

  test('keeps the attributes that a record does not have', () => {
    const { current } = foldLast([
      presence([available(6_500)], { attributes: { sourceNetwork: 'federated' } }),
      presence([available(3_500)]),
    ]);
    expect(current?.sourceNetwork).toBe('federated');
  });

  test('tells since when an availability has its name, and a note its text', () => {
    const { current } = foldLast([
      presence([available(3_500), personalNote('x')]),
      presence([available(4_000), personalNote('x')], { at: T0 + 1 }),
      presence([available(4_000), personalNote('y')], { at: T0 + 2 }),
    ]);
    expect(current).toMatchObject({ availability: 4_000, availabilitySince: T0, noteAt: T0 + 2 });
  });

  test('is not published again when nothing of it changed', () => {
    const again = foldLast([presence([available(3_500)]), presence([available(3_500)], { at: T0 + 9 })]);
    expect(again.current).toBeNull();
    expect(again.state).toMatchObject({ lastKnownAt: T0 + 9, current: { updatedAt: T0 } });
  });

  test('stays the very same object when nothing at all changed', () => {
    const [first, second] = foldAll([presence([personalNote('x')]), presence([personalNote('x')], { at: T0 + 9 })]);
    expect(second?.state).toBe(first?.state);
  });

  test('holds at most so much of a text, and no half of a character', () => {
    const whole = foldLast([presence([personalNote('x'.repeat(CURRENT_TEXT_MAX))])]);
    expect(whole.current?.note).toHaveLength(CURRENT_TEXT_MAX);
    const cut = foldLast([presence([personalNote(`${'x'.repeat(CURRENT_TEXT_MAX - 1)}🍜`)])]);
    expect(cut.current?.note).toBe('x'.repeat(CURRENT_TEXT_MAX - 1));
    expect(foldLast([presence([personalNote('🍜'.repeat(CURRENT_TEXT_MAX))])]).current?.note).toHaveLength(256);
  });
});

describe('previous', () => {
  test('is what was known before, when the name of the availability changed', () => {
    const { presence: record } = foldLast([
      presence([available(3_500)]),
      presence([available(3_600)], { at: T0 + 1_000 }),
      presence([available(6_500)], { at: T0 + 5_000 }),
    ]);
    expect(record.previous).toEqual({
      ...{ availability: 3_600, availabilityName: 'Available', since: T0, durationMs: 5_000 },
    });
  });

  test('is null when it did not, when nothing was known, and when the record does not speak of it', () => {
    const records = [presence([available(3_500)]), presence([available(3_600)]), presence([personalNote('x')])];
    expect(foldAll(records).map(({ presence: { previous } }) => previous)).toEqual([null, null, null]);
  });

  test('is there when the state is cleared, and not when the next one comes', () => {
    const records = [presence([available(3_500)]), presence([category('state', {})]), presence([available(3_500)])];
    expect(foldAll(records).map(({ presence: { previous } }) => previous?.availabilityName)).toEqual([
      undefined,
      'Available',
      undefined,
    ]);
  });
});

describe('a state that was published before the one that is known', () => {
  const known = presence([available(3_500, { publishTime: '2009-03-02T08:15:00Z', version: '7' })]);

  test.each([
    ['at an earlier time', { publishTime: '2009-03-02T08:14:59Z', version: '9' }],
    ['at the same time, under a lower version of the instance', { publishTime: '2009-03-02T08:15:00Z', version: '6' }],
  ])('%s changes nothing, and its record says so', (_what, attributes) => {
    const [before] = foldAll([known]);
    const stale = presence([available(18_500, attributes), personalNote('old')], { origin: 'snapshot', at: T0 + 5 });
    const folded = foldLast([known, stale]);
    expect(folded).toMatchObject({
      edge: null,
      current: null,
      presence: { warnings: ['stale-state'], previous: null },
    });
    expect(folded.state).toEqual(before?.state);
  });

  test.each([
    ['at a later time', { publishTime: '2009-03-02T08:15:01Z', version: '1' }],
    ['at the same time, under the same version', { publishTime: '2009-03-02T08:15:00Z', version: '7' }],
    ['at the same time, as another instance', { publishTime: '2009-03-02T08:15:00Z', version: '1', instance: '0' }],
    ['at no known time', { version: '1' }],
    ['at the same time, without a version', { publishTime: '2009-03-02T08:15:00Z' }],
  ])('is not one that was published %s', (_what, attributes) => {
    const folded = foldLast([known, presence([available(18_500, attributes)])]);
    expect(folded).toMatchObject({ edge: { edge: 'signedOut' }, presence: { warnings: [] } });
  });

  test('is found out also after the known one was cleared', () => {
    const stale = presence([available(18_500, { publishTime: '2009-03-02T08:14:59Z' })]);
    expect(foldLast([known, presence([category('state', {})]), stale]).presence.warnings).toEqual(['stale-state']);
  });

  test('does not hold up what does not speak of the state', () => {
    const folded = foldLast([known, presence([personalNote('new')])]);
    expect(folded).toMatchObject({ current: { note: 'new' }, presence: { warnings: [] } });
  });
});

describe('a stale subscription', () => {
  test.each(['retrying', 'terminated'])('%s makes the state stale, once, until it is subscribed again', (word) => {
    const folded = foldAll([
      presence([available(3_500)]),
      subscription(word, { at: T0 + 1 }),
      subscription(word, { at: T0 + 2 }),
      subscription('subscribed', { at: T0 + 3 }),
    ]);
    expect(folded.map(({ current }) => current?.isStale)).toEqual([false, true, undefined, false]);
    expect(folded[1]?.current).toMatchObject({ staleSince: T0 + 1, subscriptionState: word, availability: 3_500 });
    expect(folded[3]?.current).toMatchObject({ staleSince: null, subscriptionState: 'subscribed' });
  });

  test('is over with the snapshot of a new session, not with what comes in between', () => {
    const records = [presence([available(3_500)]), subscription('retrying')];
    expect(foldLast([...records, presence([available(3_500)])]).state.current.isStale).toBe(true);
    const { current } = foldLast([...records, presence([available(3_500)], { origin: 'snapshot' })]);
    expect(current).toMatchObject({ isStale: false, subscriptionState: null });
  });
});

test('the fold of the same state and record is always the same', () => {
  const { state: known } = foldLast([presence([available(3_500)])]);
  const record = presence([available(18_500), personalNote('x')], { at: T0 + 5 });
  expect(foldPresence(known, record, CONTEXT)).toEqual(foldPresence(known, record, CONTEXT));
});
