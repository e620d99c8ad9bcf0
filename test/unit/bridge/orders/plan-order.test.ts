import { describe, expect, test } from 'vitest';

import { initialProgress } from '../../../../src/bridge/progress/account-progress.ts';
import type { Order } from '../../../../src/bridge/orders/order.ts';
import { planPause, planResume, planSignedOut } from '../../../../src/bridge/orders/plan-order.ts';
import { planRetired } from '../../../../src/bridge/orders/plan-retired.ts';
import { OPEN, opening, type Phase } from '../../../../src/bridge/phase.ts';
import { ACCOUNT_URI, openProgress, placesOf, planContext, USERS, valuesOf } from '../builders.ts';

const ORDER: Order = { id: '1', accountId: 'pilot', task: { kind: 'pause' }, by: 'ann@quay', at: 1_000, offset: 4 };
const CONTEXT = planContext();
const PAUSED = planPause(CONTEXT, openProgress(), ORDER, OPEN).plan.next;

describe('pause', () => {
  test('is one record and one step of the progress, and leaves session and phase as they are', () => {
    const { phase, plan } = planPause(CONTEXT, openProgress(), ORDER, OPEN);
    expect(phase).toBe(OPEN);
    expect(placesOf(plan)).toEqual(['paused@1600000000.20']);
    expect(plan.next).toEqual({
      ...openProgress(),
      nextSequence: 21,
      orders: {
        hold: 'paused',
        done: 4,
        latestAt: 1_000,
        last: { id: '1', kind: 'pause', outcome: 'done', detail: 'its session is kept alive' },
      },
    });
  });

  test('of a paused account is done, and of a signed-out one refused; neither is recorded', () => {
    const again = planPause(CONTEXT, PAUSED, { ...ORDER, offset: 5 }, OPEN).plan;
    expect(again).toMatchObject({
      records: [],
      next: { orders: { hold: 'paused', done: 5, last: { outcome: 'done' } } },
    });
    const away = planSignedOut(CONTEXT, openProgress(), ORDER, 'ended').next;
    const refused = planPause(CONTEXT, away, ORDER, opening('restart', true)).plan;
    expect(refused).toMatchObject({
      records: [],
      next: { orders: { hold: 'signed-out', last: { outcome: 'refused' } } },
    });
  });

  test('of an account whose sign-in is refused does not claim that its session is kept alive', () => {
    const { plan } = planPause(CONTEXT, openProgress(), ORDER, { kind: 'stopped', code: 'sign-in-refused' });
    const detail = 'its sign-in is refused: its session is not kept alive';
    expect(plan.next.orders).toMatchObject({ hold: 'paused', last: { outcome: 'done', detail } });
  });

  test('of an account without any generation writes no record, which would belong to none', () => {
    const { plan } = planPause(CONTEXT, initialProgress('pilot', ACCOUNT_URI), ORDER, opening('first-start', true));
    expect(plan).toMatchObject({ records: [], next: { generation: 0, orders: { hold: 'paused' } } });
  });
});

describe('resume', () => {
  const poison = { count: 3, since: 1, until: 9 };
  const logins = { refusals: [1, 2], secretMark: 'mark' };
  const quarantined: Phase = { kind: 'quarantined', until: 9 };
  const stopped: Phase = { kind: 'stopped', code: 'sign-in-refused' };

  test('ends a pause, and the session goes on', () => {
    const { phase, plan } = planResume(CONTEXT, PAUSED, ORDER, OPEN);
    expect(phase).toBe(OPEN);
    expect(valuesOf(plan)).toMatchObject([{ recordType: 'resumed', detail: 'by ann@quay: lifted: pause' }]);
    expect(plan.next).toMatchObject({ state: 'open', ackId: '7', orders: { hold: 'none' } });
  });

  test('ends a quarantine for good: what led to it is forgotten, and its generation gets a session', () => {
    const before = openProgress({ state: 'quarantined', sid: null, poison });
    const { phase, plan } = planResume(CONTEXT, before, ORDER, quarantined);
    expect(phase).toMatchObject({ kind: 'opening', isBegun: true, needsSignIn: true });
    expect(placesOf(plan)).toEqual(['quarantineLifted@1600000000.20', 'resumed@1600000000.21']);
    expect(plan.next).toMatchObject({ state: 'opening', poison: { count: 0, until: null } });
  });

  test('ends the stop after refused sign-ins, and keeps a session that may still live', () => {
    const before = openProgress({ logins });
    const { phase, plan } = planResume(CONTEXT, before, ORDER, stopped);
    expect(phase).toMatchObject({ kind: 'open', needsSignIn: true });
    expect(plan.next).toMatchObject({ state: 'open', logins: { refusals: [] } });
  });

  test('of an account that nothing holds back changes nothing', () => {
    const { phase, plan } = planResume(CONTEXT, openProgress(), ORDER, OPEN);
    expect(phase).toBe(OPEN);
    expect(plan).toMatchObject({ records: [], next: { nextSequence: 20, orders: { last: { outcome: 'done' } } } });
  });
});

describe('sign-out', () => {
  test('ends the session as any end does, and the account stays away', () => {
    const plan = planSignedOut(CONTEXT, openProgress({ signIn: { state: 'in', since: 1 } }), ORDER, 'it is over');
    expect(valuesOf(plan)).toMatchObject([
      { recordType: 'sessionEnded', reason: 'operator', detail: 'by ann@quay: it is over' },
      { recordType: 'signIn', edge: 'signedOut' },
    ]);
    expect(plan.next).toMatchObject({ state: 'ended', nextSequence: 22, orders: { hold: 'signed-out', done: 4 } });
  });

  test('without a session is recorded, and is no edge', () => {
    const plan = planSignedOut(CONTEXT, openProgress({ state: 'opening', sid: null }), ORDER, 'it had no session');
    expect(placesOf(plan)).toEqual(['sessionEnded@1600000000.20']);
    expect(plan.next).toMatchObject({ state: 'ended', orders: { hold: 'signed-out' } });
  });
});

test('forgetting an account keeps its numbers and nothing else', () => {
  const before = openProgress({ watch: { hash: 'x', pending: USERS }, logins: { refusals: [1], secretMark: 'mark' } });
  const nobody = { ...CONTEXT.settings, account: { ...CONTEXT.settings.account, users: [] } };
  const { next } = planRetired({ ...CONTEXT, settings: nobody }, before, { ...ORDER, task: { kind: 'forget' } });
  expect(next).toMatchObject({
    state: 'retired',
    sid: null,
    generation: before.generation,
    nextSequence: before.nextSequence,
    watch: { hash: null, pending: [] },
    logins: { refusals: [], secretMark: null },
    orders: { hold: 'none', done: 4 },
  });
});
