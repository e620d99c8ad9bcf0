import { messageOf } from '../../lib/errors.ts';
import { publishEnd, terminate } from '../session/end-session.ts';
import { failureOf } from '../failure.ts';
import { type BridgeParts, type Commit, planContext } from '../parts.ts';
import { opening, type Phase } from '../phase.ts';
import type { Order } from './order.ts';
import { planNothing, planSignedOut } from './plan-order.ts';

/**
 * Ends the session on the server, once, and holds the account back. A server that does not answer changes nothing: it
 * forgets a session that nobody polls by itself, and the account stays away.
 *
 * Killed between the server's answer and the commit, the next process asks again, which a server takes well.
 */
export async function signOut(
  parts: BridgeParts,
  commit: Commit,
  order: Order,
  phase: Phase,
  signal: AbortSignal,
): Promise<Phase> {
  const { cursor } = parts;
  const { orders, sid, state } = cursor.progress;
  const context = planContext(parts);
  if (orders.hold === 'signed-out') {
    await commit(planNothing(context, cursor.progress, order, 'done', 'it was signed out already'));
    return phase;
  }
  if (state !== 'open' || sid === null) {
    await commit(planSignedOut(context, cursor.progress, order, 'it had no session'));
    return AWAY;
  }
  try {
    const ended = await terminate(parts, sid, signal);
    const detail = 'its session is ended';
    await publishEnd(parts, commit, ended, (progress) => planSignedOut(planContext(parts), progress, order, detail));
  } catch (error) {
    if (failureOf(error) === null || signal.aborted) throw error;
    const detail = `the server did not confirm it, and lets the session time out: ${messageOf(error)}`;
    await commit(planSignedOut(planContext(parts), cursor.progress, order, detail));
  }
  return AWAY;
}

/** Where the account begins when it is let go. */
const AWAY: Phase = opening('restart', true);
