import { describe, expect, onTestFinished, test } from 'vitest';

import { type AccountProgress, initialProgress } from '../../../src/bridge/progress/account-progress.ts';
import { Bridge } from '../../../src/bridge/bridge.ts';
import { watchHash } from '../../../src/bridge/plans/plan-generation.ts';
import { SessionLostError, SignInRefusedError, TransientError } from '../../../src/cwa/errors.ts';
import { DocumentRefusedError } from '../../../src/cwa/documents/document-refused-error.ts';
import type { CommandAnswer, SessionAnswer } from '../../../src/cwa/commands.ts';
import type { PollRequest, PollResult } from '../../../src/cwa/poll.ts';
import type { PresenceRequests } from '../../../src/cwa/requests.ts';
import type { PartitionsChanged } from '../../../src/kafka/topology.ts';
import type { XmlElement } from '../../../src/lib/xml.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';
import {
  ACCOUNT_URI,
  commandAnswer,
  event,
  NOW,
  openProgress,
  placesOf,
  received,
  response,
  USERS,
} from './builders.ts';
import { cursorOn, FakeObserver, FakeShard, partsWith, rejectedWhenAborted } from './fakes.ts';

type Step = () => Promise<PollResult>;

/** A CWA server in one object: polls are answered from a list, and with nothing when it is empty. */
class FakeClient {
  readonly polls: PollRequest[] = [];
  readonly keepAlives: PollRequest[] = [];
  readonly subscribed: PresenceRequests[] = [];
  readonly answers: Step[] = [];
  /** Sessions that were to be ended. */
  readonly ended: string[] = [];
  readonly terminate: ((signal: AbortSignal) => Promise<null>)[] = [];
  sessions = 0;

  poll(request: PollRequest): Promise<PollResult> {
    this.polls.push(request);
    return (this.answers.shift() ?? (() => Promise.resolve({ kind: 'nothing', receivedAt: NOW } as const)))();
  }

  keepAlivePoll(request: PollRequest): Promise<void> {
    this.keepAlives.push(request);
    return Promise.resolve();
  }

  /** What the next subscriptions get; nothing at all when it is empty. */
  readonly subscriptionAnswers: CommandAnswer[] = [];

  subscribePresence(request: PresenceRequests): Promise<CommandAnswer> {
    this.subscribed.push(request);
    return Promise.resolve(this.subscriptionAnswers.shift() ?? commandAnswer());
  }

  terminateSession({ sid }: { readonly sid: string }, signal: AbortSignal): Promise<null> {
    this.ended.push(sid);
    return (this.terminate.shift() ?? (() => Promise.resolve(null)))(signal);
  }

  queryPresence(): Promise<CommandAnswer> {
    return Promise.resolve(commandAnswer());
  }

  initiateSession({ rid }: { readonly rid: string }): Promise<SessionAnswer> {
    this.sessions += 1;
    const session = { sid: String(412 + this.sessions), uri: null, pollWaitTimeMs: null };
    return Promise.resolve({ ...commandAnswer([response('requestAccepted', { rid })]), session, trouble: null });
  }
}

function answerOf(events: readonly XmlElement[], ackId: string, pollWaitTimeMs: number | null = null): Step {
  const { answer } = received(events, { ackId });
  const envelope = { ...answer, pollWaitTimeMs };
  return () =>
    Promise.resolve({ kind: 'events', answer: envelope, receivedAt: NOW, bodyBytes: 0, body: new Uint8Array() });
}

/** The watch list is subscribed, and everybody is awaited still. */
const WATCHING = { hash: watchHash(USERS), pending: USERS };
const RESUMED = openProgress({ watch: WATCHING });

/**
 * A running bridge. Its first commit tells of the session that it resumes, or of the generation that it begins; the
 * second of a resumed one holds the answer to its subscription.
 */
