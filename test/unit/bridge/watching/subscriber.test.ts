import { describe, expect, test } from 'vitest';

import type { CommandAnswer } from '../../../../src/cwa/commands.ts';
import { outcomesIn } from '../../../../src/bridge/outcomes.ts';
import { OPEN } from '../../../../src/bridge/phase.ts';
import { Subscriber } from '../../../../src/bridge/watching/subscriber.ts';
import { SessionLostError, TransientError } from '../../../../src/cwa/errors.ts';
import type { PresenceRequests } from '../../../../src/cwa/requests.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { bridgeSettings, commandAnswer, event, openProgress, response } from '../builders.ts';
import { cursorOn, FakeShard, partsWith } from '../fakes.ts';

const NEVER = new AbortController().signal;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Answerer = (request: PresenceRequests) => CommandAnswer | Error;

function usersOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `sip:user${String(index)}@harbour.example`);
}

function refusal(name: string, rid: string | null, code: number): XmlElement {
  const error = response('error', { code: String(code) });
  return { ...response(name, rid === null ? {} : { rid }), children: [error] };
}

/** A subscriber at work on a server, until nothing is left to send now. */
function setUp(users: readonly string[], answer: Answerer) {
  const clock = new ManualClock();
  const sizes: number[][] = [];
  const sent: PresenceRequests[] = [];
  const cursor = cursorOn(new FakeShard(), openProgress({ watch: { hash: 'h', pending: users } }), { clock });
  const client = {
    subscribePresence: (request: PresenceRequests): Promise<CommandAnswer> => {
      sent.push(request);
      sizes.push(request.requests.map(({ uris }) => uris.length));
      const given = answer(request);
      return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
    },
  };
  const parts = partsWith(client, { cursor, clock, settings: bridgeSettings({ subscribeChunk: 8 }) });
  const subscriber = new Subscriber(parts);
  const run = async (toSubscribe: readonly string[]): Promise<void> => {
    let phase = { ...OPEN, toSubscribe };
    while (phase.toSubscribe.length > 0) {
      phase = await subscriber.subscribe((plan) => cursor.advance(plan), phase, NEVER);
      if (phase.toSubscribe.length === 0) phase = { ...phase, toSubscribe: subscriber.takeDue() };
    }
  };
  return { clock, cursor, run, sent, sizes, subscriber };
}

/** Refuses every request with one of these users in it. */
function refusing(bad: readonly string[], name = 'requestRejected', code = 18_000): Answerer {
  return ({ requests }) =>
    commandAnswer(
      requests.map(({ rid, uris }) =>
        uris.some((uri) => bad.includes(uri)) ? refusal(name, rid, code) : response('requestAccepted', { rid }),
      ),
    );
}

const ACCEPTING = refusing([]);

test('a list goes out in one POST, in requests of session.subscribeChunk users', async () => {
  const { run, sizes, subscriber } = setUp(usersOf(20), ACCEPTING);
  await run(usersOf(20));
  expect(sizes).toEqual([[8, 8, 4]]);
  expect(subscriber.refusedCount).toBe(0);
});

describe('a refused request', () => {
  test.each([
    ['rejected as invalid (18000)', refusing(usersOf(1), 'requestRejected', 18_000)],
    ['failed with SIP 413', refusing(usersOf(1), 'requestFailed', 413)],
    ['invalid, for whatever reason', refusing(usersOf(1), 'requestInvalid', 18_102)],
  ])('that is %s is cut in halves, down to the one user whom it is for', async (_, answer) => {
    const { run, sizes, subscriber } = setUp(usersOf(20), answer);
    await run(usersOf(20));
    expect(sizes).toEqual([
      [8, 8, 4],
      [4, 4],
      [2, 2],
      [1, 1],
    ]);
    expect(subscriber.refusedCount).toBe(1);
  });

  test('is cut in halves when the refusal comes over the data channel, without those who were heard of', async () => {
    const users = usersOf(8);
    const { cursor, run, sent, sizes, subscriber } = setUp(users, ACCEPTING);
    await run(users);
    const rid = sent[0]?.requests[0]?.rid ?? '';
    const { progress } = cursor;
    await cursor.advance({ records: [], next: { ...progress, watch: { hash: 'h', pending: users.slice(3) } } });
    subscriber.heard(outcomesIn([refusal('requestFailed', rid, 18_201)]));
    await run(subscriber.takeDue());
    expect(sizes).toEqual([[8], [4, 1]]);
    subscriber.heard(outcomesIn([refusal('requestFailed', rid, 18_201)]));
    expect(subscriber.takeDue()).toEqual([]);
  });

  test('that was throttled waits before it is sent again', async () => {
    let isThrottling = true;
    const answer: Answerer = (request) => refusing(isThrottling ? usersOf(4) : [], 'requestFailed', 18_101)(request);
    const { clock, run, sizes, subscriber } = setUp(usersOf(4), answer);
    await run(usersOf(4));
    expect(subscriber.takeDue()).toEqual([]);
    isThrottling = false;
    await clock.advance(5_000);
    await run(subscriber.takeDue());
    expect(sizes).toEqual([[4], [2, 2]]);
  });
});

