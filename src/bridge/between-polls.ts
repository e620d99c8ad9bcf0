import { type BridgeParts, type Commit, planContext } from './parts.ts';
import { planPartitionsChanged } from './plans/plan-partitions.ts';
import { planSnapshotEnd } from './plans/plan-snapshot.ts';

/**
 * What an open session has to say beside its answers, once each poll: topics with another number of partitions, the end
 * of a snapshot whose time is over; and once in a while what changed although nothing was published.
 */
export async function commitWhatIsDue(parts: BridgeParts, commit: Commit): Promise<void> {
  const { cursor, settings, takePartitionChanges } = parts;
  const changes = takePartitionChanges();
  if (changes.length > 0) await commit(planPartitionsChanged(planContext(parts), cursor.progress, changes));
  const { snapshotTimeoutMs } = settings.session;
  const snapshotEnd = planSnapshotEnd(planContext(parts), cursor.progress, snapshotTimeoutMs);
  if (snapshotEnd !== null) await commit(snapshotEnd);
  await commitSecrets(parts, commit);
}

/** Once in a while the session's secrets, where they have changed: another process shall be able to go on. */
export async function commitSecrets({ clock, cursor, settings }: BridgeParts, commit: Commit): Promise<void> {
  const { progressIntervalMs } = settings.session;
  const isOld = clock.now() - cursor.progress.committedAt >= progressIntervalMs;
  if (isOld && cursor.hasUnsealedSecrets) await commit({ records: [], next: cursor.progress });
}
