import type { Log } from '../lib/log.ts';
import type { AccountProgress } from './progress/account-progress.ts';
import type { Phase } from './phase.ts';

/** Log lines about the life of an account that follow from its progress alone: what somebody looks for at night. */

/** What keeps an account from its session at the start: without it the log would be silent about the account. */
export function logWhatHolds(log: Log, { orders }: AccountProgress, phase: Phase): void {
  const { hold } = orders;
  if (hold !== 'none') log.warn({ hold }, 'account held back by an operator, until cwa-bridge resume');
  if (phase.kind === 'quarantined') {
    log.warn({ until: new Date(phase.until).toISOString() }, 'account quarantined: see quarantined in the operations');
  }
}

/**
 * The end of a snapshot, and so of the gap that it closes. `missing` users were not heard of.
 *
 * @param before the progress before the answer that ended it, if one has.
 */
export function logSnapshotEnd(log: Log, before: AccountProgress, after: AccountProgress): void {
  const hasEnded = before.snapshotSince !== null && after.snapshotSince === null;
  if (!hasEnded || before.generation !== after.generation) return;
  const { generation, openGapId: gapId } = before;
  const fields = { generation, gapId, missing: after.watch.pending.length };
  const message = gapId === null ? 'snapshot ended' : 'snapshot ended, gap closed';
  if (fields.missing > 0) log.warn(fields, message);
  else log.info(fields, message);
}
