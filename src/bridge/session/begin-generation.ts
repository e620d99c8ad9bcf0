import type { AccountProgress } from '../progress/account-progress.ts';
import { endGivenUp, publishEnd } from './end-session.ts';
import { type BridgeParts, type Commit, planContext } from '../parts.ts';
import type { GapReason, OpeningPhase, Phase } from '../phase.ts';
import { planGeneration } from '../plans/plan-losses.ts';
import type { Plan } from '../plans/plan.ts';

/**
 * Commits the new generation as `opening`: from here on no older session is polled. An account that loses one session
 * after the other is held back instead.
 */
export async function beginGeneration(parts: BridgeParts, phase: OpeningPhase, signal: AbortSignal): Promise<Phase> {
  const { cursor, log, observer } = parts;
  let next: Phase = phase;
  const begin = (progress: AccountProgress): Plan => {
    const begun = planGeneration(planContext(parts), progress, phase.reason);
    next = begun.phase;
    return begun.plan;
  };
  const commit: Commit = (plan) => cursor.advance(plan);
  const { sid, state } = cursor.progress;
  const isOver = isStillThere(phase.reason) && state === 'open';
  const ended = isOver ? await endGivenUp(parts, sid, signal) : null;
  if (ended === null) await commit(begin(cursor.progress));
  else await publishEnd(parts, commit, ended, begin);
  observer.gapOpened(phase.reason);
  const { generation, losses, openGapId: gapId } = cursor.progress;
  log.warn({ reason: phase.reason, generation, gapId }, 'gap opened');
  if (next.kind === 'opening') return { ...phase, isBegun: true };
  const until = new Date(losses.until ?? 0).toISOString();
  log.error(
    { losses: losses.at.length, until },
    'one session after the other is lost: does anything else use the account?',
  );
  return next;
}

/** Given up by us, while the server still knows it. */
function isStillThere(reason: GapReason): boolean {
  return reason === 'starved' || reason === 'session-refused';
}
