import type { SignInFacts } from '../topics/sign-in.ts';
import type { SignInState } from './sign-in-state.ts';

/** Whether the account itself is signed in, by what the bridge did and saw; part of the account's progress. */
export interface AccountSignIn {
  /** `unknown` before the first session. */
  readonly state: SignInState;
  /** Milliseconds since the epoch; null before the first. */
  readonly since: number | null;
}

export const NEVER_SIGNED_IN: AccountSignIn = { state: 'unknown', since: null };

/** What begins or ends the session of an account. */
export interface SessionChange {
  readonly kind: 'started' | 'ended' | 'lost';
  /** When it was learnt, in milliseconds since the epoch. */
  readonly at: number;
  /** When the session was certainly still there; only looked at for a lost one. */
  readonly aliveAt: number;
  /** The gap that a lost session opens. */
  readonly gapId: string | null;
  /** id of the record that tells of the change. */
  readonly causeRecordId: string;
}

/**
 * The edge that a change of an account's session is (records §5), or null if the account was so before. What was done
 * by the bridge is observed; a session that is found to be gone was lost at some time since it was seen last.
 */
export function accountEdgeOf(before: AccountSignIn, change: SessionChange, flapMs: number): SignInFacts | null {
  const { at, causeRecordId } = change;
  const state = change.kind === 'started' ? 'in' : 'out';
  if (before.state === state) return null;
  const isLost = change.kind === 'lost';
  const outMs = before.state === 'out' && before.since !== null ? at - before.since : Infinity;
  return {
    subject: 'account',
    edge: state === 'in' ? 'signedIn' : 'signedOut',
    state,
    previousState: before.state,
    certainty: isLost ? 'inferred' : 'observed',
    causeRecordId,
    at,
    earliestAt: isLost ? change.aliveAt : at,
    latestAt: at,
    previousSince: before.since,
    previousDurationMs: before.since === null ? null : Math.max(0, at - before.since),
    availability: null,
    previousAvailability: null,
    isFlap: state === 'in' && outMs < flapMs,
    gapId: isLost ? change.gapId : null,
  };
}
