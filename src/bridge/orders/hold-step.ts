import { commitSecrets } from '../between-polls.ts';
import type { BridgeParts } from '../parts.ts';
import type { Phase } from '../phase.ts';
import type { Polling } from '../polling.ts';
import { signIn } from '../session/session-steps.ts';

/** A wait without a session to keep is cut into turns of this length, so that the loop is seen to turn. */
const HOLD_TURN_MS = 10_000;

/**
 * One turn of an account that an operator holds back. A paused session is polled with the acknowledgement that is
 * committed, and what the server answers is thrown away: it hands the same events out again after the pause.
 *
 * A ticket that is no longer good is fetched anew, once. Where the session turns out to be lost, nothing follows from it yet: the first real poll after the pause finds out.
 */
export async function holdStep(
  parts: BridgeParts,
  polling: Polling,
  phase: Phase,
  signal: AbortSignal,
): Promise<Phase> {
  const { cursor, log, orders } = parts;
  if (cursor.progress.orders.hold !== 'paused' || phase.kind !== 'open') {
    await orders.sleep(HOLD_TURN_MS, signal);
    return phase;
  }
  if (phase.needsSignIn) return signIn(parts, phase, signal);
  const failure = await polling.keepAlive(signal);
  if (failure === 'ticket-lost' && !phase.hasFreshTicket) return { ...phase, needsSignIn: true };
  if (failure !== null) log.warn({ failure }, 'paused session not kept alive');
  await commitSecrets(parts, (plan) => cursor.advance(plan));
  await orders.sleep(polling.keepAliveMs, signal);
  return failure === null ? { ...phase, hasFreshTicket: false } : phase;
}
