import { describe, expect, test } from 'vitest';

import { flagStale, unflagStale } from '../../../../src/records/state/staleness.ts';
import { formatUserState, initialUserState, parseUserState } from '../../../../src/records/state/user-state.ts';
import { available, foldLast, MAREN, personalNote, presence, subscription, T0 } from './builders.ts';

const KEY = `u/bot/${MAREN}`;

const { state: known } = foldLast([
  presence([
    available(9_007_199_254_740_993n, { publishTime: '2009-03-02T08:15:00Z', version: '4294967295' }),
    personalNote('at "sea"'),
  ]),
]);

describe('a user state in the progress topic', () => {
  test('comes back as it was written, all digits of its numbers with it', () => {
    expect(parseUserState(KEY, formatUserState(known))).toEqual(known);
    const nothing = initialUserState('bot', MAREN);
    expect(parseUserState(KEY, formatUserState(nothing))).toEqual(nothing);
  });

  test('leaves out what is not known, and takes about 1 KB', () => {
    expect(formatUserState(known)).not.toContain('null');
    expect(Buffer.byteLength(formatUserState(known))).toBeLessThan(1_024);
  });

  test('of a later minor form is read: what is unknown is passed over', () => {
    const text = formatUserState(known).replace('{', '{"moon":"full",').replace('"current":{', '"current":{"tide":1,');
    expect(parseUserState(KEY, text)).toEqual(known);
  });

  test.each([
    ['of a newer form', '{"formatVersion":2,"current":{}}'],
    ['without a form', '{"current":{}}'],
    ['without a current state', '{"formatVersion":1}'],
    ['that is no object', '7'],
    ['that is no JSON', '{'],
    ['with a number that is none', '{"formatVersion":1,"current":{"availability":"many"}}'],
  ])('%s is refused, and the message names the key', (_what, text) => {
    expect(() => parseUserState(KEY, text)).toThrow(KEY);
  });
});

describe('a session that was down', () => {
  test('flags a state once, and frees it when it is up', () => {
    const flagged = flagStale(known, T0 + 1);
    expect(flagged.current).toMatchObject({ isStale: true, staleSince: T0 + 1, updatedAt: T0 + 1, note: 'at "sea"' });
    expect(flagged.current?.sourceRecordId).toBe(known.current.sourceRecordId);
    expect(flagStale(flagged.state, T0 + 2)).toEqual({ state: flagged.state, current: null });
    const freed = unflagStale(flagged.state, T0 + 3);
    expect(freed.current).toMatchObject({ isStale: false, staleSince: null, updatedAt: T0 + 3 });
    expect(freed.state.isSessionStale).toBe(false);
  });

  test('ends with any presence of the user', () => {
    const { state } = flagStale(known, T0 + 1);
    expect(foldLast([presence([personalNote('back')])], state).current).toMatchObject({ isStale: false, note: 'back' });
    expect(foldLast([subscription('subscribed')], state).state.isSessionStale).toBe(true);
  });

  test('says nothing new of a subscription that is stale already, and does not end with it', () => {
    const { state } = foldLast([subscription('retrying')], known);
    const flagged = flagStale(state, T0 + 1);
    expect(flagged).toMatchObject({ current: null, state: { isSessionStale: true } });
    expect(foldLast([subscription('subscribed')], flagged.state).state.current.isStale).toBe(true);
  });
});
