import { describe, expect, test } from 'vitest';

import { accountEdgeOf, NEVER_SIGNED_IN, type SessionChange } from '../../../../src/records/state/account-edge.ts';

const AT = 1_700_000_000_000;
const FLAP_MS = 60_000;

function change(kind: SessionChange['kind']): SessionChange {
  return { kind, at: AT, aliveAt: AT - 9_000, gapId: 'gap-1', causeRecordId: 'r' };
}

describe('the edge of an account', () => {
  test('is signedIn when a session starts while it was not in', () => {
    expect(accountEdgeOf(NEVER_SIGNED_IN, change('started'), FLAP_MS)).toMatchObject({
      ...{ subject: 'account', edge: 'signedIn', state: 'in', previousState: 'unknown', certainty: 'observed' },
      ...{ at: AT, earliestAt: AT, latestAt: AT, previousSince: null, isFlap: false, gapId: null, causeRecordId: 'r' },
    });
    expect(accountEdgeOf({ state: 'in', since: 1 }, change('started'), FLAP_MS)).toBeNull();
  });

  test('is an observed signedOut when its session ends', () => {
    expect(accountEdgeOf({ state: 'in', since: AT - 100 }, change('ended'), FLAP_MS)).toMatchObject({
      ...{ edge: 'signedOut', certainty: 'observed', earliestAt: AT, previousDurationMs: 100, gapId: null },
    });
    expect(accountEdgeOf({ state: 'out', since: 1 }, change('ended'), FLAP_MS)).toBeNull();
  });

  test('is an inferred signedOut when its session is lost, at some time since it was alive', () => {
    expect(accountEdgeOf({ state: 'in', since: 1 }, change('lost'), FLAP_MS)).toMatchObject({
      ...{ edge: 'signedOut', certainty: 'inferred', earliestAt: AT - 9_000, latestAt: AT, gapId: 'gap-1' },
    });
  });

  test('is a flap when the next session starts soon', () => {
    const back = (ms: number): boolean | undefined =>
      accountEdgeOf({ state: 'out', since: AT - ms }, change('started'), FLAP_MS)?.isFlap;
    expect([back(59_999), back(60_000)]).toEqual([true, false]);
  });
});
