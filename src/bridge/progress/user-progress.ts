import type { ProgressValue } from '../../kafka/commit-unit.ts';
import { formatUserState, parseUserState, type UserState } from '../../records/state/user-state.ts';
import { type AccountProgress, initialProgress, parseProgress } from './account-progress.ts';
import { progressKey, userKeyPrefix } from './progress-key.ts';
import type { UserStates } from '../plans/user-fold.ts';

function userKey(accountId: string, userUri: string): string {
  return `${userKeyPrefix(accountId)}${userUri}`;
}

/**
 * What to write of the states that a plan leads to: those that are another object than before, and a tombstone for
 * each that is gone.
 */
export function changedUserStates(accountId: string, before: UserStates, after: UserStates): readonly ProgressValue[] {
  if (before === after) return [];
  const changed: ProgressValue[] = [];
  for (const [uri, state] of after) {
    if (before.get(uri) !== state) changed.push({ key: userKey(accountId, uri), value: formatUserState(state) });
  }
  for (const uri of before.keys()) if (!after.has(uri)) changed.push({ key: userKey(accountId, uri), value: null });
  return changed;
}

/**
 * Where an account stands, its users included, by all that is committed in its shard.
 *
 * @param accountUri of an account that was never seen.
 * @throws {@link ProgressFormatError} or {@link UserStateFormatError} if something of it cannot be read.
 */
export function recoverProgress(
  accountId: string,
  accountUri: string,
  committed: ReadonlyMap<string, string>,
): AccountProgress {
  const text = committed.get(progressKey(accountId));
  const progress = text === undefined ? initialProgress(accountId, accountUri) : parseProgress(accountId, text);
  return { ...progress, users: recoverUserStates(accountId, committed) };
}

/**
 * The states of an account's users, out of all that is committed in its shard.
 *
 * @throws {@link UserStateFormatError} if one of them cannot be read.
 */
export function recoverUserStates(accountId: string, committed: ReadonlyMap<string, string>): UserStates {
  const prefix = userKeyPrefix(accountId);
  const states = new Map<string, UserState>();
  for (const [key, value] of committed) {
    if (key.startsWith(prefix)) states.set(key.slice(prefix.length), parseUserState(key, value));
  }
  return states;
}
