import { describe, expect, test } from 'vitest';

import { initialProgress } from '../../../src/bridge/progress/account-progress.ts';
import { OPEN } from '../../../src/bridge/phase.ts';
import { planOpening } from '../../../src/bridge/plans/plan-generation.ts';
import { openSession } from '../../../src/bridge/session/session-steps.ts';
import { Subscriber } from '../../../src/bridge/watching/subscriber.ts';
import { SessionLostError, TicketLostError } from '../../../src/cwa/errors.ts';
import { KafkaError } from '../../../src/kafka/kafka-error.ts';
import { RecordRejectedError } from '../../../src/kafka/shard-errors.ts';
import {
  ACCOUNT_URI,
  commandAnswer,
  openProgress,
  placesOf,
  planContext,
  response,
  USERS,
  valuesOf,
} from './builders.ts';
import { cursorOn, FakeShard, partsWith } from './fakes.ts';

const NEVER = new AbortController().signal;
const BEGUN = planOpening(planContext(), initialProgress('pilot', ACCOUNT_URI), 'first-start').next;

/** What stands in the requests topic after these commits. */
function answersIn({ units }: FakeShard) {
  return units.flatMap((unit) => valuesOf(unit)).filter(({ channel }) => channel === 'command');
}

describe('opening a session', () => {
  function open(answer: object) {
    const shard = new FakeShard();
    const cursor = cursorOn(shard, BEGUN);
    return {
      shard,
      cursor,
      opened: openSession(partsWith({ initiateSession: () => Promise.resolve(answer) }, { cursor }), NEVER),
    };
  }

  test('commits the answer with the session that it opens', async () => {
    const session = { sid: '412', uri: null, pollWaitTimeMs: 3_000 };
    const answer = commandAnswer([response('initiateSessionAccepted', { rid: '10001', sid: '412' })]);
    const { shard, cursor, opened } = open({ ...answer, session });
    await opened;
    expect(shard.units).toHaveLength(1);
    expect(answersIn(shard)).toMatchObject([{ method: 'initiateSession', sid: '412', acceptedSid: '412' }]);
    expect(cursor.progress).toMatchObject({ state: 'open', sid: '412', requests: [{ from: 10_001, to: 10_001 }] });
  });

  test('publishes a refusal before it is acted upon, and leaves the generation as it was', async () => {
    const trouble = new TicketLostError('refused');
    const answer = commandAnswer([response('requestRejected', { rid: '10001' })], trouble);
    const { shard, cursor, opened } = open({ ...answer, session: null });
    await expect(opened).rejects.toBe(trouble);
    expect(answersIn(shard)).toMatchObject([{ method: 'initiateSession', outcome: 'rejected', sid: null }]);
    expect(cursor.progress).toMatchObject({ state: 'opening', sid: null, generation: BEGUN.generation });
  });
});

describe('subscribing', () => {
  function subscribed(answer: object, outcomes: readonly (() => Promise<void>)[] = []) {
    const shard = new FakeShard();
    shard.outcomes.push(...outcomes);
    const cursor = cursorOn(shard, openProgress());
    const parts = partsWith({ subscribePresence: () => Promise.resolve(answer) }, { cursor });
    const phase = { ...OPEN, toSubscribe: USERS };
    return { shard, cursor, done: new Subscriber(parts).subscribe((plan) => cursor.advance(plan), phase, NEVER) };
  }
  const ACCEPTED = commandAnswer([response('requestAccepted', { rid: '10001' })]);

  test('commits the answer, and remembers what was asked', async () => {
    const { shard, cursor, done } = subscribed(ACCEPTED);
    await expect(done).resolves.toMatchObject({ toSubscribe: [] });
    expect(answersIn(shard)).toMatchObject([{ method: 'subscribePresence', concerns: USERS, outcome: 'accepted' }]);
    expect(cursor.progress.requests).toMatchObject([{ method: 'subscribePresence', from: 10_001, to: 10_001 }]);
  });

  test('publishes an answer that ends the session before it is acted upon', async () => {
    const trouble = new SessionLostError('18100');
    const { shard, done } = subscribed(commandAnswer([response('error', { code: '18100' })], trouble));
    await expect(done).rejects.toBe(trouble);
    expect(answersIn(shard)).toMatchObject([{ errorCode: 18_100, outcome: 'failed', rid: null, method: null }]);
  });

  test('goes on with dead letters where Kafka refuses the records', async () => {
    const failure = { kind: 'rejected', kafkaCode: 'MESSAGE_TOO_LARGE', phase: 'data' } as const;
    const rejected = new RecordRejectedError('pilot', new KafkaError('too large', failure));
    const refuse = (): Promise<void> => Promise.reject(rejected);
    const { shard, done } = subscribed(ACCEPTED, [refuse]);
    await done;
    expect(shard.units.map((unit) => placesOf(unit))).toEqual([
      ['requestAccepted@1600000000.20'],
      ['deadLetter@1600000000.20'],
    ]);
  });

  test('does not go on when the shard is lost', async () => {
    const { cursor, done } = subscribed(ACCEPTED, [() => Promise.reject(new Error('the shard is lost'))]);
    await expect(done).rejects.toThrow('the shard is lost');
    expect(cursor.progress).toEqual(openProgress());
  });
});
