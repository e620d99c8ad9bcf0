import { assert } from '../lib/assert.ts';
import type { CommitUnit } from './commit-unit.ts';
import type { RoutedRecord } from './transaction-plan.ts';
import { toWireRecord, wireBytesOf } from './wire-record.ts';

/** A unit that waits or is under way, serialised as far as it can be before its transaction is known. */
export interface PendingUnit {
  readonly unit: CommitUnit;
  readonly accountId: string;
  readonly records: readonly RoutedRecord[];
  /** Upper bound of what it takes in record batches, its progress included. */
  readonly bytes: number;
  /** It is committed. */
  readonly resolve: () => void;
  /** It is not, or nobody here can know. */
  readonly reject: (error: Error) => void;
}

export function toPendingUnit(unit: CommitUnit, settle: Pick<PendingUnit, 'resolve' | 'reject'>): PendingUnit {
  const [first] = unit.progress;
  assert(first !== undefined && first.value !== null, 'a unit without progress cannot be found again');
  const records = unit.records.map((record) => ({ topic: record.topic, record: toWireRecord(record) }));
  let bytes = 0;
  for (const { record } of records) bytes += record.bytes;
  for (const { key, value } of unit.progress) bytes += wireBytesOf({ key, value, headers: {}, timestampMs: 0 });
  return { unit, accountId: unit.accountId, records, bytes, ...settle };
}

/** What a transaction of these units holds, for the metrics. */
export function sizeOf(units: readonly PendingUnit[]): { readonly records: number; readonly bytes: number } {
  let records = 0;
  let bytes = 0;
  for (const unit of units) {
    records += unit.records.length + unit.unit.progress.length;
    bytes += unit.bytes;
  }
  return { records, bytes };
}
