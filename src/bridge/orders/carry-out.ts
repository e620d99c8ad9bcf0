import { unreachable } from '../../lib/assert.ts';
import { type BridgeParts, type Commit, planContext } from '../parts.ts';
import type { Phase } from '../phase.ts';
import type { Order } from './order.ts';
import { isCarriedOut } from './orders-done.ts';
import { type OrderPlan, planNothing, planPause, planResume } from './plan-order.ts';
import { refresh } from './refresh.ts';
import { replay } from './replay.ts';
import { signOut } from './sign-out.ts';

/**
 * Carries out the order that waits first, if there is one that can be carried out in this phase. Its effect and the
 * progress that says that it is done are one transaction, so it takes effect exactly once, whoever is killed when.
 *
 * @returns the phase that it leads to; null if there was nothing to carry out.
 */
export async function carryOutOrder(
  parts: BridgeParts,
  commit: Commit,
  phase: Phase,
  signal: AbortSignal,
): Promise<Phase | null> {
  const { cursor, orders } = parts;
  const order = orders.first;
  if (order === null) return null;
  if (isCarriedOut(order, cursor.progress.orders)) {
    orders.removeFirst();
    return phase;
  }
  try {
    const next = await carryOut(parts, commit, order, phase, signal);
    if (next === null) orders.deferFirst();
    return next;
  } finally {
    // Also where the server's answer, which is published with the order, means trouble for the session.
    if (isCarriedOut(order, cursor.progress.orders)) settle(parts, order);
  }
}

function settle({ cursor, log, observer, orders }: BridgeParts, order: Order): void {
  orders.removeFirst();
  const { hold, last } = cursor.progress.orders;
  observer.orderCarriedOut(order.task.kind, last?.outcome ?? 'failed');
  observer.holdChanged(hold);
  log.warn({ ...last, by: order.by }, 'order carried out');
}

function carryOut(
  parts: BridgeParts,
  commit: Commit,
  order: Order,
  phase: Phase,
  signal: AbortSignal,
): Promise<Phase | null> {
  const { task } = order;
  const { progress } = parts.cursor;
  switch (task.kind) {
    case 'pause':
      return enter(commit, planPause(planContext(parts), progress, order, phase));
    case 'resume':
      return enter(commit, planResume(planContext(parts), progress, order, phase));
    case 'sign-out':
      return signOut(parts, commit, order, phase, signal);
    case 'refresh':
      return refresh(parts, commit, { ...order, task }, phase, signal);
    case 'replay':
      return replay(parts, commit, { ...order, task }, phase, signal);
    case 'forget': {
      const detail = 'the account is configured: take it out of the configuration, and restart the bridge, first';
      return enter(commit, { plan: planNothing(planContext(parts), progress, order, 'refused', detail), phase });
    }
    default:
      return unreachable(task);
  }
}

async function enter(commit: Commit, { phase, plan }: OrderPlan): Promise<Phase> {
  await commit(plan);
  return phase;
}
