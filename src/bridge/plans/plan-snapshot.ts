import type { AccountProgress } from '../progress/account-progress.ts';
import type { Plan, PlanContext } from './plan.ts';
import { RecordBatch } from './record-batch.ts';

/**
 * Ends the snapshot if it is complete, or if its time is over: then the record lists who is missing. Silence is never
 * offline. The record closes the gap that the generation opened with.
 *
 * @returns null while the snapshot goes on, or if none runs.
 */
export function planSnapshotEnd(context: PlanContext, progress: AccountProgress, timeoutMs: number): Plan | null {
  const batch = new RecordBatch(context, progress);
  const next = endSnapshot(context, progress, timeoutMs, batch);
  return next === null ? null : { records: batch.records, next: { ...next, nextSequence: batch.nextSequence } };
}

/** The same as part of a larger batch, so that the last presence of a snapshot and its end are one transaction. */
export function endSnapshot(
  context: PlanContext,
  progress: AccountProgress,
  timeoutMs: number,
  batch: RecordBatch,
): AccountProgress | null {
  const { snapshotSince, openGapId, watch } = progress;
  if (snapshotSince === null) return null;
  if (watch.pending.length > 0 && context.now - snapshotSince < timeoutMs) return null;
  batch.operation('snapshotEnded', {
    gapId: openGapId,
    fromAt: snapshotSince,
    toAt: context.now,
    missing: watch.pending,
  });
  return { ...progress, snapshotSince: null, openGapId: null };
}
