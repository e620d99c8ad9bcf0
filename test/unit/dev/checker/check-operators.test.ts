import { describe, expect, test } from 'vitest';

import { checkEdges } from '../../../../dev/checker/check-edges.ts';
import { checkHolds } from '../../../../dev/checker/check-holds.ts';
import { checkOrders } from '../../../../dev/checker/check-orders.ts';
import { checkSubscriptions } from '../../../../dev/checker/check-watch.ts';
import { FAULTS, Findings } from '../../../../dev/checker/findings.ts';
import type { LedgerEvent, LedgerSession } from '../../../../dev/checker/ledger.ts';
import { LedgerIndex } from '../../../../dev/checker/ledger-index.ts';
import type { Operators } from '../../../../dev/checker/operators.ts';
import type { PublishedRecord } from '../../../../dev/checker/published-record.ts';
import { owedEvents, withSignOuts } from '../../../../dev/checker/signed-out.ts';

const ACCOUNT = { accountId: 'watcher', accountUri: 'sip:watcher@pier.example' };
const [ANN, BEN, CYD] = ['sip:ann@pier.example', 'sip:ben@pier.example', 'sip:cyd@pier.example'] as const;

/** A record; its number is its place in a log. */
type Line = Partial<PublishedRecord>;

function operation(recordType: string, facts: { readonly reason?: string; readonly users?: number } = {}): Line {
  return { recordType, channel: 'bridge', operation: { reason: null, users: null, ...facts } };
}

const PAUSED = operation('paused', { reason: 'operator' });
const RESUMED = operation('resumed', { reason: 'operator' });
const SIGNED_OUT = operation('sessionEnded', { reason: 'operator' });
const EVENT: Line = { recordType: 'userPresence', channel: 'data', eid: 1, key: ANN };
const ANSWER: Line = { recordType: 'requestAccepted', channel: 'command' };

function log(...lines: readonly Line[]): readonly PublishedRecord[] {
  return lines.map((line, index) => ({
    ...{ topic: 'any', partition: 0, offset: BigInt(index), key: ACCOUNT.accountUri, recordType: '', ...ACCOUNT },
    ...{ id: `r${String(index)}`, subjectUriRaw: null, generation: 7, sequence: index + 1, answer: 1, sid: '412' },
    ...{ ackId: null, polledAckId: null, rid: null, eid: null, eventName: '', eventIndex: 0, userIndex: 0 },
    ...{ userCount: 0, part: 0, channel: 'bridge', origin: 'live', says: null, edge: null, operation: null },
    ...line,
  }));
}

function faultsOf(check: (findings: Findings) => void): object {
  const findings = new Findings();
  check(findings);
  return Object.fromEntries(
    FAULTS.flatMap((fault) => (findings.count(fault) > 0 ? [[fault, findings.count(fault)]] : [])),
  );
}

describe('orders', () => {
  const order = (id: string, kind: string) => ({ id, kind, accountId: 'watcher' });
  const outcome = (id: string, detail = '') => ({ id, accountId: 'watcher', outcome: 'done', detail });

  /** What is found when these kinds were ordered, with the outcomes of these places. */
  function verdictOn(kinds: readonly string[], places: readonly number[], ...lines: readonly Line[]): object {
    const orders = kinds.map((kind, place) => order(String(place), kind));
    const outcomes = places.map((place) =>
      outcome(String(place), kinds[place] === 'refresh' ? 'asked for 3 users' : ''),
    );
    const operators: Operators = { orders, outcomes, watch: new Map() };
    return faultsOf((findings) => {
      checkOrders(operators, new Map([['watcher', log(...lines)]]), findings);
    });
  }

  test('are right when each has its outcome and its record', () => {
    const kinds = ['pause', 'resume', 'refresh', 'sign-out', 'resume'];
    const lines = [PAUSED, RESUMED, operation('refreshed'), SIGNED_OUT, RESUMED];
    expect(verdictOn(kinds, [0, 1, 2, 3, 4], ...lines)).toEqual({});
  });

  test('lead to no record where they change nothing', () => {
    const kinds = ['resume', 'pause', 'pause', 'refresh', 'sign-out', 'pause', 'sign-out', 'resume'];
    expect(verdictOn(kinds, [0, 1, 2, 3, 4, 5, 6, 7], PAUSED, SIGNED_OUT, RESUMED)).toEqual({});
  });

  test.each([
    ['one was not carried out', [0], [PAUSED, RESUMED]],
    ['one was carried out twice', [0, 1, 0], [PAUSED, RESUMED]],
    ['they were carried out in another order', [1, 0], [PAUSED, RESUMED]],
    ['a record is missing', [0, 1], [PAUSED]],
    ['a record is too many', [0, 1], [PAUSED, RESUMED, RESUMED]],
    ['a record is about something that nobody ordered', [0, 1], [PAUSED, SIGNED_OUT]],
  ])('are wrong when %s', (_what, places, lines) => {
    expect(verdictOn(['pause', 'resume'], places, ...lines)).toEqual({ orders: 1 });
  });
});

