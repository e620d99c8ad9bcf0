import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { planAnswer } from '../../../../src/bridge/plans/plan-answer.ts';
import {
  event,
  NOW,
  openProgress,
  placesOf,
  planContext,
  presenceOf,
  received,
  subscribersOf,
  USERS,
  valuesOf,
} from '../builders.ts';

const [ANNA = '', BEN = ''] = USERS;

describe('the plan of an answer', () => {
  test('numbers the records of all events in the order of their eids', () => {
    const answer = received([event('tide', '9'), presenceOf('8', ANNA, BEN)]);
    const plan = planAnswer(planContext(), openProgress(), answer);
    expect(placesOf(plan)).toEqual([
      'userPresence@1600000000.20',
      'userPresence@1600000000.21',
      'unknown@1600000000.22',
    ]);
    expect(plan.next).toMatchObject({ nextSequence: 23, nextAnswer: 6, ackId: '9' });
    expect(plan.isWorthCommitting).toBe(true);
  });

  test('leaves out what was published before, and still moves the acknowledgement', () => {
    const first = planAnswer(planContext(), openProgress(), received([event('tide', '8')], { ackId: '8' }));
    const again = planAnswer(planContext(), first.next, received([event('tide', '8')], { ackId: '9' }));
    expect(again).toMatchObject({ records: [], repeats: 1, isWorthCommitting: true });
    expect(again.next).toMatchObject({ ackId: '9', nextSequence: first.next.nextSequence });
  });

  test('of an empty answer is not worth a transaction', () => {
    expect(planAnswer(planContext(), openProgress(), received([], { ackId: '7' })).isWorthCommitting).toBe(false);
    expect(planAnswer(planContext(), openProgress(), received([], { ackId: '8' })).isWorthCommitting).toBe(false);
  });

  test.each([
    ['missing', null],
    ['not a number', 'many'],
    ['empty', ''],
  ])('keeps our acknowledgement when that of the answer is %s', (_, ackId) => {
    const plan = planAnswer(planContext(), openProgress(), received([event('tide', '8')], { ackId }));
    expect(plan.next.ackId).toBe('7');
    expect(plan.records).toHaveLength(1);
  });

  test('takes nothing from an answer of another session', () => {
    const plan = planAnswer(planContext(), openProgress(), received([event('tide', '8')], { sid: '413' }));
    expect(plan).toMatchObject({ records: [], ack: { kind: 'foreign-session' }, isWorthCommitting: false });
    expect(plan.next).toMatchObject({ ackId: '7', sid: '412' });
  });

  test('publishes an event that Kafka refused as a dead letter in its place, with the others', () => {
    const answer = received([event('tide', '8', 'high'), event('tide', '9', 'low')]);
    const plan = planAnswer(planContext(), openProgress(), answer, new Set([0]));
    expect(placesOf(plan)).toEqual(['deadLetter@1600000000.20', 'unknown@1600000000.21']);
    expect(valuesOf(plan)[0]).toMatchObject({ reason: 'rejectedByBroker', eid: 8, eventName: 'tide' });
    expect(plan.next).toMatchObject({ ackId: '9', nextSequence: 22 });
  });
});

describe('who watches the account', () => {
  const ANNOUNCED = subscribersOf('8', { uri: 'ANNA@harbour.example' }, { uri: BEN, acknowledged: 'false' });

  test('is named once per announcement unless it is acknowledged, or nobody', () => {
    const more = subscribersOf('9', { uri: 'sip:odo@harbour.example', acknowledged: 'true' }, { uri: '' });
    const plan = planAnswer(planContext(), openProgress(), received([ANNOUNCED, more]));
    expect(plan.subscribers).toEqual([ANNA, BEN]);
    expect(planAnswer(planContext(), plan.next, received([ANNOUNCED, more])).subscribers).toEqual([]);
  });

  test('is named by nothing that is published as a dead letter only', () => {
    const plan = planAnswer(planContext(), openProgress(), received([ANNOUNCED]), new Set([0]));
    expect(plan.subscribers).toEqual([]);
  });
});

describe('a snapshot', () => {
  const SNAPSHOT = { snapshotSince: NOW - 1_000, openGapId: 'gap-a', watch: { hash: 'h', pending: USERS } };

  test('marks the first presence of a user after our subscribe, and only that', () => {
    const progress = openProgress(SNAPSHOT);
    const plan = planAnswer(planContext(), progress, received([presenceOf('8', ANNA), presenceOf('9', ANNA)]));
    expect(valuesOf(plan).map(({ origin }) => origin)).toEqual(['snapshot', 'live']);
    expect(plan.next.watch.pending).toEqual([BEN]);
    expect(plan.next.openGapId).toBe('gap-a');
  });

  test('ends in the transaction of the last presence, and closes the gap', () => {
    const progress = openProgress(SNAPSHOT);
    const plan = planAnswer(planContext(), progress, received([presenceOf('8', ANNA, BEN)]));
    expect(placesOf(plan).at(-1)).toBe('snapshotEnded@1600000000.22');
    expect(valuesOf(plan).at(-1)).toMatchObject({ gapId: 'gap-a', missing: [], fromAt: NOW - 1_000, toAt: NOW });
    expect(plan.next).toMatchObject({ openGapId: null, snapshotSince: null, nextSequence: 23 });
  });

  test('ends when its time is over, with a list of who is missing', () => {
    const progress = openProgress({ ...SNAPSHOT, snapshotSince: NOW - 60_000 });
    const plan = planAnswer(planContext(), progress, received([presenceOf('8', ANNA)]));
    expect(valuesOf(plan).at(-1)).toMatchObject({ recordType: 'snapshotEnded', missing: [BEN] });
  });
});

