import type { AccountProgress } from '../progress/account-progress.ts';
import { opening } from '../phase.ts';
import type { GapReason } from '../phase.ts';
import type { PlanContext } from './plan.ts';
import { planOpening } from './plan-generation.ts';
import type { PhasePlan } from './plan-poison.ts';
import { RecordBatch } from './record-batch.ts';

/**
 * Begins the next generation; and where the session before it was lost, as others were within minutes, holds the
 * account back instead of opening it. Two daemons that use one account end each other's sessions for ever if both go
 * on at once, and a person has to look (transport §14 row 15). As a quarantine it is told, waited out and tried again.
 */
export function planGeneration(context: PlanContext, progress: AccountProgress, reason: GapReason): PhasePlan {
  const begun = planOpening(context, progress, reason);
  const isLoss = progress.state === 'open' && (reason === 'session-lost' || reason === 'starved');
  const phase = { ...opening(reason, false), isBegun: true };
  if (!isLoss) return { plan: begun, phase };
  const { lossHoldMs, lossLimit, lossWindowMs } = context.settings.session;
  const recent = progress.losses.at.filter((at) => context.now - at < lossWindowMs);
  const at = [...recent, context.now].slice(-lossLimit);
  if (at.length < lossLimit) {
    return { plan: { ...begun, next: { ...begun.next, losses: { at, until: null } } }, phase };
  }
  const until = context.now + lossHoldMs;
  const batch = new RecordBatch(context, begun.next);
  batch.operation('quarantined', {
    reason: 'session-losses',
    detail:
      `${String(at.length)} sessions lost within ${String(Math.round((context.now - (at[0] ?? 0)) / 1000))} s: ` +
      `perhaps something else uses the account; tried again at ${new Date(until).toISOString()}`,
  });
  const { nextSequence } = batch;
  return {
    plan: {
      records: [...begun.records, ...batch.records],
      next: { ...begun.next, state: 'quarantined', losses: { at, until }, nextSequence },
    },
    phase: { kind: 'quarantined', until },
  };
}
