import type { AccountProgress } from '../progress/account-progress.ts';
import { watchHash } from './plan-generation.ts';
import type { Plan, PlanContext } from './plan.ts';
import { RecordBatch } from './record-batch.ts';
import type { WatchChange } from '../watching/watch-list.ts';

/**
 * Another watch list in a session that goes on. Who is new gets a snapshot: the first presence has origin `snapshot`,
 * and `snapshotEnded` lists who is missing. It closes no gap, for nothing was lost. Who is gone is forgotten, and the
 * current state ends, unless another account of the configuration watches him and goes on with it.
 *
 * @param context with the new list.
 * @param progress in which no snapshot runs: one that did would end with users who have only just been asked for.
 */
export function planWatchChanged(context: PlanContext, progress: AccountProgress, change: WatchChange): Plan {
  const { added, removed, users } = change;
  const { now, settings } = context;
  const batch = new RecordBatch(context, progress);
  batch.operation('watchChanged', {
    users: users.length,
    detail: `${String(added.length)} added, ${String(removed.length)} removed`,
  });
  for (const uri of removed) if (!settings.userState.isWatchedElsewhere(uri)) batch.tombstone(uri);
  if (added.length > 0) batch.operation('snapshotBegun', { gapId: progress.openGapId, users: added.length });
  const gone = new Set(removed);
  const next: AccountProgress = {
    ...progress,
    watch: { hash: watchHash(users), pending: [...progress.watch.pending.filter((uri) => !gone.has(uri)), ...added] },
    users: new Map([...progress.users].filter(([uri]) => !gone.has(uri))),
    snapshotSince: added.length > 0 ? now : progress.snapshotSince,
    nextSequence: batch.nextSequence,
  };
  return { records: batch.records, next };
}
