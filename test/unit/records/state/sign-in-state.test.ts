import { describe, expect, test } from 'vitest';

import { classOf, signInStateOf } from '../../../../src/records/state/sign-in-state.ts';
import { category, element } from '../builders.ts';
import { available, personalNote, presence, subscription } from './builders.ts';

describe('an availability', () => {
  test.each([
    [0, 'unknown'],
    [2_999, 'unknown'],
    [3_000, 'in'],
    [17_999, 'in'],
    [18_000, 'out'],
    [18_500, 'out'],
    [2n ** 63n - 1n, 'out'],
    [-1, 'unknown'],
  ] as const)('%s without a token means %s', (availability, state) => {
    expect(classOf(availability, null)).toBe(state);
  });

  test.each(['Offline', 'offline', ' OFFLINE\n'])('below 3000 with the token "%s" means out', (token) => {
    expect(classOf(0, token)).toBe('out');
    expect(classOf(2_999, token)).toBe('out');
  });

  test('of 3000 and more means what it means, whatever the token says', () => {
    expect(classOf(3_500, 'Offline')).toBe('in');
    expect(classOf(18_500, 'in-a-meeting')).toBe('out');
  });

  test('below 3000 with another token means nothing', () => {
    expect(classOf(0, 'off-work')).toBe('unknown');
  });
});

describe('a presence record says', () => {
  test('what its state says', () => {
    expect(signInStateOf(presence([available(3_500)]))).toBe('in');
    expect(signInStateOf(presence([available(0, { token: 'Offline' })]))).toBe('out');
  });

  test('unknown when the state is cleared', () => {
    expect(signInStateOf(presence([category('state', {})]))).toBe('unknown');
  });

  test('unknown when the watcher sees nothing of the user', () => {
    expect(signInStateOf(presence([]))).toBe('unknown');
  });

  test.each([
    ['terminated', 'unknown'],
    ['Terminated', 'unknown'],
    ['retrying', null],
    ['subscribed', null],
    ['resting', null],
  ])('of a subscription that is %s: %s', (word, said) => {
    expect(signInStateOf(subscription(word))).toBe(said);
  });

  test('nothing when it does not speak of the state, or states no availability', () => {
    expect(signInStateOf(presence([personalNote('at sea')]))).toBeNull();
    expect(signInStateOf(presence([category('note', {})]))).toBeNull();
    expect(signInStateOf(presence([available(null, { token: 'out-of-office' })]))).toBeNull();
    expect(signInStateOf(presence([element('rawCategory', { name: 'tide' })]))).toBeNull();
  });
});
