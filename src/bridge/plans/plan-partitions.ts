import type { PartitionsChanged } from '../../kafka/topology.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { Plan, PlanContext } from './plan.ts';
import { RecordBatch } from './record-batch.ts';

/**
 * Records that a topic has another number of partitions (design §3): from here on keys may lie in other partitions
 * than before, so the order of one user's records has to be restored over two of them.
 */
export function planPartitionsChanged(
  context: PlanContext,
  progress: AccountProgress,
  changes: readonly PartitionsChanged[],
): Plan {
  const batch = new RecordBatch(context, progress);
  for (const { from, to, topic } of changes) {
    batch.operation('partitionsChanged', { detail: `${topic}: ${String(from)} → ${String(to)} partitions` });
  }
  return { records: batch.records, next: { ...progress, nextSequence: batch.nextSequence } };
}
