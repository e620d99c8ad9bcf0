import type { CommandAnswer } from '../../cwa/commands.ts';
import { QUERY_PRESENCE } from '../../cwa/protocol.ts';
import { presenceRequestsOf } from '../../cwa/requests.ts';
import { present } from '../../lib/assert.ts';
import type { SentRequests } from '../progress/own-requests.ts';
import type { BridgeParts, Commit } from '../parts.ts';
import { type Around, publishResponses } from '../publish-responses.ts';

/** A query that the server has answered, though not yet with anybody's presence. */
export interface SentQuery {
  readonly sent: SentRequests;
  readonly answer: CommandAnswer['answer'];
}

/**
 * Asks the server for the presence of users, once each, in one POST on the open session. Its answer is published; what
 * it is about comes over the data channel: a `userPresence` with origin `query`, and the outcome with the same rid.
 *
 * @param users normalised URIs; at least one.
 * @param around what else is in the transaction of the answer.
 * @throws the trouble that the answer stands for, when it is published.
 */
export async function queryPresence(
  parts: BridgeParts,
  commit: Commit,
  users: readonly string[],
  signal: AbortSignal,
  around: Around = {},
): Promise<SentQuery> {
  const { client, clock, cursor, settings } = parts;
  const sid = present(cursor.progress.sid, 'sid of an open session');
  const requests = presenceRequestsOf(users, () => cursor.takeRid(), settings.session.subscribeChunk);
  const sent: SentRequests = { method: QUERY_PRESENCE, sentAt: clock.now(), requests };
  const answered = await client.queryPresence({ sid, requests }, signal);
  await publishResponses(parts, commit, answered, sent, around);
  if (answered.trouble !== null) throw answered.trouble;
  return { sent, answer: answered.answer };
}
