import { INITIATE_SESSION } from '../../cwa/protocol.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { type BridgeParts, type Commit, planContext } from '../parts.ts';
import { afterSignIn, OPEN, type OpenPhase, type Phase } from '../phase.ts';
import { planOpened, planResumed } from '../plans/plan-generation.ts';
import type { Plan } from '../plans/plan.ts';
import { publishResponses } from '../publish-responses.ts';

/** The steps that lead to a session, or back into one. Each does one thing over the wire at most. */

export async function signIn(parts: BridgeParts, phase: Phase, signal: AbortSignal): Promise<Phase> {
  await parts.signIn(signal);
  parts.log.info({}, 'signed in');
  return afterSignIn(phase);
}

/**
 * Asks for the session and commits it as `open` with ackId 0, before anything is polled. A refusal is published too.
 *
 * @throws the trouble that the refusal stands for.
 */
export async function openSession(
  parts: BridgeParts,
  signal: AbortSignal,
): Promise<{ readonly phase: Phase; readonly pollWaitTimeMs: number | null }> {
  const { client, clock, cursor, log, settings, watch } = parts;
  const rid = cursor.takeRid();
  const sent = { method: INITIATE_SESSION, sentAt: clock.now(), requests: [{ rid, uris: [] }] };
  const opened = await client.initiateSession({ ...settings.initiate, rid }, signal);
  const { session, trouble } = opened;
  // Without a session there is nothing to keep alive meanwhile.
  const commit: Commit = (plan) => cursor.advance(plan);
  if (session === null) {
    await publishResponses(parts, commit, opened, sent);
    throw trouble;
  }
  const before = (progress: AccountProgress): Plan => planOpened(planContext(parts), progress, session.sid);
  await publishResponses(parts, commit, opened, sent, { before });
  log.info({ sid: session.sid, generation: cursor.progress.generation }, 'session started');
  return { phase: { ...OPEN, toSubscribe: watch.users }, pollWaitTimeMs: session.pollWaitTimeMs };
}

/** Goes on with a session that an earlier process left open; whoever is still awaited is subscribed again. */
export async function resumeSession(parts: BridgeParts, phase: OpenPhase): Promise<Phase> {
  const { cursor, log, watch: list } = parts;
  await cursor.advance(planResumed(planContext(parts), cursor.progress));
  const { ackId, generation, sid, watch } = cursor.progress;
  log.info({ sid, generation, ackId, needsSignIn: phase.needsSignIn }, 'session resumed');
  const configured = new Set(list.configured);
  return { ...phase, toSubscribe: watch.pending.filter((uri) => configured.has(uri)) };
}
