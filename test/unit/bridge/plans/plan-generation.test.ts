import { describe, expect, test } from 'vitest';

import { formatProgress, initialProgress, parseProgress } from '../../../../src/bridge/progress/account-progress.ts';
import {
  planCounterRestart,
  planEnded,
  planOpened,
  planOpening,
  planResumed,
  watchHash,
} from '../../../../src/bridge/plans/plan-generation.ts';
import { planSnapshotEnd } from '../../../../src/bridge/plans/plan-snapshot.ts';
import { ACCOUNT_URI, NOW, openProgress, placesOf, planContext, USERS, valuesOf } from '../builders.ts';

const NEW_GENERATION = NOW / 1_000;

describe('a generation that begins', () => {
  test('of an account never seen opens a gap and knows nothing of a time before', () => {
    const plan = planOpening(planContext(), initialProgress('pilot', ACCOUNT_URI), 'first-start');
    expect(placesOf(plan)).toEqual([`gap@${String(NEW_GENERATION)}.1`]);
    expect(valuesOf(plan)[0]).toMatchObject({
      reason: 'first-start',
      gapId: 'gap-1',
      previousGeneration: null,
      fromEid: null,
      fromAckId: null,
      fromAt: null,
      toAt: NOW,
    });
    expect(plan.next).toMatchObject({ state: 'opening', sid: null, ackId: '0', nextSequence: 2, openGapId: 'gap-1' });
  });

  test('after a session says that it is lost, under the old generation, and from where nothing is known', () => {
    const seen = { published: [[1n, 42n] as const], remembered: [] };
    const plan = planOpening(planContext(), openProgress({ seen, committedAt: NOW - 9_000 }), 'session-lost');
    expect(placesOf(plan)).toEqual([
      'sessionLost@1600000000.20',
      'signIn@1600000000.21',
      `gap@${String(NEW_GENERATION)}.1`,
    ]);
    expect(valuesOf(plan)[2]).toMatchObject({
      previousGeneration: 1_600_000_000,
      fromEid: 42,
      fromAckId: '7',
      fromAt: NOW - 9_000,
    });
    expect(plan.next).toMatchObject({ seen: { published: [], remembered: [] }, sealed: null, nextSequence: 2 });
  });

  test('goes on with a gap that is still open', () => {
    const plan = planOpening(planContext(), openProgress({ openGapId: 'gap-old' }), 'poison');
    expect(plan.next.openGapId).toBe('gap-old');
    expect(valuesOf(plan).at(-1)).toMatchObject({ recordType: 'gap', gapId: 'gap-old' });
  });

  test('never takes a number again, even if the clock goes back', () => {
    const before = openProgress({ generation: NEW_GENERATION + 500 });
    expect(planOpening(planContext(), before, 'session-lost').next.generation).toBe(NEW_GENERATION + 501);
  });

  test('forgets what was asked in the old one, unless its session goes on', () => {
    const requests = [{ method: 'subscribePresence', sentAt: NOW, from: 7, to: 9 }];
    expect(planOpening(planContext(), openProgress({ requests }), 'session-lost').next.requests).toEqual([]);
    expect(planCounterRestart(planContext(), openProgress({ requests })).next.requests).toEqual(requests);
  });

  test('never carries the old sid or acknowledgement', () => {
    const { next } = planOpening(planContext(), openProgress(), 'session-lost');
    expect(JSON.stringify(formatProgress(next))).not.toContain('412');
    expect(next.ackId).toBe('0');
  });
});

