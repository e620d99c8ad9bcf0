import { present } from '../lib/assert.ts';
import { INITIATE_SESSION, SUBSCRIBE_PRESENCE } from '../cwa/protocol.ts';
import { presenceRequestsOf } from '../cwa/requests.ts';
import type { AccountProgress } from './account-progress.ts';
import { type BridgeParts, type Commit, planContext } from './parts.ts';
import { afterSignIn, OPEN, type OpeningPhase, type OpenPhase, type Phase } from './phase.ts';
import { planOpened, planOpening, planResumed } from './plan-generation.ts';
import type { Plan } from './plan.ts';
import { publishResponses } from './publish-responses.ts';

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

/**
 * Asks for the session and commits it as `open` with ackId 0, before anything is polled. A refusal is published too.
 *
 * @throws the trouble that the refusal stands for.
 */
export async function openSession(
  parts: BridgeParts,
  signal: AbortSignal,
): Promise<{ readonly phase: Phase; readonly pollWaitTimeMs: number | null }> {
  const { client, clock, cursor, log, settings } = parts;
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

/**
 * Subscribes everybody who is still to be subscribed, in one POST.
 *
 * @throws the trouble that the answer stands for, when it is published.
 */
export async function subscribe(
  parts: BridgeParts,
  commit: Commit,
  phase: OpenPhase,
  signal: AbortSignal,
): Promise<Phase> {
  const { client, clock, cursor, log, settings } = parts;
  const sid = present(cursor.progress.sid, 'sid of an open session');
  const requests = presenceRequestsOf(phase.toSubscribe, () => cursor.takeRid(), settings.session.subscribeChunk);
  const sent = { method: SUBSCRIBE_PRESENCE, sentAt: clock.now(), requests };
  const subscribed = await client.subscribePresence({ sid, requests }, signal);
  await publishResponses(parts, commit, subscribed, sent);
  if (subscribed.trouble !== null) throw subscribed.trouble;
  for (const { rid, outcome, fault } of subscribed.answer.responses) {
    if (fault !== null) log.warn({ rid, outcome, fault }, 'subscription refused: its users will be listed as missing');
  }
  log.info({ users: phase.toSubscribe.length, requests: requests.length }, 'users subscribed');
  return { ...phase, toSubscribe: [] };
}
