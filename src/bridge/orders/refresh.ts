import type { AccountProgress } from '../progress/account-progress.ts';
import { type BridgeParts, type Commit, planContext } from '../parts.ts';
import type { Phase } from '../phase.ts';
import type { Plan } from '../plans/plan.ts';
import { queryPresence } from '../session/query-presence.ts';
import type { Order } from './order.ts';
import type { OrderOutcome } from './orders-done.ts';
import { planNothing, planOrderDone } from './plan-order.ts';

type RefreshOrder = Order & { readonly task: { readonly kind: 'refresh' } };

/**
 * Asks for the presence of users of the account; what comes back has origin `query`. Where no session is open there is
 * nothing to ask: the next one begins with everybody.
 *
 * Killed between the server's answer and the commit, the next process asks again: users are then told twice, as two
 * events of the server.
 *
 * @returns null if a session is open and cannot be asked yet.
 */
export async function refresh(
  parts: BridgeParts,
  commit: Commit,
  order: RefreshOrder,
  phase: Phase,
  signal: AbortSignal,
): Promise<Phase | null> {
  const { cursor } = parts;
  const end = async (outcome: OrderOutcome, detail: string): Promise<Phase> => {
    await commit(planNothing(planContext(parts), cursor.progress, order, outcome, detail));
    return phase;
  };
  const { hold } = cursor.progress.orders;
  if (hold !== 'none') return end('refused', `it is ${hold.replace('-', ' ')}: resume it first`);
  if (phase.kind === 'opening') return end('done', 'it is opening a session, which begins with all its users');
  if (phase.kind !== 'open') return end('refused', `it is ${phase.kind}: resume it first`);
  if (phase.needsSignIn || phase.toSubscribe.length > 0) return null;

  const watched = planContext(parts).settings.account.users;
  const users = order.task.users === null ? watched : watched.filter((uri) => order.task.users?.includes(uri));
  if (users.length === 0) return end('refused', 'it watches none of these users');
  const after = (progress: AccountProgress): Plan => planRefreshed(parts, progress, order, users.length);
  await queryPresence(parts, commit, users, signal, { after });
  return phase;
}

function planRefreshed(parts: BridgeParts, progress: AccountProgress, order: Order, users: number): Plan {
  const detail = `asked for ${users === 1 ? '1 user' : `${String(users)} users`}: presence follows with origin query`;
  return planOrderDone(planContext(parts), progress, order, { outcome: 'done', detail }, [
    ['refreshed', { reason: 'operator', users, detail: `by ${order.by}` }],
  ]);
}
