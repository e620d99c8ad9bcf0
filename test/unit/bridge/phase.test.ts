import { describe, expect, test } from 'vitest';

import { afterFailure, afterSignIn, type Failure, OPEN, opening, type Phase } from '../../../src/bridge/phase.ts';

const POLICY = { rebuildAfterFailures: 3, documentAttempts: 3 };

/** Every phase in which a step runs × every failure: a missing cell does not compile. */
const TABLE: Record<
  string,
  { readonly phase: Phase; readonly after: Record<Failure, Partial<Phase> & { wait: string }> }
> = {
  'opening, with a ticket': {
    phase: opening('session-lost', false),
    after: {
      transient: { kind: 'opening', failures: 1, needsSignIn: false, wait: 'backoff' },
      'session-lost': { kind: 'opening', needsSignIn: true, wait: 'none' },
      'ticket-lost': { kind: 'opening', needsSignIn: true, wait: 'none' },
      starved: { kind: 'opening', needsSignIn: true, wait: 'none' },
      'session-refused': { kind: 'opening', needsSignIn: true, wait: 'none' },
      'sign-in-refused': { kind: 'stopped', code: 'sign-in-refused', wait: 'none' },
      'wrong-service': { kind: 'opening', failures: 1, wait: 'long' },
      'refused-document': { kind: 'opening', failures: 1, refusals: 1, wait: 'backoff' },
    },
  },
  'opening, without a ticket': {
    phase: opening('session-lost', true),
    after: {
      transient: { kind: 'opening', failures: 1, needsSignIn: true, wait: 'backoff' },
      'session-lost': { kind: 'opening', needsSignIn: true, wait: 'none' },
      'ticket-lost': { kind: 'opening', needsSignIn: true, wait: 'none' },
      starved: { kind: 'opening', needsSignIn: true, wait: 'none' },
      'session-refused': { kind: 'opening', needsSignIn: true, wait: 'none' },
      'sign-in-refused': { kind: 'stopped', code: 'sign-in-refused', wait: 'none' },
      'wrong-service': { kind: 'opening', failures: 1, wait: 'long' },
      'refused-document': { kind: 'opening', failures: 1, refusals: 0, wait: 'backoff' },
    },
  },
  open: {
    phase: OPEN,
    after: {
      transient: { kind: 'open', failures: 1, needsSignIn: false, wait: 'backoff' },
      'session-lost': { kind: 'opening', reason: 'session-lost', needsSignIn: false, wait: 'none' },
      'ticket-lost': { kind: 'open', needsSignIn: true, wait: 'none' },
      starved: { kind: 'opening', reason: 'starved', needsSignIn: false, wait: 'none' },
      'session-refused': { kind: 'opening', reason: 'session-refused', needsSignIn: false, wait: 'long' },
      'sign-in-refused': { kind: 'stopped', wait: 'none' },
      'wrong-service': { kind: 'open', failures: 1, wait: 'long' },
      'refused-document': { kind: 'open', refusals: 1, wait: 'backoff' },
    },
  },
  'open, with a fresh ticket': {
    phase: afterSignIn({ ...OPEN, needsSignIn: true }),
    after: {
      transient: { kind: 'open', failures: 1, wait: 'backoff' },
      'session-lost': { kind: 'opening', reason: 'session-lost', needsSignIn: false, wait: 'none' },
      'ticket-lost': { kind: 'opening', reason: 'session-lost', needsSignIn: true, wait: 'none' },
      starved: { kind: 'opening', reason: 'starved', needsSignIn: false, wait: 'none' },
      'session-refused': { kind: 'opening', reason: 'session-refused', needsSignIn: false, wait: 'long' },
      'sign-in-refused': { kind: 'stopped', wait: 'none' },
      'wrong-service': { kind: 'open', failures: 1, wait: 'long' },
      'refused-document': { kind: 'open', refusals: 1, wait: 'backoff' },
    },
  },
};

describe('the phase after a failure', () => {
  for (const [title, { phase, after }] of Object.entries(TABLE)) {
    test.each(Object.entries(after))(`${title}: %s`, (failure, { wait, ...expected }) => {
      const transition = afterFailure(phase, failure as Failure, POLICY);
      expect(transition.phase).toMatchObject(expected);
      expect(transition.wait).toBe(wait);
    });
  }

  test('does not give up a session that only cannot be reached, before a fresh ticket has been tried', () => {
    let phase: Phase = OPEN;
    for (let i = 0; i < 20; i++) phase = afterFailure(phase, 'transient', POLICY).phase;
    expect(phase).toMatchObject({ kind: 'open', needsSignIn: true });
  });

  test('gives a session up that fails on with a fresh ticket', () => {
    let phase = afterSignIn({ ...OPEN, needsSignIn: true });
    for (let i = 0; i < 3; i++) phase = afterFailure(phase, 'transient', POLICY).phase;
    expect(phase).toMatchObject({ kind: 'opening', reason: 'session-lost' });
  });

  test('signs in once for a session that is refused, and then waits long', () => {
    const waits: string[] = [];
    let phase: Phase = opening('session-lost', false);
    for (let i = 0; i < 4; i++) {
      const transition = afterFailure(phase, 'session-refused', POLICY);
      waits.push(transition.wait);
      phase =
        transition.phase.kind === 'opening' && transition.phase.needsSignIn
          ? afterSignIn(transition.phase)
          : transition.phase;
    }
    expect(waits).toEqual(['none', 'long', 'none', 'long']);
  });

  test('waits long for tickets that are given and not taken', () => {
    const waits: string[] = [];
    let phase: Phase = opening('session-lost', false);
    for (let i = 0; i < 5; i++) {
      const transition = afterFailure(phase, 'ticket-lost', POLICY);
      waits.push(transition.wait);
      phase = afterSignIn(transition.phase);
    }
    expect(waits).toEqual(['none', 'backoff', 'backoff', 'long', 'long']);
  });

  test.each<readonly [string, Phase]>([
    ['a poll', OPEN],
    ['initiateSession', opening('session-lost', false)],
  ])('gives the answer to %s up after the attempts of the policy, not before', (_, before) => {
    let phase = before;
    const givenUp: boolean[] = [];
    for (let i = 0; i < 3; i++) {
      const transition = afterFailure(phase, 'refused-document', POLICY);
      givenUp.push(transition.givesUpDocument);
      phase = transition.phase;
    }
    expect(givenUp).toEqual([false, false, true]);
  });

  test('never gives the answer to a sign-in up: it must not become a dead letter', () => {
    let phase: Phase = opening('session-lost', true);
    for (let i = 0; i < 20; i++) {
      const transition = afterFailure(phase, 'refused-document', POLICY);
      expect(transition).toMatchObject({ givesUpDocument: false, wait: 'backoff' });
      phase = transition.phase;
    }
  });
});
