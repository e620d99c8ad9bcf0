import type { PresenceRecord } from '../topics/presence.ts';
import type { SignInFacts } from '../topics/sign-in.ts';
import { type SignInState, signInStateOf } from './sign-in-state.ts';
import type { UserState } from './user-state.ts';

/** What else than state and record decides about an edge. */
export interface EdgeContext {
  /** The gap that is open: the time that a snapshot or an answer to a query looks back on. Null if there is none. */
  readonly gapId: string | null;
  /** A `signedIn` after a shorter time out is a flap. Milliseconds. */
  readonly flapMs: number;
}

type Edge = 'signedIn' | 'signedOut' | 'baseline' | 'lost';

/** How an edge is known. */
type Knowledge = Pick<SignInFacts, 'certainty' | 'earliestAt' | 'gapId'>;

/**
 * The edge that a presence record is, if it is one (records §5):
 *
 *            ┌──── signedOut ────►┐
 *           in                   out      x ── lost ──► unknown
 *            └◄──── signedIn ─────┘       unknown ── baseline, or an inferred edge ──► x
 *
 * From unknown what counts is the last state that was known: the same again is a baseline, the other one an edge
 * that happened somewhere since. Nothing is delayed: a timer has no event, so it could not be exactly once.
 */
export function signInEdgeOf(state: UserState, presence: PresenceRecord, context: EdgeContext): SignInFacts | null {
  const next = signInStateOf(presence);
  const { signInState: previous, signInSince, availability: previousAvailability } = state.current;
  if (next === null || next === previous) return null;
  const edge = edgeTo(next, state);
  const at = presence.receivedAt;
  return {
    subject: 'user',
    edge,
    state: next,
    previousState: previous,
    causeRecordId: presence.id,
    at,
    latestAt: at,
    ...knowledgeOf(edge, state, presence, context),
    previousSince: signInSince,
    previousDurationMs: signInSince === null ? null : Math.max(0, at - signInSince),
    availability: presence.availability,
    previousAvailability,
    isFlap: edge === 'signedIn' && at - (outSince(state) ?? -Infinity) < context.flapMs,
  };
}

/** @param next is not the state that is known. */
function edgeTo(next: SignInState, { current, lastKnownState }: UserState): Edge {
  if (next === 'unknown') return 'lost';
  const isNews = current.signInState !== 'unknown' || (lastKnownState !== null && lastKnownState !== next);
  if (!isNews) return 'baseline';
  return next === 'in' ? 'signedIn' : 'signedOut';
}

/** Only what came live and from a known state was seen as it happened. */
function knowledgeOf(
  edge: Edge,
  { current, lastKnownAt }: UserState,
  { origin, receivedAt }: PresenceRecord,
  { gapId }: EdgeContext,
): Knowledge {
  if (edge === 'baseline') return { certainty: 'observed', earliestAt: null, gapId: null };
  if (origin === 'live' && current.signInState !== 'unknown')
    return { certainty: 'observed', earliestAt: receivedAt, gapId: null };
  const looksBack = origin === 'snapshot' || origin === 'query';
  return { certainty: 'inferred', earliestAt: lastKnownAt, gapId: looksBack ? gapId : null };
}

/** Since when the user was out, as far as is known; null if `out` was not the last state that was known. */
function outSince({ lastKnownSince, lastKnownState }: UserState): number | null {
  return lastKnownState === 'out' ? lastKnownSince : null;
}
