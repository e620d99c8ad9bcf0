import { present } from '../lib/assert.ts';
import { presenceRequestsOf } from '../cwa/requests.ts';
import { type BridgeParts, planContext } from './parts.ts';
import { afterSignIn, OPEN, type OpeningPhase, type OpenPhase, type Phase } from './phase.ts';
import { planOpened, planOpening, planResumed } from './plan-generation.ts';

/** The steps that lead to a session, or back into one. Each does one thing over the wire at most. */

/** Commits the new generation as `opening`: from here on no older session is polled. */
export async function beginGeneration(parts: BridgeParts, phase: OpeningPhase): Promise<Phase> {
  const { cursor, log, observer } = parts;
  await cursor.advance(planOpening(planContext(parts), cursor.progress, phase.reason));
  observer.gapOpened(phase.reason);
  const { generation, openGapId: gapId } = cursor.progress;
  log.warn({ reason: phase.reason, generation, gapId }, 'gap opened');
  return { ...phase, isBegun: true };
}

export async function signIn(parts: BridgeParts, phase: Phase, signal: AbortSignal): Promise<Phase> {
  await parts.signIn(signal);
  parts.log.info({}, 'signed in');
  return afterSignIn(phase);
}

/** Asks for the session and commits it as `open` with ackId 0, before anything is polled. */
export async function openSession(
  parts: BridgeParts,
  signal: AbortSignal,
): Promise<{ readonly phase: Phase; readonly pollWaitTimeMs: number | null }> {
  const { client, cursor, log, settings } = parts;
  const session = await client.initiateSession({ ...settings.initiate, rid: cursor.takeRid() }, signal);
  await cursor.advance(planOpened(planContext(parts), cursor.progress, session.sid));
  log.info({ sid: session.sid, generation: cursor.progress.generation }, 'session started');
  return { phase: { ...OPEN, toSubscribe: settings.account.users }, pollWaitTimeMs: session.pollWaitTimeMs };
}

/** Goes on with a session that an earlier process left open; a changed watch list is subscribed anew. */
export async function resumeSession(parts: BridgeParts, phase: OpenPhase): Promise<Phase> {
  const { cursor, log } = parts;
  await cursor.advance(planResumed(planContext(parts), cursor.progress));
  const { ackId, generation, sid, watch } = cursor.progress;
  log.info({ sid, generation, ackId, needsSignIn: phase.needsSignIn }, 'session resumed');
  return { ...phase, toSubscribe: watch.pending };
}

/** Subscribes everybody who is still to be subscribed, in one POST. */
export async function subscribe(parts: BridgeParts, phase: OpenPhase, signal: AbortSignal): Promise<Phase> {
  const { client, cursor, log, settings } = parts;
  const sid = present(cursor.progress.sid, 'sid of an open session');
  const requests = presenceRequestsOf(phase.toSubscribe, () => cursor.takeRid(), settings.session.subscribeChunk);
  const { responses } = await client.subscribePresence({ sid, requests }, signal);
  for (const { rid, outcome, fault } of responses) {
    if (fault !== null) log.warn({ rid, outcome, fault }, 'subscription refused: its users will be listed as missing');
  }
  log.info({ users: phase.toSubscribe.length, requests: requests.length }, 'users subscribed');
  return { ...phase, toSubscribe: [] };
}
