import { describe, expect, test } from 'vitest';

import type { AccountProgress } from '../../../../src/bridge/progress/account-progress.ts';
import { firstPhase } from '../../../../src/bridge/phase.ts';
import { planGeneration } from '../../../../src/bridge/plans/plan-losses.ts';
import type { PlanContext } from '../../../../src/bridge/plans/plan.ts';
import { planQuarantineLifted } from '../../../../src/bridge/plans/plan-poison.ts';
import { bridgeSettings, NOW, openProgress, placesOf, planContext, valuesOf } from '../builders.ts';

const RULES = { lossLimit: 3, lossWindowMs: 600_000, lossHoldMs: 900_000 };

function at(now: number): PlanContext {
  return planContext({ settings: bridgeSettings(RULES), now });
}

/** Loses the session at each of these moments, and opens another at once. */
function losing(moments: readonly number[], before: AccountProgress = openProgress()) {
  let progress = before;
  let last = planGeneration(at(moments[0] ?? NOW), progress, 'session-lost');
  for (const moment of moments.slice(1)) {
    progress = { ...last.plan.next, state: 'open', sid: '413' };
    last = planGeneration(at(moment), progress, 'session-lost');
  }
  return last;
}

describe('sessions lost one after the other', () => {
  test('hold the account back at the limit, and say so in the transaction of the gap', () => {
    const { phase, plan } = losing([NOW, NOW + 60_000, NOW + 120_000]);
    const until = NOW + 120_000 + RULES.lossHoldMs;
    expect(phase).toEqual({ kind: 'quarantined', until });
    expect(placesOf(plan).map((place) => place.split('@')[0])).toEqual(['sessionLost', 'gap', 'quarantined']);
    expect(valuesOf(plan).at(-1)).toMatchObject({
      reason: 'session-losses',
      detail: expect.stringContaining('3 sessions'),
    });
    expect(firstPhase(plan.next, false)).toEqual(phase);
  });

  test('hold nobody back if they are far between', () => {
    const { phase } = losing([NOW, NOW + 300_000, NOW + 700_000]);
    expect(phase).toMatchObject({ kind: 'opening', isBegun: true });
  });

  test('are counted over restarts: the times are in the progress', () => {
    const { plan } = losing([NOW, NOW + 60_000]);
    expect(plan.next.losses).toEqual({ at: [NOW, NOW + 60_000], until: null });
  });

  test('are none where the session was ended, poisoned or refused', () => {
    const losses = { at: [NOW - 2, NOW - 1], until: null };
    for (const reason of ['poison', 'session-refused', 'restart'] as const) {
      expect(planGeneration(at(NOW), openProgress({ losses }), reason).phase.kind).toBe('opening');
    }
    expect(planGeneration(at(NOW), openProgress({ losses, state: 'ended' }), 'session-lost').phase.kind).toBe(
      'opening',
    );
  });

  test('and one more after the wait hold it back again: it was a retry, not a pardon', () => {
    const held = losing([NOW, NOW + 60_000, NOW + 120_000]).plan.next;
    const lifted = planQuarantineLifted(at(NOW + 1_020_000), held);
    expect(lifted.phase).toMatchObject({ kind: 'opening', isBegun: true });
    expect(lifted.plan.next.poison).toEqual(held.poison);
    const again = { ...lifted.plan.next, state: 'open', sid: '416' } as const;
    expect(losing([NOW + 1_080_000], again).phase.kind).toBe('quarantined');
    expect(losing([NOW + 1_020_000 + RULES.lossWindowMs], again).phase.kind).toBe('opening');
  });
});
