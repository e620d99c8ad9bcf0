import { describe, expect, test } from 'vitest';

import type { PresenceRecord } from '../../../../src/records/topics/presence.ts';
import { category } from '../builders.ts';
import { available, foldAll, foldLast, personalNote, presence, subscription, T0 } from './builders.ts';

const MINUTE = 60_000;

function isIn(minute: number, origin = 'live'): PresenceRecord {
  return presence([available(3_500)], { at: T0 + minute * MINUTE, origin });
}

function isOut(minute: number, origin = 'live'): PresenceRecord {
  return presence([available(18_500)], { at: T0 + minute * MINUTE, origin });
}

function cleared(minute: number, origin = 'live'): PresenceRecord {
  return presence([category('state', {})], { at: T0 + minute * MINUTE, origin });
}

/** `edge previousState>state certainty` of each record that is an edge; the others are `-`. */
function edgesOf(...records: readonly PresenceRecord[]): readonly string[] {
  return foldAll(records).map(({ edge }) => {
    return edge === null ? '-' : `${edge.edge} ${edge.previousState}>${edge.state} ${edge.certainty}`;
  });
}

const BASELINE = 'baseline unknown>in observed';

describe('an edge', () => {
  test('from out to in is signedIn, from in to out signedOut', () => {
    expect(edgesOf(isIn(0), isOut(1), isIn(2))).toEqual([
      BASELINE,
      'signedOut in>out observed',
      'signedIn out>in observed',
    ]);
  });

  test('is none while the state stays the same, whatever the availability', () => {
    const busy = presence([available(6_500)], { at: T0 + MINUTE });
    expect(edgesOf(isIn(0), busy, isIn(2))).toEqual([BASELINE, '-', '-']);
  });

  test('is none of an event that does not speak of the state', () => {
    expect(edgesOf(isIn(0), presence([personalNote('x')]), subscription('retrying'))).toEqual([BASELINE, '-', '-']);
  });

  test('is a baseline where nothing was known, and none if nothing is known then', () => {
    expect(edgesOf(isOut(0))).toEqual(['baseline unknown>out observed']);
    expect(edgesOf(cleared(0), presence([]), isIn(1))).toEqual(['-', '-', BASELINE]);
    expect(edgesOf(presence([personalNote('x')]), isIn(1, 'snapshot'))).toEqual(['-', BASELINE]);
  });

  test.each([
    ['a cleared state', cleared(1)],
    ['a user of whom nothing is seen', presence([], { at: T0 + MINUTE })],
    ['a terminated subscription', subscription('terminated', { at: T0 + MINUTE })],
    ['an availability that means nothing', presence([available(0)], { at: T0 + MINUTE })],
  ])('to unknown is lost: %s', (_what, record) => {
    expect(edgesOf(isIn(0), record)).toEqual([BASELINE, 'lost in>unknown observed']);
  });

  test('from unknown is a baseline if the last known state comes again', () => {
    expect(edgesOf(isIn(0), cleared(1), isIn(2))[2]).toBe(BASELINE);
  });

  test('from unknown to another state than the last known one is inferred, within what is not known', () => {
    const { edge } = foldLast([isIn(0), isIn(3), cleared(5), isOut(9)]);
    expect(edge).toMatchObject({ edge: 'signedOut', previousState: 'unknown', certainty: 'inferred', gapId: null });
    expect(edge).toMatchObject({ earliestAt: T0 + 3 * MINUTE, latestAt: T0 + 9 * MINUTE, at: T0 + 9 * MINUTE });
    expect(edge).toMatchObject({ previousSince: T0 + 5 * MINUTE, previousDurationMs: 4 * MINUTE });
  });

  test.each(['snapshot', 'query'])('that a %s finds is inferred and carries the gap', (origin) => {
    const { edge } = foldLast([isIn(0), isIn(2), isOut(7, origin)]);
    expect(edge).toMatchObject({ edge: 'signedOut', previousState: 'in', certainty: 'inferred', gapId: 'gap-1' });
    expect(edge).toMatchObject({ earliestAt: T0 + 2 * MINUTE, latestAt: T0 + 7 * MINUTE });
    expect(edgesOf(isIn(0), isIn(1, origin))).toEqual([BASELINE, '-']);
  });

  test('that may be a repeat is inferred, and no gap is named for it', () => {
    const { edge } = foldLast([isIn(0), isOut(7, 'replay')]);
    expect(edge).toMatchObject({ edge: 'signedOut', certainty: 'inferred', gapId: null });
  });

  test('that is seen live is observed at the time of its receipt', () => {
    const { edge } = foldLast([isIn(0), isOut(7)]);
    const at = T0 + 7 * MINUTE;
    expect(edge).toMatchObject({ certainty: 'observed', at, earliestAt: at, latestAt: at, gapId: null });
    expect(edge).toMatchObject({ availability: 18_500, previousAvailability: 3_500, subject: 'user' });
    expect(edge).toMatchObject({ previousSince: T0, previousDurationMs: 7 * MINUTE });
  });

  test('that is a baseline says that nothing happened', () => {
    expect(foldLast([isIn(0, 'snapshot')]).edge).toMatchObject({
      ...{ at: T0, earliestAt: null, latestAt: T0, gapId: null },
      ...{ previousSince: null, previousDurationMs: null, previousAvailability: null },
    });
  });

  test('names the record that is its cause', () => {
    const record = isIn(0);
    expect(foldLast([record]).edge?.causeRecordId).toBe(record.id);
  });

  test('has no negative duration, even if the clock went back', () => {
    expect(foldLast([isIn(5), isOut(0)]).edge).toMatchObject({ previousDurationMs: 0 });
  });
});

describe('a flap', () => {
  test('is a signedIn after less than signin.flapMs', () => {
    const after = (ms: number): boolean | undefined => {
      const back = presence([available(3_500)], { at: T0 + MINUTE + ms });
      return foldLast([isIn(0), isOut(1), back]).edge?.isFlap;
    };
    expect([after(59_999), after(60_000)]).toEqual([true, false]);
  });

  test('is no signedOut, however short the time in', () => {
    expect(foldLast([isOut(0), isIn(1), presence([available(18_500)], { at: T0 + MINUTE + 5 })]).edge?.isFlap).toBe(
      false,
    );
  });

  test('is told also when the user was lost in between', () => {
    const times = [isOut(0), cleared(0.2), isIn(0.5)] as const;
    expect(foldLast(times).edge).toMatchObject({ edge: 'signedIn', certainty: 'inferred', isFlap: true });
    expect(foldLast([isOut(0), cleared(0.2), isIn(1.5)]).edge).toMatchObject({ edge: 'signedIn', isFlap: false });
  });
});
