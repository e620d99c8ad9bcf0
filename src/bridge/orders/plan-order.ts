import type { OperationType } from '../../records/operations-record.ts';
import type { OperationFacts } from '../../records/topics/operations.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { NO_LOSSES } from '../progress/losses.ts';
import type { Phase } from '../phase.ts';
import { followedBy, type Plan, type PlanContext } from '../plans/plan.ts';
import { planEnded } from '../plans/plan-generation.ts';
import { phaseAfterStop } from '../sign-in/stopped.ts';
import { RecordBatch } from '../plans/record-batch.ts';
import type { Order } from './order.ts';
import { type CarriedOutOrder, type Hold, type OrderOutcome, withOrderDone } from './orders-done.ts';

/** What an order leads to: all of it is one transaction, and the order is done with it. */
export interface OrderPlan {
  readonly plan: Plan;
  readonly phase: Phase;
}

/** What became of an order, in words for the operator. */
export type OrderResult = Pick<CarriedOutOrder, 'outcome' | 'detail'> & { readonly hold?: Hold };

/** Marks the order as carried out; with the records that say so. */
export function planOrderDone(
  context: PlanContext,
  progress: AccountProgress,
  order: Order,
  result: OrderResult,
  operations: readonly (readonly [OperationType, Partial<OperationFacts>])[] = [],
): Plan {
  const next: AccountProgress = { ...progress, orders: withOrderDone(progress.orders, order, result) };
  // An account that never had a session has no generation that a record could belong to.
  if (progress.generation === 0) return { records: [], next };
  const batch = new RecordBatch(context, progress);
  for (const [type, facts] of operations) batch.operation(type, facts);
  return { records: batch.records, next: { ...next, nextSequence: batch.nextSequence } };
}

/** From here on the session is only kept alive (design §4.7). */
export function planPause(context: PlanContext, progress: AccountProgress, order: Order, phase: Phase): OrderPlan {
  const { hold } = progress.orders;
  if (hold === 'paused') return { plan: planNothing(context, progress, order, 'done', 'it was paused already'), phase };
  if (hold === 'signed-out') {
    const detail = 'it is signed out: there is no session to keep';
    return { plan: planNothing(context, progress, order, 'refused', detail), phase };
  }
  const detail = pauseDetail(progress, phase);
  const plan = planOrderDone(context, progress, order, { outcome: 'done', detail, hold: 'paused' }, [
    ['paused', { reason: 'operator', detail: `by ${order.by}: ${detail}` }],
  ]);
  return { plan, phase };
}

/** What a pause means for the session; without a ticket nothing can be kept alive. */
function pauseDetail({ state }: AccountProgress, phase: Phase): string {
  if (phase.kind === 'stopped') return 'its sign-in is refused: its session is not kept alive';
  return state === 'open' ? 'its session is kept alive' : 'it has no session, and opens none';
}

/**
 * The account has no session from here on, and opens none.
 *
 * @param detail what became of the session that it had.
 */
export function planSignedOut(context: PlanContext, progress: AccountProgress, order: Order, detail: string): Plan {
  const result = { outcome: 'done', detail, hold: 'signed-out' } as const;
  if (progress.state === 'open') {
    const ended = planEnded(context, progress, { reason: 'operator', detail: `by ${order.by}: ${detail}` });
    return followedBy(ended, (before) => planOrderDone(context, before, order, result));
  }
  const plan = planOrderDone(context, progress, order, result, [
    ['sessionEnded', { reason: 'operator', detail: `by ${order.by}: ${detail}` }],
  ]);
  return { ...plan, next: { ...plan.next, state: 'ended' } };
}

/** The order leaves everything as it is. */
export function planNothing(
  context: PlanContext,
  progress: AccountProgress,
  order: Order,
  outcome: OrderOutcome,
  detail: string,
): Plan {
  return planOrderDone(context, progress, order, { outcome, detail });
}

/**
 * Ends whatever holds the account back: a pause, a sign-out, a quarantine, a stop after refused sign-ins. What led to
 * these is forgotten: the account begins afresh.
 */
export function planResume(context: PlanContext, progress: AccountProgress, order: Order, phase: Phase): OrderPlan {
  const lifted = liftedBy(progress, phase);
  if (lifted.length === 0) {
    return { plan: planNothing(context, progress, order, 'done', 'nothing held it back'), phase };
  }
  const pardoned: AccountProgress = {
    ...progress,
    state: progress.state === 'quarantined' ? 'opening' : progress.state,
    poison: { count: 0, since: 0, until: null },
    losses: NO_LOSSES,
    logins: { ...progress.logins, refusals: [] },
  };
  const isStopped = phase.kind === 'quarantined' || phase.kind === 'stopped';
  const detail = `lifted: ${lifted.join(', ')}`;
  const result = { outcome: 'done', detail, hold: 'none' } as const;
  const plan = planOrderDone(context, pardoned, order, result, [
    ...(isStopped ? [['quarantineLifted', { reason: 'operator' }] as const] : []),
    ['resumed', { reason: 'operator', detail: `by ${order.by}: ${detail}` }],
  ]);
  const isHeldInPhase = phase.kind === 'open' || phase.kind === 'opening';
  return { plan, phase: isHeldInPhase ? phase : phaseAfterStop(plan.next) };
}

function liftedBy({ logins, orders }: AccountProgress, phase: Phase): readonly string[] {
  const lifted: string[] = [];
  if (orders.hold === 'paused') lifted.push('pause');
  if (orders.hold === 'signed-out') lifted.push('sign-out');
  if (phase.kind === 'quarantined') lifted.push('quarantine');
  if (phase.kind === 'stopped') lifted.push('stop');
  if (logins.refusals.length > 0) lifted.push(`${String(logins.refusals.length)} refused sign-ins`);
  return lifted;
}
