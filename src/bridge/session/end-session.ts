import type { CommandAnswer } from '../../cwa/commands.ts';
import { TERMINATE_SESSION } from '../../cwa/protocol.ts';
import { messageOf } from '../../lib/errors.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { SentRequests } from '../progress/own-requests.ts';
import type { BridgeParts, Commit } from '../parts.ts';
import type { Plan } from '../plans/plan.ts';
import { publishResponses } from '../publish-responses.ts';
import { tryBriefly } from './try-briefly.ts';

/** A session that the server was asked to end. */
export interface EndedSession {
  readonly sent: SentRequests;
  /** Null if the server said nothing that can be read; the session is over all the same. */
  readonly answer: CommandAnswer | null;
}

/** Asks the server to end the open session. Throws what `terminateSession` of the client throws. */
export async function terminate(
  { client, clock, cursor }: BridgeParts,
  sid: string,
  signal: AbortSignal,
): Promise<EndedSession> {
  const rid = cursor.takeRid();
  const sent = { method: TERMINATE_SESSION, sentAt: clock.now(), requests: [{ rid, uris: [] }] };
  return { sent, answer: await client.terminateSession({ sid, rid }, signal) };
}

/**
 * A session that is given up counts among the endpoints of the user, which are few (transport §8, §12), until the
 * server ends it: it is asked to.
 *
 * Where the end is on record already, nobody publishes the answer: it belongs to a generation that is closed.
 *
 * @param sid a session that no poll carries again; null if there is none.
 * @returns null if the server did not say anything about it in time; nothing depends on it.
 */
export async function endGivenUp(
  parts: BridgeParts,
  sid: string | null,
  signal: AbortSignal,
): Promise<EndedSession | null> {
  if (sid === null) return null;
  const onFailure = (error: unknown): void => {
    parts.log.debug({ sid, reason: messageOf(error) }, 'session not ended: the server forgets it in time');
  };
  return tryBriefly(parts, (over) => terminate(parts, sid, over), onFailure, signal);
}

/** Publishes the server's answer, if there is one, with the end that follows from it. */
export async function publishEnd(
  parts: BridgeParts,
  commit: Commit,
  { answer, sent }: EndedSession,
  after: (progress: AccountProgress) => Plan,
): Promise<void> {
  if (answer === null) await commit(after(parts.cursor.progress));
  else await publishResponses(parts, commit, answer, sent, { after });
}
