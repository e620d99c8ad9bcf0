import type { SentRequests } from './own-requests.ts';
import { QUERY_PRESENCE } from '../../cwa/protocol.ts';

/** A query of ours whose users have not all been heard of: their next presence has origin `query` (records §3). */
export interface PendingQuery {
  readonly rid: string;
  /** Normalised. */
  readonly uris: readonly string[];
}

/** So many users are awaited in all queries together; the oldest queries are forgotten, and their answers are `live`. */
const PENDING_URIS_MAX = 500;

/** With the queries of a POST that was just answered, if that is what it asked. */
export function withQueries(pending: readonly PendingQuery[], sent: SentRequests | null): readonly PendingQuery[] {
  if (sent?.method !== QUERY_PRESENCE) return pending;
  const all = [...pending, ...sent.requests.map(({ rid, uris }) => ({ rid, uris }))];
  let left = PENDING_URIS_MAX;
  return all
    .toReversed()
    .filter(({ uris }) => (left -= uris.length) >= 0)
    .toReversed();
}

/** Without the queries that failed: nobody answers them. */
export function withoutFailed(
  pending: readonly PendingQuery[],
  failedRids: ReadonlySet<string>,
): readonly PendingQuery[] {
  return pending.some(({ rid }) => failedRids.has(rid)) ? pending.filter(({ rid }) => !failedRids.has(rid)) : pending;
}

/** Without the users who were heard of, and without queries that await nobody any more. */
export function withoutHeard(pending: readonly PendingQuery[], heard: ReadonlySet<string>): readonly PendingQuery[] {
  if (!pending.some(({ uris }) => uris.some((uri) => heard.has(uri)))) return pending;
  return pending
    .map(({ rid, uris }) => ({ rid, uris: uris.filter((uri) => !heard.has(uri)) }))
    .filter(({ uris }) => uris.length > 0);
}

/** The users whose next presence answers a query. */
export function queriedUsers(pending: readonly PendingQuery[]): ReadonlySet<string> {
  return new Set(pending.flatMap(({ uris }) => uris));
}