function setUp(recovered: AccountProgress = RESUMED, outcomes: readonly (() => Promise<void>)[] = []) {
  const clock = new ManualClock();
  const shard = new FakeShard();
  shard.outcomes.push(...outcomes);
  const client = new FakeClient();
  const observer = new FakeObserver();
  const signIns: Promise<void>[] = [];
  let attempts = 0;
  const cursor = cursorOn(shard, recovered, { clock });
  const signIn = (): Promise<void> => {
    attempts += 1;
    return signIns.shift() ?? Promise.resolve();
  };
  const changes: PartitionsChanged[] = [];
  const takePartitionChanges = (): readonly PartitionsChanged[] => changes.splice(0);
  const parts = partsWith(client, { cursor, signIn, observer, clock, takePartitionChanges });
  const bridge = new Bridge(parts, true);
  const stop = new AbortController();
  const ended = bridge.run(stop.signal);
  ended.catch(() => undefined);
  onTestFinished(() => {
    stop.abort();
  });
  return {
    bridge,
    clock,
    shard,
    client,
    observer,
    signIns,
    stop,
    ended,
    cursor,
    changes,
    attempts: () => attempts,
  };
}

const DONE = (): Promise<void> => Promise.resolve();

test('a topic with another number of partitions is recorded once', async () => {
  const { changes, client, clock, shard } = setUp();
  changes.push({ topic: 'cwa.presence', from: 6, to: 12 });
  client.answers.push(answerOf([event('tide', '8')], '8'), answerOf([event('tide', '9')], '9'));
  await settled();
  await clock.advance(250);
  const records = shard.units.flatMap((unit) => unit.records.map(({ value }) => JSON.parse(String(value)) as object));
  expect(records.filter((record) => 'recordType' in record && record.recordType === 'partitionsChanged')).toMatchObject(
    [{ detail: 'cwa.presence: 6 → 12 partitions', channel: 'bridge' }],
  );
});

describe('the acknowledgement', () => {
  test('of a poll is always the one that is committed', async () => {
    const commit = Promise.withResolvers<void>();
    const { client, clock } = setUp(RESUMED, [DONE, DONE, () => commit.promise]);
    client.answers.push(answerOf([event('tide', '8')], '8'), answerOf([event('tide', '9')], '9'));
    await settled();
    expect(client.polls.map(({ ackId }) => ackId)).toEqual(['7']);

    // The commit is pending for two minutes: the session is kept alive with the old acknowledgement.
    for (let i = 0; i < 4; i += 1) await clock.advance(30_000);
    expect(client.polls).toHaveLength(1);
    expect(client.keepAlives.map(({ ackId, isUserActive }) => [ackId, isUserActive])).toEqual(
      Array.from({ length: 4 }, () => ['7', true]),
    );
    commit.resolve();
    await settled();
    await clock.advance(250);
    expect(client.polls.map(({ ackId }) => ackId)).toEqual(['7', '8']);
  });

  test('does not move over polls that fail', async () => {
    const { client, clock } = setUp();
    const fail: Step = () => Promise.reject(new TransientError('no answer', { reason: 'timeout' }));
    client.answers.push(fail, fail, answerOf([event('tide', '8')], '8'));
    await settled();
    for (let i = 0; i < 3; i += 1) await clock.advance(1_000);
    expect(client.polls.map(({ ackId }) => ackId)).toEqual(['7', '7', '7', '8']);
  });
});

test('a failure is told before it is waited out', async () => {
  const { client, observer } = setUp();
  client.answers.push(() => Promise.reject(new TransientError('no answer', { reason: 'timeout' })));
  await settled();
  // The clock stands still, so the bridge is in its back-off now.
  expect(client.polls).toHaveLength(1);
  expect(observer.phases.at(-1)).toMatchObject({ kind: 'open', failures: 1 });
});

