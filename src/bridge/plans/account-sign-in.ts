import { type AccountSignIn, accountEdgeOf, type SessionChange } from '../../records/state/account-edge.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { PlanContext } from './plan.ts';
import type { RecordBatch } from './record-batch.ts';

/**
 * Adds the account's own edge behind the record that begins or ends its session, if it is one.
 *
 * @returns what holds from then on, for the account's progress.
 */
export function recordSessionChange(
  context: PlanContext,
  { committedAt, signIn }: AccountProgress,
  batch: RecordBatch,
  change: Pick<SessionChange, 'kind' | 'causeRecordId'> & { readonly gapId?: string },
): AccountSignIn {
  const { now, settings } = context;
  const times = { at: now, aliveAt: Math.min(committedAt, now) };
  const facts = accountEdgeOf(signIn, { gapId: null, ...change, ...times }, settings.userState.flapMs);
  if (facts === null) return signIn;
  batch.accountSignIn(facts);
  return { state: change.kind === 'started' ? 'in' : 'out', since: facts.at };
}
