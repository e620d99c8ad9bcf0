import { NOTHING_SEEN } from '../../events/admit.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { Plan, PlanContext } from '../plans/plan.ts';
import { planUnwatched } from '../plans/plan-users.ts';
import type { Order } from './order.ts';
import { withOrderDone } from './orders-done.ts';

/**
 * Forgets an account that is no longer configured: its users, their current states, and what is known of its session.
 * Its generation stays, so that numbers are not used twice should it come back. No record says so: there is no
 * generation of it that goes on.
 *
 * @param context in which the account watches nobody.
 */
export function planRetired(context: PlanContext, progress: AccountProgress, order: Order): Plan {
  const { next, records } = planUnwatched(context, progress) ?? { next: progress, records: [] };
  const detail = `forgotten with ${String(progress.users.size)} users`;
  const retired: AccountProgress = {
    ...next,
    state: 'retired',
    sid: null,
    requests: [],
    seen: NOTHING_SEEN,
    watch: { hash: null, pending: [] },
    snapshotSince: null,
    users: new Map(),
    logins: { refusals: [], secretMark: null },
    sealed: null,
    orders: withOrderDone(progress.orders, order, { outcome: 'done', detail, hold: 'none' }),
  };
  return { records, next: retired };
}