describe('the wait between polls', () => {
  test.each([
    ['what the server asks for', 3_000, 3_000],
    ['not shorter than session.pollWaitMinMs', 1, 250],
    ['not longer than session.pollWaitMaxMs', 86_400_000, 15_000],
  ])('is %s', async (_, askedMs, waitMs) => {
    const { client, clock } = setUp();
    client.answers.push(answerOf([], '7', askedMs));
    await settled();
    await clock.advance(waitMs - 1);
    expect(client.polls).toHaveLength(1);
    await clock.advance(1);
    expect(client.polls).toHaveLength(2);
  });
});

describe('a new generation', () => {
  test('is committed before its session is asked for, and its session before the first poll', async () => {
    const [opening, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const never = initialProgress('pilot', ACCOUNT_URI);
    const { client, cursor } = setUp(never, [() => opening.promise, () => open.promise]);
    await settled();
    expect(client.sessions).toBe(0);
    opening.resolve();
    await settled();
    expect(client.sessions).toBe(1);
    expect(client.polls).toEqual([]);
    expect(client.subscribed).toEqual([]);
    open.resolve();
    await settled();
    expect(client.polls).toMatchObject([{ sid: '413', ackId: '0' }]);
    expect(cursor.progress).toMatchObject({ state: 'open', sid: '413', ackId: '0' });
  });

  test('follows a lost session without a sign-in', async () => {
    const { client, observer, attempts } = setUp();
    client.answers.push(() => Promise.reject(new SessionLostError('18100')));
    await settled();
    await settled();
    expect(observer.gaps).toEqual(['session-lost']);
    expect({ sessions: client.sessions, attempts: attempts() }).toEqual({ sessions: 1, attempts: 0 });
    expect(client.polls.map(({ sid, ackId }) => `${sid}/${ackId}`)).toEqual(['412/7', '413/0']);
  });

  test('after a counter that began again subscribes anew, because what was subscribed is doubtful', async () => {
    const seen = { published: [[1n, 9n] as const], remembered: [{ place: '3', digests: ['0123456789abcdef'] }] };
    const { client, clock, shard, cursor, observer } = setUp(openProgress({ ackId: '9', seen, watch: WATCHING }));
    client.answers.push(answerOf([event('tide', '3', 'new')], '3'));
    await settled();
    await clock.advance(250);

    expect(observer.gaps).toEqual(['counter-restart']);
    const places = shard.units.flatMap(({ records }) => placesOf({ records }));
    expect(places.map((place) => place.split('@')[0])).toEqual([
      'sessionResumed',
      'sessionLost',
      'gap',
      'snapshotBegun',
      'unknown',
    ]);
    expect(cursor.progress).toMatchObject({ sid: '412', ackId: '3', openGapId: 'gap-new', watch: { pending: USERS } });
    expect(client.subscribed).toHaveLength(2);
  });
});

describe('a session that is given up', () => {
  const unreadable: Step = () =>
    Promise.reject(new DocumentRefusedError('malformed', 'a blank', { line: 1, column: 2 }));
  const unreachable: Step = () => Promise.reject(new TransientError('503', { reason: 'server-fault' }));

  /** Lets the retries and their waits pass. */
  async function pass(clock: ManualClock): Promise<void> {
    for (let i = 0; i < 20; i += 1) await clock.advance(5_000);
  }

  test('for an unreadable answer is ended on the server, when that is on record, and never polled again', async () => {
    const commit = Promise.withResolvers<void>();
    const { client, clock, observer } = setUp(RESUMED, [DONE, DONE, () => commit.promise]);
    client.answers.push(unreadable, unreadable, unreadable);
    await pass(clock);
    expect(client.ended).toEqual([]);
    commit.resolve();
    await settled();
    await settled();
    expect(observer.gaps).toEqual(['poison']);
    expect(client.ended).toEqual(['412']);
    expect(client.polls.map(({ sid }) => sid)).toEqual(['412', '412', '412', '413']);
  });

  test('is no matter of waiting long: a server that does not end it is left alone', async () => {
    const { client, clock } = setUp();
    client.answers.push(unreadable, unreadable, unreadable);
    client.terminate.push(rejectedWhenAborted);
    await pass(clock);
    expect(client.ended).toEqual(['412']);
    expect(client.polls.at(-1)?.sid).toBe('413');
  });

  test.each([
    ['503', () => Promise.reject(new TransientError('503', { reason: 'server-fault' }))],
    ['18100', () => Promise.reject(new SessionLostError('18100'))],
  ])('goes on with the next one when the server answers %s', async (_, answer) => {
    const { client, clock } = setUp();
    client.answers.push(unreadable, unreadable, unreadable);
    client.terminate.push(answer);
    await pass(clock);
    expect(client.ended).toEqual(['412']);
    expect(client.polls.at(-1)?.sid).toBe('413');
  });

  test('because the server failed to open it is ended once', async () => {
    const requests = [{ method: 'initiateSession', sentAt: NOW, from: 10, to: 10 }];
    const { client, clock, observer } = setUp({ ...RESUMED, requests });
    client.answers.push(answerOf([response('requestFailed', { rid: '10', eid: '8' })], '8'));
    await pass(clock);
    expect(observer.gaps).toEqual(['session-refused']);
    expect(client.ended).toEqual(['412']);
  });

  test('because it is doubted is ended too, and the one that the server lost is not', async () => {
    const { client, clock, observer } = setUp();
    client.answers.push(...Array.from({ length: 10 }, () => unreachable));
    await pass(clock);
    expect(observer.gaps).toEqual(['session-lost']);
    expect(client.ended).toEqual(['412']);
    client.answers.push(() => Promise.reject(new SessionLostError('18100')));
    await pass(clock);
    expect(observer.gaps).toEqual(['session-lost', 'session-lost']);
    expect(client.ended).toEqual(['412']);
    expect(client.polls.at(-1)?.sid).toBe('414');
  });
});

describe('the end', () => {
  test('comes with a refused sign-in: nothing more is asked of the server', async () => {
    const { bridge, client, clock, signIns } = setUp(initialProgress('pilot', ACCOUNT_URI));
    signIns.push(Promise.reject(new SignInRefusedError('refused')));
    await settled();
    await clock.advance(3_600_000);
    expect(bridge.phase).toEqual({ kind: 'stopped', code: 'sign-in-refused' });
    expect({ sessions: client.sessions, polls: client.polls.length }).toEqual({ sessions: 0, polls: 0 });
  });

  test('comes with a lost shard, which is no business of the session', async () => {
    const lost = (): Promise<void> => Promise.reject(new Error('the shard is lost'));
    const { client, ended } = setUp(RESUMED, [DONE, DONE, lost]);
    client.answers.push(answerOf([event('tide', '8')], '8'));
    await expect(ended).rejects.toThrow('the shard is lost');
  });

  test('comes with the order to stop, out of any wait, and leaves the session open', async () => {
    const { bridge, clock, ended, stop } = setUp();
    await settled();
    stop.abort(new Error('SIGTERM'));
    await expect(ended).resolves.toBeUndefined();
    expect(bridge.phase.kind).toBe('open');
    expect(clock.sleepers).toBe(0);
  });
});

test('a quarantine is waited out, and lifted into the generation that it began with', async () => {
  const until = NOW + 25_000;
  const quarantined = openProgress({ state: 'quarantined', sid: null, poison: { count: 3, since: NOW, until } });
  const { client, clock, shard } = setUp(quarantined);
  await settled();
  for (const ms of [10_000, 10_000, 4_999]) await clock.advance(ms);
  expect(client.sessions).toBe(0);
  await clock.advance(1);
  await settled();
  expect(client.sessions).toBe(1);
  expect(shard.units.flatMap(({ records }) => placesOf({ records }))[0]).toBe('quarantineLifted@1600000000.20');
});
