import { USER_PRESENCE } from '../../cwa/protocol.ts';
import { chosenState } from '../presence-columns.ts';
import type { CurrentRecord } from '../topics/current.ts';
import type { PresenceRecord } from '../topics/presence.ts';
import type { SignInFacts } from '../topics/sign-in.ts';
import type { Warning } from '../warnings.ts';
import { type FoldedColumns, foldColumns } from './fold-columns.ts';
import { type EdgeContext, signInEdgeOf } from './sign-in-edge.ts';
import { signInStateOf } from './sign-in-state.ts';
import { isStaleSubscription, type StateChange, withCurrent } from './staleness.ts';
import { initialUserState, type UserState } from './user-state.ts';

/** What becomes of one presence record. */
export interface FoldedPresence extends StateChange {
  /** The record with `previous`, or with the warning `stale-state`. */
  readonly presence: PresenceRecord;
  readonly edge: SignInFacts | null;
}

const STALE: Warning = 'stale-state';

/**
 * Folds one presence record of a user into what is known of the user. Pure: the same state and record always give
 * the same, so whoever computes it again after an abort or a restart publishes the same.
 *
 * @param state null if nothing was known.
 * @param presence a `userPresence` or `presenceSubscriptionState` about one user.
 */
export function foldPresence(state: UserState | null, presence: PresenceRecord, context: EdgeContext): FoldedPresence {
  if (state !== null && isOlder(presence, state)) {
    const warnings = [...presence.warnings, STALE];
    return { state, presence: { ...presence, warnings }, edge: null, current: null };
  }
  const before = state ?? initialUserState(presence.accountId, presence.subjectUri ?? '');
  const edge = signInEdgeOf(before, presence, context);
  const columns = foldColumns(before.current, presence);
  const next: UserState = {
    ...before,
    ...newestState(before, presence),
    isSessionStale: before.isSessionStale && presence.recordType !== USER_PRESENCE,
    ...lastKnown(before, presence, edge),
  };
  const current = currentOf(before.current, columns, presence, edge);
  const change = withCurrent(state, next, current, presence.receivedAt);
  return { ...change, presence: { ...presence, previous: previousOf(before.current, columns, presence) }, edge };
}

/** A state that was published before the one that is known; of one instance the version decides between equal times. */
function isOlder(presence: PresenceRecord, { stateInstance, statePublishedAt, stateVersion }: UserState): boolean {
  const chosen = chosenState(presence.categories);
  const publishedAt = chosen?.publishTime ?? null;
  if (chosen === null || publishedAt === null || statePublishedAt === null) return false;
  if (publishedAt !== statePublishedAt) return publishedAt < statePublishedAt;
  if (chosen.version === null || stateVersion === null) return false;
  return chosen.instance === stateInstance && chosen.version < stateVersion;
}

/** The mark that later states are compared with. One without a time leaves it where it is. */
function newestState(
  before: UserState,
  { categories }: PresenceRecord,
): Pick<UserState, 'statePublishedAt' | 'stateVersion' | 'stateInstance'> {
  const chosen = chosenState(categories);
  const publishedAt = chosen?.publishTime ?? null;
  if (chosen === null || publishedAt === null) {
    const { stateInstance, statePublishedAt, stateVersion } = before;
    return { statePublishedAt, stateVersion, stateInstance };
  }
  return { statePublishedAt: publishedAt, stateVersion: chosen.version, stateInstance: chosen.instance };
}

function lastKnown(
  before: UserState,
  presence: PresenceRecord,
  edge: SignInFacts | null,
): Pick<UserState, 'lastKnownState' | 'lastKnownAt' | 'lastKnownSince'> {
  const said = signInStateOf(presence);
  if (said === null || said === 'unknown') {
    const { lastKnownAt, lastKnownSince, lastKnownState } = before;
    return { lastKnownState, lastKnownAt, lastKnownSince };
  }
  const since = edge === null ? before.current.signInSince : edge.at;
  return { lastKnownState: said, lastKnownAt: presence.receivedAt, lastKnownSince: since };
}

function currentOf(
  before: CurrentRecord,
  columns: FoldedColumns,
  presence: PresenceRecord,
  edge: SignInFacts | null,
): CurrentRecord {
  const { availabilityName, note, noteType } = columns;
  const isSameNote = note === before.note && noteType === before.noteType;
  const hasNote = note !== null || noteType !== null;
  const at = presence.receivedAt;
  return {
    ...before,
    ...columns,
    subscriptionState: subscriptionStateOf(before, presence),
    availabilitySince: sinceOf(before.availabilityName, before.availabilitySince, availabilityName, at),
    noteAt: isSameNote ? before.noteAt : hasNote ? at : null,
    ...(edge !== null && { signInState: edge.state, signInSince: edge.at }),
    sourceRecordId: presence.id,
    generation: presence.generation,
    sequence: presence.sequence,
  };
}

/** The snapshot of a new session makes an older word of the server about an older subscription void. */
function subscriptionStateOf(before: CurrentRecord, { origin, subscriptionState }: PresenceRecord): string | null {
  if (subscriptionState !== null) return subscriptionState;
  return origin === 'snapshot' && isStaleSubscription(before.subscriptionState) ? null : before.subscriptionState;
}

function sinceOf(before: string | null, since: number | null, after: string | null, at: number): number | null {
  if (after === before) return since;
  return after === null ? null : at;
}

/** What was known before, where it is another availability by name now. */
function previousOf(
  before: CurrentRecord,
  columns: FoldedColumns,
  { receivedAt }: PresenceRecord,
): PresenceRecord['previous'] {
  const { availability, availabilityName, availabilitySince: since } = before;
  if (availabilityName === null || availabilityName === columns.availabilityName) return null;
  const durationMs = since === null ? null : Math.max(0, receivedAt - since);
  return { availability, availabilityName, since, durationMs };
}
