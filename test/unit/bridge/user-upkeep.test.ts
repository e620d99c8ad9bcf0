import { describe, expect, onTestFinished, test } from 'vitest';

import { type AccountProgress, initialProgress } from '../../../src/bridge/progress/account-progress.ts';
import { Bridge } from '../../../src/bridge/bridge.ts';
import { planAnswer } from '../../../src/bridge/plans/plan-answer.ts';
import { watchHash } from '../../../src/bridge/plans/plan-generation.ts';
import { SignInRefusedError, TransientError } from '../../../src/cwa/errors.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';
import {
  ACCOUNT_URI,
  bridgeSettings,
  NOW,
  openProgress,
  planContext,
  presenceOf,
  received,
  USERS,
} from './builders.ts';
import { cursorOn, FakeObserver, FakeShard, partsWith } from './fakes.ts';

const [ANNA = '', BEN = ''] = USERS;
const STALE_AFTER_MS = 300_000;
const RESUMED = { watch: { hash: watchHash(USERS), pending: [] } };

/** Both users are known, and the session is open with the same watch list. */
const known = planAnswer(planContext(), openProgress(RESUMED), received([presenceOf('8', ANNA, BEN)])).next;

const DOWN = (): Promise<never> => Promise.reject(new TransientError('no answer', { reason: 'timeout' }));
const UP = (): Promise<object> => Promise.resolve({ kind: 'nothing', receivedAt: NOW });

/** A running bridge on a server that answers polls as `poll` says. */
function setUp(
  recovered: AccountProgress,
  poll: () => Promise<object>,
  signIn = (): Promise<void> => Promise.resolve(),
) {
  const clock = new ManualClock();
  const shard = new FakeShard();
  const server = { poll };
  const stop = new AbortController();
  const cursor = cursorOn(shard, recovered, { clock });
  const client = { poll: () => server.poll(), initiateSession: DOWN };
  // However long it is down, the session is not given up.
  const settings = bridgeSettings({ rebuildAfterFailures: 1_000_000 });
  const parts = partsWith(client, { cursor, clock, signIn, settings, observer: new FakeObserver() });
  const bridge = new Bridge(parts, true);
  const ended = bridge.run(stop.signal);
  ended.catch(() => undefined);
  onTestFinished(() => {
    stop.abort();
  });
  return { bridge, clock, cursor, ended, server, shard, stop };
}

/** Key and `isStale` of every state that was sent, in order; null for a tombstone. */
function sentStates({ units }: FakeShard): readonly (readonly [string, boolean | null])[] {
  const records = units.flatMap((unit) => unit.records.filter(({ topic }) => topic === 'cwa.presence.current'));
  return records.map(({ key, value }) => {
    return [key, value === null ? null : (JSON.parse(value.toString()) as { readonly isStale: boolean }).isStale];
  });
}

async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) await clock.advance(Math.min(left, 1_000));
}

const BOTH_STALE = [
  [ANNA, true],
  [BEN, true],
];
const BOTH_FRESH = [
  [ANNA, false],
  [BEN, false],
];

describe('a session that is down', () => {
  test('makes its users stale after presence.staleAfterMs, once, however long it lasts', async () => {
    const { clock, shard } = setUp(known, DOWN);
    await settled();
    await pass(clock, STALE_AFTER_MS - 1_000);
    expect(sentStates(shard)).toEqual([]);
    await pass(clock, 2_000);
    expect(sentStates(shard)).toEqual(BOTH_STALE);
    await pass(clock, 600_000);
    expect(sentStates(shard)).toEqual(BOTH_STALE);
  });

  test('and is up again makes them fresh with the next poll', async () => {
    const { clock, server, shard } = setUp(known, DOWN);
    await settled();
    await pass(clock, STALE_AFTER_MS + 1_000);
    server.poll = UP;
    await pass(clock, 60_000);
    expect(sentStates(shard)).toEqual([...BOTH_STALE, ...BOTH_FRESH]);
  });

  test('is one that no poll brings anything of: sign-ins that succeed do not count', async () => {
    const { clock, shard } = setUp({ ...known, state: 'opening', sid: null }, DOWN);
    await settled();
    await pass(clock, STALE_AFTER_MS + 1_000);
    expect(sentStates(shard)).toEqual(BOTH_STALE);
  });

  test('says so in the midst of a long wait', async () => {
    const { clock, shard, server } = setUp(known, UP);
    await settled();
    let polls = 0;
    server.poll = () => {
      polls += 1;
      return Promise.reject(new TransientError('busy', { reason: 'timeout', retryAfterMs: 3_600_000 }));
    };
    await clock.advance(250);
    await clock.advance(STALE_AFTER_MS - 251);
    expect(sentStates(shard)).toEqual([]);
    await clock.advance(1);
    expect(sentStates(shard)).toEqual(BOTH_STALE);
    expect(polls).toBe(1);
  });

  test('was down already when the process began, if it had been given up before', async () => {
    const given = { ...known, state: 'opening', sid: null, committedAt: NOW - STALE_AFTER_MS } as const;
    const { shard } = setUp(given, DOWN);
    await settled();
    expect(sentStates(shard)).toEqual(BOTH_STALE);
  });

  test('of an account that stopped is down for good: its users become stale all the same', async () => {
    const refused = (): Promise<void> => Promise.reject(new SignInRefusedError('refused'));
    const { bridge, clock, shard } = setUp({ ...known, state: 'ended', committedAt: NOW }, UP, refused);
    await settled();
    expect(bridge.phase.kind).toBe('stopped');
    await pass(clock, STALE_AFTER_MS + 1_000);
    expect(sentStates(shard)).toEqual(BOTH_STALE);
  });

  test('is not one that is polled, and nothing is written for it', async () => {
    const { clock, shard } = setUp(known, UP);
    await settled();
    await pass(clock, STALE_AFTER_MS + 10_000);
    expect(sentStates(shard)).toEqual([]);
  });
});

describe('at the start of an account', () => {
  test('users who are no longer watched are forgotten before anything else, in one transaction', async () => {
    const stranger = 'sip:stranger@harbour.example';
    const state = known.users.get(ANNA);
    const users = new Map([...known.users, ...(state === undefined ? [] : [[stranger, state] as const])]);
    const { shard } = setUp({ ...known, users }, UP);
    await settled();
    const [first] = shard.units;
    expect(first?.records).toMatchObject([{ topic: 'cwa.presence.current', key: stranger, value: null }]);
    expect(first?.progress.slice(1)).toEqual([{ key: `u/pilot/${stranger}`, value: null }]);
    expect(shard.units.slice(1).flatMap(({ progress }) => progress.slice(1))).toEqual([]);
  });

  test('nothing is written where nobody is to be forgotten', async () => {
    const { shard } = setUp(initialProgress('pilot', ACCOUNT_URI), DOWN);
    await settled();
    expect(shard.units.flatMap(({ progress }) => progress.map(({ key }) => key))).not.toContain(`u/pilot/${ANNA}`);
    expect(bridgeSettings().userState).toMatchObject({ staleAfterMs: STALE_AFTER_MS, flapMs: 60_000 });
  });
});
