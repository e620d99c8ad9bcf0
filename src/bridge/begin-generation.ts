import { messageOf } from '../lib/errors.ts';
import type { AccountProgress } from './account-progress.ts';
import { type EndedSession, publishEnd, terminate } from './end-session.ts';
import { failureOf } from './failure.ts';
import { type BridgeParts, type Commit, planContext } from './parts.ts';
import type { GapReason, OpeningPhase, Phase } from './phase.ts';
import { planGeneration } from './plan-losses.ts';
import type { Plan } from './plan.ts';

/** So long the server may take to end a session that is given up; a new one is what counts. */
const END_WITHIN_MS = 10_000;

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
  const ended = isStillThere(phase.reason) ? await endSession(parts, signal) : null;
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

/**
 * A session that is given up counts among the endpoints of the user, which are few (transport §8, §12), until the
 * server ends it: it is asked to. Null if it did not: nothing depends on it.
 */
async function endSession(parts: BridgeParts, signal: AbortSignal): Promise<EndedSession | null> {
  const { clock, cursor, log } = parts;
  const { sid, state } = cursor.progress;
  if (state !== 'open' || sid === null) return null;
  const deadline = new AbortController();
  const over = AbortSignal.any([deadline.signal, signal]);
  const isDone = new AbortController();
  void clock.sleep(END_WITHIN_MS, isDone.signal).then(() => {
    deadline.abort();
  });
  try {
    return await terminate(parts, sid, over);
  } catch (error) {
    if (failureOf(error) === null && !over.aborted) throw error;
    log.info({ sid, reason: messageOf(error) }, 'session not ended: the server forgets it in time');
    return null;
  } finally {
    isDone.abort();
  }
}
