import { describe, expect, test } from 'vitest';

import { planAnswer } from '../../../../src/bridge/plans/plan-answer.ts';
import { watchHash } from '../../../../src/bridge/plans/plan-generation.ts';
import { planWatchChanged } from '../../../../src/bridge/plans/plan-watch.ts';
import { bridgeSettings, NOW, openProgress, planContext, presenceOf, received, USERS, valuesOf } from '../builders.ts';

const [ANNA = '', BEN = ''] = USERS;
const CARL = 'sip:carl@harbour.example';
const DORA = 'sip:dora@harbour.example';

/** Anna and Ben were heard of. */
const known = planAnswer(planContext(), openProgress(), received([presenceOf('8', ANNA, BEN)])).next;

function contextFor(users: readonly string[], elsewhere: readonly string[] = []) {
  const settings = bridgeSettings();
  const userState = { ...settings.userState, isWatchedElsewhere: (uri: string) => elsewhere.includes(uri) };
  return planContext({ settings: { ...settings, account: { ...settings.account, users }, userState } });
}

function tombstonesOf({ records }: ReturnType<typeof planWatchChanged>): readonly string[] {
  return records.filter(({ value }) => value === null).map(({ key }) => key);
}

describe('a changed watch list', () => {
  const change = { users: [BEN, CARL, DORA], added: [CARL, DORA], removed: [ANNA] };
  const plan = planWatchChanged(contextFor(change.users), known, change);

  test('is told with how many came and went, and begins a snapshot that closes no gap', () => {
    expect(valuesOf(plan)).toMatchObject([
      { recordType: 'watchChanged', sequence: 22, users: 3, detail: '2 added, 1 removed' },
      { recordType: 'snapshotBegun', sequence: 23, users: 2, gapId: null },
    ]);
    expect(plan.next).toMatchObject({ snapshotSince: NOW, nextSequence: 24, openGapId: null });
  });

  test('awaits who is new, and forgets who is gone', () => {
    expect(plan.next.watch).toEqual({ hash: watchHash(change.users), pending: [CARL, DORA] });
    expect([...plan.next.users.keys()]).toEqual([BEN]);
    expect(tombstonesOf(plan)).toEqual([ANNA]);
  });

  test('ends no state of a user whom another account watches now', () => {
    const moved = planWatchChanged(contextFor(change.users, [ANNA]), known, change);
    expect(tombstonesOf(moved)).toEqual([]);
    expect([...moved.next.users.keys()]).toEqual([BEN]);
  });

  test('ends the state of a user of whom nothing was heard: another account may have left it', () => {
    const awaited = { ...known, watch: { hash: 'h', pending: [CARL] } };
    const gone = planWatchChanged(contextFor(USERS), awaited, { users: USERS, added: [], removed: [CARL] });
    expect(tombstonesOf(gone)).toEqual([CARL]);
    expect(gone.next.watch.pending).toEqual([]);
  });

  test('begins no snapshot where nobody came, and keeps awaiting who is missing', () => {
    const missing = { ...known, watch: { hash: 'h', pending: [BEN] } };
    const shorter = planWatchChanged(contextFor([BEN]), missing, { users: [BEN], added: [], removed: [ANNA] });
    expect(valuesOf(shorter).map(({ recordType }) => recordType)).toEqual(['watchChanged']);
    expect(shorter.next).toMatchObject({ snapshotSince: null, watch: { pending: [BEN] } });
  });
});

test('the first presence of a new user is of the snapshot, the next is live, and others stay live', () => {
  const change = { users: [...USERS, CARL], added: [CARL], removed: [] };
  const context = contextFor(change.users);
  const { next } = planWatchChanged(context, known, change);
  const answer = received([presenceOf('9', ANNA), presenceOf('10', CARL), presenceOf('11', CARL)], {
    ackId: '11',
    polledAckId: next.ackId,
  });
  expect(valuesOf(planAnswer(context, next, answer))).toMatchObject([
    { recordType: 'userPresence', subjectUri: ANNA, origin: 'live' },
    { recordType: 'userPresence', subjectUri: CARL, origin: 'snapshot' },
    { recordType: 'userPresence', subjectUri: CARL, origin: 'live' },
    { recordType: 'snapshotEnded', gapId: null, missing: [] },
  ]);
});