describe('a refusal of the whole document', () => {
  const TOO_LARGE = new TransientError('413', { reason: 'busy', context: { statusCode: 413 } });
  const THROTTLED = new TransientError('18101', { reason: 'throttled', retryAfterMs: 7_000 });

  test.each<[title: string, tooMany: CommandAnswer | Error]>([
    ['HTTP status 413', TOO_LARGE],
    ['an error element (18000)', commandAnswer([response('error', { code: '18000' })])],
  ])('by %s sends each request by itself, then halves', async (_, tooMany) => {
    const answer: Answerer = (request) =>
      request.requests.flatMap(({ uris }) => uris).length > 4 ? tooMany : ACCEPTING(request);
    const { run, sizes, subscriber } = setUp(usersOf(12), answer);
    await run(usersOf(12));
    expect(sizes).toEqual([[8, 4], [8], [4], [4], [4]]);
    expect(subscriber.refusedCount).toBe(0);
  });

  test('by throttling waits as long as the server asks for', async () => {
    const answers: (CommandAnswer | Error)[] = [commandAnswer([response('error', { code: '18101' })], THROTTLED)];
    const { clock, run, sizes, subscriber } = setUp(usersOf(8), (request) => answers.shift() ?? ACCEPTING(request));
    await run(usersOf(8));
    await clock.advance(6_999);
    expect(subscriber.takeDue()).toEqual([]);
    await clock.advance(1);
    await run(subscriber.takeDue());
    expect(sizes).toEqual([[8], [4, 4]]);
  });

  test('that means a lost session is thrown, and nothing is cut', async () => {
    const lost = new SessionLostError('18100');
    const { run, sizes } = setUp(usersOf(8), () => commandAnswer([response('error', { code: '18100' })], lost));
    await expect(run(usersOf(8))).rejects.toBe(lost);
    expect(sizes).toEqual([[8]]);
  });

  test('by any other trouble is thrown: the loop decides what it means', async () => {
    const trouble = new TransientError('no answer', { reason: 'timeout' });
    const { run } = setUp(usersOf(8), () => trouble);
    await expect(run(usersOf(8))).rejects.toBe(trouble);
  });
});

describe('a user who is refused alone', () => {
  const [BAD = ''] = usersOf(1);

  test('is asked for again after a minute, then ever more seldom, at last once an hour', async () => {
    const { clock, run, sizes, subscriber } = setUp([BAD], refusing([BAD]));
    await run([BAD]);
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      await clock.advance(MINUTE);
      await run(subscriber.takeDue());
    }
    // After 1, 3, 7, 15, 31 and 63 minutes, then each hour.
    expect(sizes).toHaveLength(1 + 6 + 22);
    expect(subscriber.refusedCount).toBe(1);
  });

  test('counts as refused until he is accepted', async () => {
    let bad: readonly string[] = [BAD];
    const { clock, run, sent, subscriber } = setUp([BAD], (request) => refusing(bad)(request));
    await run([BAD]);
    expect(subscriber.refusedCount).toBe(1);
    bad = [];
    await clock.advance(HOUR);
    await run(subscriber.takeDue());
    const rid = sent.at(-1)?.requests[0]?.rid ?? '';
    subscriber.heard(outcomesIn([event('requestSucceeded', '9'), response('requestSucceeded', { rid })]));
    expect(subscriber.refusedCount).toBe(0);
  });

  test('is not asked for again when he is no longer awaited', async () => {
    const { clock, cursor, run, subscriber } = setUp([BAD], refusing([BAD]));
    await run([BAD]);
    await cursor.advance({ records: [], next: { ...cursor.progress, watch: { hash: 'h', pending: [] } } });
    await clock.advance(HOUR);
    expect(subscriber.takeDue()).toEqual([]);
    expect(subscriber.refusedCount).toBe(0);
  });

  test('begins anew with a new session', async () => {
    const { cursor, run, sizes, subscriber } = setUp(usersOf(8), refusing([BAD]));
    await run(usersOf(8));
    await cursor.advance({ records: [], next: { ...cursor.progress, generation: cursor.progress.generation + 1 } });
    expect(subscriber.takeDue()).toEqual([]);
    sizes.length = 0;
    await run(usersOf(8));
    expect(sizes[0]).toEqual([8]);
  });
});