describe('a session that is opened', () => {
  const begun = planOpening(planContext(), initialProgress('pilot', ACCOUNT_URI), 'first-start').next;
  const plan = planOpened(planContext(), begun, '412');

  test('is told, and its snapshot begins with everybody awaited', () => {
    expect(placesOf(plan)).toEqual([
      `sessionStarted@${String(NEW_GENERATION)}.2`,
      `signIn@${String(NEW_GENERATION)}.3`,
      `snapshotBegun@${String(NEW_GENERATION)}.4`,
    ]);
    expect(valuesOf(plan)[0]).toMatchObject({ sid: '412', gapId: 'gap-1' });
    expect(plan.next).toMatchObject({ state: 'open', sid: '412', ackId: '0', snapshotSince: NOW, nextSequence: 5 });
    expect(plan.next.watch).toEqual({ hash: watchHash(USERS), pending: USERS });
  });

  test('and that is signed out is told as well', () => {
    const ended = planEnded(planContext(), plan.next, { reason: 'shutdown' });
    expect(valuesOf(ended)[0]).toMatchObject({ recordType: 'sessionEnded', reason: 'shutdown', sid: '412' });
    expect(ended.next).toMatchObject({ state: 'ended', nextSequence: 7 });
  });
});

describe('a session that is resumed', () => {
  test('is only told, whatever the watch list is now', () => {
    const progress = openProgress({ watch: { hash: watchHash(['sip:old@harbour.example']), pending: [] } });
    const plan = planResumed(planContext(), progress);
    expect(placesOf(plan)).toEqual(['sessionResumed@1600000000.20']);
    expect(plan.next).toEqual({ ...progress, nextSequence: 21 });
  });
});

describe('the end of a snapshot', () => {
  test('waits for everybody, but not for ever', () => {
    const waiting = openProgress({
      snapshotSince: NOW - 999,
      watch: { hash: 'h', pending: USERS },
      openGapId: 'gap-a',
    });
    expect(planSnapshotEnd(planContext(), waiting, 1_000)).toBeNull();
    const over = planSnapshotEnd(planContext({ now: NOW + 1 }), waiting, 1_000);
    expect(over?.next).toMatchObject({ snapshotSince: null, openGapId: null, nextSequence: 21 });
    expect(valuesOf(over ?? { records: [] })).toMatchObject([{ recordType: 'snapshotEnded', missing: USERS }]);
  });

  test('comes once', () => {
    expect(planSnapshotEnd(planContext(), openProgress(), 0)).toBeNull();
  });
});

test('the names of a watch list do not depend on its order, and every user counts', () => {
  expect(watchHash(['a', 'b', 'c'])).toBe(watchHash(['c', 'a', 'b']));
  expect(watchHash(['a', 'b'])).not.toBe(watchHash(['a', 'b', 'c']));
  expect(watchHash(['ab'])).not.toBe(watchHash(['a', 'b']));
});

describe('a progress record', () => {
  const progress = openProgress({
    ackId: '9007199254740993',
    seen: {
      published: [
        [1n, 3n],
        [9007199254740993n, 9007199254740993n],
      ],
      remembered: [{ place: '3', digests: ['ab', 'cd'] }],
    },
    logins: { refusals: [NOW], secretMark: 'm' },
    requests: [{ method: 'subscribePresence', sentAt: NOW, from: 10_007, to: 10_406 }],
  });

  test('comes back as it was written, all digits of its numbers with it', () => {
    expect(parseProgress('pilot', formatProgress(progress))).toEqual(progress);
  });

  test('of a version that did not remember requests is read: none are remembered', () => {
    const { requests: _, ...before } = JSON.parse(formatProgress(progress)) as Record<string, unknown>;
    expect(parseProgress('pilot', JSON.stringify(before))).toMatchObject({ sid: '412', requests: [] });
  });

  test('of a later minor form is read: what is unknown is passed over', () => {
    const text = formatProgress(progress).replace('{', '{"moon":"full",');
    expect(parseProgress('pilot', text)).toMatchObject({ ackId: progress.ackId, sid: '412' });
  });

  test.each([
    [
      'a newer format',
      formatProgress(progress).replace('"formatVersion":1', '"formatVersion":2'),
      /format version is 2/,
    ],
    ['no format', '{}', /format version is undefined/],
    ['no JSON', '{"formatVersion":1', /not JSON/],
    ['no object', '12', /not an object/],
  ])('of %s is refused, and says what to do', (_, text, reason) => {
    expect(() => parseProgress('pilot', text)).toThrow(reason);
    expect(() => parseProgress('pilot', text)).toThrow(/account "pilot".*Run the version that wrote it/);
  });
});