describe('a counter that begins again in the same session', () => {
  const before = planAnswer(
    planContext(),
    openProgress(),
    received([event('tide', '8', 'old'), event('tide', '9')]),
  ).next;
  const answer = received([event('tide', '8', 'new')], { ackId: '8', polledAckId: '9' });
  const plan = planAnswer(planContext(), before, answer);

  test('begins a new generation on the same session, in the transaction of the answer', () => {
    expect(plan.isCounterRestart).toBe(true);
    expect(placesOf(plan)).toEqual([
      'sessionLost@1600000000.22',
      'gap@1700000000.1',
      'snapshotBegun@1700000000.2',
      'unknown@1700000000.3',
    ]);
    expect(plan.next).toMatchObject({ generation: 1_700_000_000, state: 'open', sid: '412', ackId: '8' });
    expect(plan.next).toMatchObject({ openGapId: 'gap-1', snapshotSince: NOW, watch: { pending: USERS } });
  });

  test('is not taken for a repeat', () => {
    expect(plan.repeats).toBe(0);
    expect(valuesOf(plan)[3]).toMatchObject({ eid: 8, warnings: [] });
  });

  test('is not seen in a lower acknowledgement alone, which is adopted', () => {
    const lowered = planAnswer(planContext(), before, received([event('tide', '3')], { ackId: '3', polledAckId: '9' }));
    expect(lowered).toMatchObject({ isCounterRestart: false, ack: { kind: 'lowered', ackId: '3' } });
    expect(lowered.next).toMatchObject({ generation: 1_600_000_000, ackId: '3' });
  });
});

describe('for any answers of any session', () => {
  const eid = fc.option(
    fc.oneof(fc.nat({ max: 30 }).map(String), fc.constantFrom('', ' 5 ', '+6', 'x', '-1', '9'.repeat(30))),
  );
  const anyEvent = fc.oneof(
    fc
      .tuple(fc.constantFrom('tide', 'requestSucceeded'), eid, fc.string({ maxLength: 3 }))
      .map(([name, number, text]) => event(name, number, text)),
    fc
      .tuple(fc.nat({ max: 30 }), fc.array(fc.constantFrom(...USERS, ''), { maxLength: 3 }))
      .map(([number, uris]) => presenceOf(String(number), ...uris)),
  );
  const ackId = fc.oneof(fc.nat({ max: 30 }).map(String), fc.constantFrom(null, 'x', '007'));
  const answers = fc.array(fc.tuple(fc.array(anyEvent, { maxLength: 6 }), ackId), { minLength: 1, maxLength: 6 });

  test('the same answers give the same plans, numbers have no hole, nothing admitted is dropped', () => {
    fc.assert(
      fc.property(answers, (all) => {
        let progress = openProgress({ watch: { hash: 'h', pending: USERS }, snapshotSince: NOW, openGapId: 'gap-a' });
        for (const [events, given] of all) {
          const answer = received(events, { ackId: given, polledAckId: progress.ackId });
          const plan = planAnswer(planContext(), progress, answer);
          expect(planAnswer(planContext(), progress, answer)).toEqual(plan);

          const values = valuesOf(plan);
          expect(values.map(({ sequence }) => sequence)).toEqual(
            expectedSequences(progress, plan.isCounterRestart, values),
          );
          expect(plan.next.nextSequence).toBe((values.at(-1)?.sequence ?? progress.nextSequence - 1) + 1);
          const published = new Set(
            values.filter(({ channel }) => channel === 'data').map(({ eventIndex }) => eventIndex),
          );
          expect(published.size).toBe(events.length - plan.repeats);
          // Only the answer says what is acknowledged; else it stays as it was.
          expect([given, progress.ackId]).toContain(plan.next.ackId);
          progress = plan.next;
        }
      }),
      { numRuns: 100 },
    );
  });

  /** From where the session stands; after a restarted counter from 1, behind the record that ends the old generation. */
  function expectedSequences(
    { nextSequence }: { readonly nextSequence: number },
    isRestarted: boolean,
    values: readonly unknown[],
  ): readonly number[] {
    if (!isRestarted) return values.map((_, i) => nextSequence + i);
    return values.map((_, i) => (i === 0 ? nextSequence : i));
  }
});