describe('an account that is held back', () => {
  const verdictOn = (...lines: readonly Line[]): object =>
    faultsOf((findings) => {
      checkHolds(log(...lines), findings);
    });
  /** Behind the record with this number. */
  const edgeBehind = (place: number, subject: string): Line => {
    const edge = { subject, edge: 'signedOut', state: 'out', previousState: 'in', causeRecordId: `r${String(place)}` };
    return { recordType: 'signIn', edge: edge as PublishedRecord['edge'] };
  };

  test('may be taken over by another process while it is paused', () => {
    expect(verdictOn(EVENT, PAUSED, operation('sessionResumed'), RESUMED, EVENT, ANSWER)).toEqual({});
  });

  test('may be signed out, with the answer of the server and an edge of its own', () => {
    expect(verdictOn(PAUSED, ANSWER, SIGNED_OUT, edgeBehind(2, 'account'), RESUMED, EVENT)).toEqual({});
  });

  test.each([
    ['an event while it is paused', [PAUSED, EVENT, RESUMED]],
    ['an answer while it is paused', [PAUSED, ANSWER, RESUMED]],
    ['an answer while it is paused, to the end', [PAUSED, ANSWER]],
    ['the end of a snapshot while it is paused', [PAUSED, operation('snapshotEnded'), RESUMED]],
    ['an event after a sign-out', [SIGNED_OUT, EVENT, RESUMED]],
    ['an edge of a user after a sign-out', [SIGNED_OUT, edgeBehind(0, 'user')]],
    ['a session after a sign-out', [SIGNED_OUT, operation('sessionStarted'), RESUMED]],
  ])('is found to have published %s', (_what, lines) => {
    expect(verdictOn(...lines)).toEqual({ held: 1 });
  });
});

describe('a session that an order ended', () => {
  const SESSION: LedgerSession = { session: 1, sid: '412', accountUri: ACCOUNT.accountUri, reason: null };
  const event = (eid: number, polls: readonly number[], acknowledgedAt: number | null = null): LedgerEvent => {
    const handedOver = polls.map((poll) => ({ poll, ackIdAnswered: poll, complete: true }));
    return { session: 1, eid, eventName: 'userPresence', users: [ANN], digest: '', acknowledgedAt, handedOver };
  };

  test('is known by its record', () => {
    const { sessions } = withSignOuts({ sessions: [SESSION, { ...SESSION, sid: '413' }], events: [] }, log(SIGNED_OUT));
    expect(sessions.map(({ reason }) => reason)).toEqual(['signed-out', null]);
  });

  test('owes what was acknowledged, and the rest of an answer of which something was published', () => {
    const events = [event(1, [1], 5), event(2, [2]), event(3, [2, 3]), event(4, [3]), event(5, [])];
    const owed = (published: readonly number[]): readonly (number | null)[] => {
      const isPublished = ({ eid }: LedgerEvent): boolean => published.includes(eid ?? 0);
      return owedEvents({ ...SESSION, reason: 'signed-out' }, events, isPublished).map(({ eid }) => eid);
    };
    expect(owed([1])).toEqual([1]);
    expect(owed([1, 2])).toEqual([1, 2, 3]);
    // It may be from either answer: nothing else is certain.
    expect(owed([1, 3])).toEqual([1, 3]);
    expect(owedEvents(SESSION, events, () => false)).toHaveLength(4);
  });
});

describe('watch lists', () => {
  const LISTS = [[ANN, BEN], [ANN], [ANN, BEN, CYD]];

  test('are subscribed in the end', () => {
    const verdictOn = (subscribed: readonly string[] | null): object =>
      faultsOf((findings) => {
        const watch = new Map([['watcher', { lists: LISTS, subscribed }]]);
        checkSubscriptions({ orders: [], outcomes: [], watch }, findings);
      });
    expect(verdictOn([CYD, BEN, ANN])).toEqual({});
    expect(verdictOn([ANN, BEN])).toEqual({ subscriptions: 1 });
    expect(verdictOn([ANN, BEN, CYD, 'sip:dan@pier.example'])).toEqual({ subscriptions: 1 });
    expect(verdictOn(null)).toEqual({ subscriptions: 3 });
  });

  /** Ben is in, with or without his edge. */
  const seen = (place: number, hasEdge: boolean): readonly Line[] => {
    const edge = { subject: 'user', edge: 'baseline', state: 'in', previousState: 'unknown' };
    const told: Line = { ...EVENT, key: BEN, says: 'in' };
    if (!hasEdge) return [told];
    const causeRecordId = `r${String(place)}`;
    return [told, { recordType: 'signIn', key: BEN, edge: { ...edge, causeRecordId } as PublishedRecord['edge'] }];
  };
  const START = [operation('sessionStarted'), operation('snapshotBegun', { users: 2 })];
  const listOf = (users: number): Line => operation('watchChanged', { users });

  test.each([
    ['has his edge', [...START, ...seen(2, true), ...seen(4, false)], {}],
    ['owes his first edge', [...START, ...seen(2, false)], { edges: 1 }],
    ['is forgotten when he goes', [...START, ...seen(2, true), listOf(1), ...seen(5, false)], {}],
    ['has no edge when he is gone', [...START, listOf(1), ...seen(3, true), ...seen(5, true)], { edges: 1 }],
    ['begins anew', [...START, ...seen(2, true), listOf(1), listOf(3), ...seen(6, true)], {}],
    ['owes the edge with which he begins anew', [...START, listOf(1), listOf(3), ...seen(4, false)], { edges: 1 }],
    ['is not on a list that nobody wrote', [...START, listOf(9)], { edges: 1 }],
  ])('decide that a user %s', (_what, lines, faults) => {
    const watch = new Map([['watcher', { lists: LISTS, subscribed: null }]]);
    const index = new LedgerIndex({ sessions: [], events: [] });
    const found = faultsOf((findings) => {
      checkEdges('pier', index, new Map([['watcher', log(...lines)]]), watch, findings);
    });
    expect(found).toEqual(faults);
  });
});
