import { flagStale, type StateChange, unflagStale } from '../../records/state/staleness.ts';
import type { UserState } from '../../records/state/user-state.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { Plan, PlanContext } from './plan.ts';
import { RecordBatch } from './record-batch.ts';

/** What happens to the states of users without an event of theirs. All of a plan is one transaction. */

/**
 * The session has been down for long: the current state of each user says so, once.
 *
 * @returns null if they all do.
 */
export function planStale(context: PlanContext, progress: AccountProgress): Plan | null {
  return planChanges(context, progress, (_, state) => (state.isSessionStale ? null : flagStale(state, context.now)));
}

/**
 * The session is up again and went on: nothing was lost, so what is known is up to date. Users whose first presence in
 * a new session is still to come stay as they are: their snapshot says what they are now.
 *
 * @returns null if there is nobody to free of the flag.
 */
export function planFresh(context: PlanContext, progress: AccountProgress): Plan | null {
  const pending = new Set(progress.watch.pending);
  return planChanges(context, progress, (uri, state) => {
    return !state.isSessionStale || pending.has(uri) ? null : unflagStale(state, context.now);
  });
}

/**
 * Users that the account no longer watches are forgotten. Their current state ends, unless another account of the
 * configuration watches them and goes on with it. That of a user of whom nothing was heard here ends too: he may have
 * come from another account, which left his state for this one to go on with.
 *
 * @returns null if there are none.
 */
export function planUnwatched(context: PlanContext, progress: AccountProgress): Plan | null {
  const { account, userState } = context.settings;
  const watched = new Set(account.users);
  const known = new Set([...progress.users.keys(), ...progress.watch.pending]);
  const gone = [...known].filter((uri) => !watched.has(uri));
  if (gone.length === 0) return null;
  const batch = new RecordBatch(context, progress);
  for (const uri of gone) if (!userState.isWatchedElsewhere(uri)) batch.tombstone(uri);
  const users = new Map([...progress.users].filter(([uri]) => watched.has(uri)));
  const pending = progress.watch.pending.filter((uri) => watched.has(uri));
  return { records: batch.records, next: { ...progress, users, watch: { ...progress.watch, pending } } };
}

function planChanges(
  context: PlanContext,
  progress: AccountProgress,
  changeOf: (userUri: string, state: UserState) => StateChange | null,
): Plan | null {
  const batch = new RecordBatch(context, progress);
  const users = new Map(progress.users);
  let hasChanged = false;
  for (const [uri, before] of progress.users) {
    const change = changeOf(uri, before);
    if (change === null) continue;
    hasChanged = true;
    users.set(uri, change.state);
    if (change.current !== null) batch.current(change.current);
  }
  return hasChanged ? { records: batch.records, next: { ...progress, users } } : null;
}
