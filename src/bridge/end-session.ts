import type { CommandAnswer } from '../cwa/commands.ts';
import { TERMINATE_SESSION } from '../cwa/protocol.ts';
import type { AccountProgress } from './account-progress.ts';
import type { SentRequests } from './own-requests.ts';
import type { BridgeParts, Commit } from './parts.ts';
import type { Plan } from './plan.ts';
import { publishResponses } from './publish-responses.ts';

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
