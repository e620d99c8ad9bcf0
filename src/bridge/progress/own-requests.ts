import type { OwnRequest } from '../../records/record-context.ts';

/** What one POST on the command channel asked. */
export interface SentRequests {
  /** Name of the requests on the wire: a POST of ours holds one kind. */
  readonly method: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly requests: readonly {
    readonly rid: string;
    /** Normalised; whom the request is about. */
    readonly uris: readonly string[];
  }[];
}

/**
 * Requests of one POST as the account's progress keeps them, so that an outcome that comes later on the data channel,
 * perhaps to another process, is known for the answer to our own request. A POST takes its rids from one counter, so
 * two numbers stand for all of them: a watch list of 1,000 users is 20 requests.
 */
export interface RememberedRequests {
  readonly method: string;
  readonly sentAt: number;
  /** The first and the last rid. */
  readonly from: number;
  readonly to: number;
}

/** So many POSTs are remembered: about 3 KiB of the account's progress. */
export const REMEMBERED_POSTS_MAX = 32;

/** With one more POST; the oldest is forgotten. */
export function rememberRequests(
  known: readonly RememberedRequests[],
  { method, requests, sentAt }: SentRequests,
): readonly RememberedRequests[] {
  const rids = requests.map(({ rid }) => Number(rid));
  const [from, to] = [rids.at(0), rids.at(-1)];
  if (from === undefined || to === undefined) return known;
  return [...known, { method, sentAt, from, to }].slice(-REMEMBERED_POSTS_MAX);
}

/**
 * The request of ours with this rid, or null.
 *
 * @param sent the POST that is just being answered: only of this one the users are at hand.
 */
export function findRequest(
  rid: string,
  known: readonly RememberedRequests[],
  sent: SentRequests | null = null,
): OwnRequest | null {
  const now = sent?.requests.find((request) => request.rid === rid);
  if (sent !== null && now !== undefined) return { method: sent.method, sentAt: sent.sentAt, concerns: now.uris };
  // Ours are written without sign and leading zeros: "007" is somebody else's.
  const number = /^[1-9][0-9]{0,15}$/.test(rid) ? Number(rid) : null;
  if (number === null) return null;
  const post = known.find(({ from, to }) => number >= from && number <= to);
  return post === undefined ? null : { method: post.method, sentAt: post.sentAt, concerns: [] };
}
