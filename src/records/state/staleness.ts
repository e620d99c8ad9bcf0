import type { CurrentRecord } from '../topics/current.ts';
import type { UserState } from './user-state.ts';

/** What a step does to a user's state. */
export interface StateChange {
  /** The same object as before if nothing changed. */
  readonly state: UserState;
  /** To be published; null if nothing changed that a reader of `current` would see. */
  readonly current: CurrentRecord | null;
}

const STALE_SUBSCRIPTIONS: ReadonlySet<string> = new Set(['retrying', 'terminated']);

/** Whether the server says of a subscription that it brings nothing at the moment (events-and-categories §4.8). */
export function isStaleSubscription(subscriptionState: string | null): boolean {
  return subscriptionState !== null && STALE_SUBSCRIPTIONS.has(subscriptionState.toLowerCase());
}

/** The session has been down for long: what is known of the user may be out of date. */
export function flagStale(state: UserState, at: number): StateChange {
  return withCurrent(state, { ...state, isSessionStale: true }, state.current, at);
}

/** The session is up again and nothing of it was lost. */
export function unflagStale(state: UserState, at: number): StateChange {
  return withCurrent(state, { ...state, isSessionStale: false }, state.current, at);
}

/** Where a value comes from: a difference in these alone is no news to a reader. */
const PROVENANCE: ReadonlySet<string> = new Set(['sourceRecordId', 'generation', 'sequence', 'updatedAt']);

/**
 * Ends a step: works out whether `current` is stale, and whether there is anything new in it.
 *
 * @param before null if nothing was known: then everything is new.
 * @param next what is known now, with a `current` that is not looked at.
 * @param at milliseconds since the epoch.
 */
export function withCurrent(
  before: UserState | null,
  next: UserState,
  current: CurrentRecord,
  at: number,
): StateChange {
  const isStale = next.isSessionStale || isStaleSubscription(current.subscriptionState);
  const staleSince = isStale ? (current.staleSince ?? at) : null;
  const candidate: CurrentRecord = { ...current, isStale, staleSince, updatedAt: at };
  if (before !== null && isSame(before.current, candidate, PROVENANCE)) {
    const state = { ...next, current: before.current };
    return { state: isSame(before, state) ? before : state, current: null };
  }
  return { state: { ...next, current: candidate }, current: candidate };
}

function isSame<T extends object>(a: T, b: T, except: ReadonlySet<string> = new Set()): boolean {
  return Object.keys(a).every((name) => except.has(name) || a[name as keyof T] === b[name as keyof T]);
}
