import { assert } from '../lib/assert.ts';
import type { SizedRecord } from '../lib/outgoing-record.ts';
import type { CommitUnit } from './commit-unit.ts';
import { progressRecord } from './progress-record.ts';

/** A unit that waits or is under way, serialised as far as it can be before its transaction is known. */
export interface PendingUnit {
  readonly unit: CommitUnit;
  readonly accountId: string;
  readonly progress: readonly SizedRecord[];
  /** Upper bound of what it takes in record batches, its progress included. */
  readonly bytes: number;
  /** It is committed. */
  readonly resolve: () => void;
  /** It is not, or nobody here can know. */
  readonly reject: (error: Error) => void;
}

export function toPendingUnit(
  unit: CommitUnit,
  nowMs: number,
  settle: Pick<PendingUnit, 'resolve' | 'reject'>,
): PendingUnit {
  const [first] = unit.progress;
  assert(first !== undefined && first.value !== null, 'a unit without progress cannot be found again');
  const progress = unit.progress.map((value) => progressRecord(value, nowMs));
  let bytes = 0;
  for (const record of [...unit.records, ...progress]) bytes += record.bytes;
  return { unit, accountId: unit.accountId, progress, bytes, ...settle };
}

/** What a transaction of these units holds, for the metrics. */
export function sizeOf(units: readonly PendingUnit[]): { readonly records: number; readonly bytes: number } {
  let records = 0;
  let bytes = 0;
  for (const unit of units) {
    records += unit.unit.records.length + unit.progress.length;
    bytes += unit.bytes;
  }
  return { records, bytes };
}
