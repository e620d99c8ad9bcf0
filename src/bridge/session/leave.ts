import { messageOf } from '../../lib/errors.ts';
import { type EndedSession, publishEnd, terminate } from './end-session.ts';
import { failureOf } from '../failure.ts';
import { type BridgeParts, type Commit, planContext } from '../parts.ts';
import { planEnded } from '../plans/plan-generation.ts';

/**
 * Leaves an account at the end of the process. With a sealing key the session stays open and its secrets are
 * committed, so that the next process polls on without a sign-in; without one it is signed out after the last commit
 * (design §4.6), for nobody could go on with it.
 *
 * @param deadline ends what takes too long; a session that could not be signed out is found by the next start.
 */
export async function leaveSession(parts: BridgeParts, deadline: AbortSignal): Promise<void> {
  const { cursor, log, settings } = parts;
  const { sid, state } = cursor.progress;
  if (state !== 'open' || sid === null) return;
  if (settings.sealingKeys.length > 0) {
    if (cursor.hasUnsealedSecrets) await cursor.advance({ records: [], next: cursor.progress });
    log.info({ sid }, 'session handed over');
    return;
  }
  const commit: Commit = (plan) => cursor.advance(plan);
  let ended: EndedSession;
  try {
    ended = await terminate(parts, sid, deadline);
  } catch (error) {
    if (failureOf(error) === null && !deadline.aborted) throw error;
    log.warn({ sid, reason: messageOf(error) }, 'session not signed out: the next start finds it or opens a new one');
    return;
  }
  await publishEnd(parts, commit, ended, (progress) => planEnded(planContext(parts), progress, { reason: 'shutdown' }));
  log.info({ sid }, 'session signed out');
}
