import type { CheckedRecord } from './checked-record.ts';

/** What can be wrong, each with what it means for a consumer. */
const VIOLATION_KINDS = [
  /** The value is no JSON, or its head is not complete: the record cannot be used. */
  'unreadable',
  /** The key is not the subject's URI, or else the account's. */
  'wrong-key',
  /** The record is not where Java's partitioner puts its key: the order of the key is not kept. */
  'wrong-partition',
  /** An id occurs again: an event was published twice. */
  'duplicate-id',
  /** A number of the account's generation occurs again. */
  'duplicate-sequence',
  /** In one partition a record of an account comes after a later one. */
  'out-of-order',
  /** A number of the account's generation does not occur: a record is lost. */
  'missing-sequence',
  /** A time of which nothing is known has no end yet. */
  'gap-open',
  /** The end of a gap that was never announced. */
  'gap-unknown',
] as const;

export type ViolationKind = (typeof VIOLATION_KINDS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  /** Null, like the next two, where a record is missing: it is nowhere. */
  readonly topic: string | null;
  readonly partition: number | null;
  /** In decimal: an offset has 64 bits. */
  readonly offset: string | null;
  /** Null if the record does not say. */
  readonly accountId: string | null;
  readonly message: string;
}

/** Where a record is. */
export type Place = Pick<CheckedRecord, 'topic' | 'partition' | 'offset'>;

/** Counts violations and keeps the first of them. */
export class ViolationLog {
  readonly #kept: Violation[] = [];
  readonly #keptMax: number;
  readonly #byKind = new Map<ViolationKind, number>();
  readonly #byAccount = new Map<string, number>();

  constructor(keptMax: number) {
    this.#keptMax = keptMax;
  }

  get kept(): readonly Violation[] {
    return this.#kept;
  }

  /** Every kind, also those that did not occur. */
  get counts(): Readonly<Record<ViolationKind, number>> {
    const counts = VIOLATION_KINDS.map((kind) => [kind, this.#byKind.get(kind) ?? 0] as const);
    return Object.fromEntries(counts) as Readonly<Record<ViolationKind, number>>;
  }

  countOf(accountId: string): number {
    return this.#byAccount.get(accountId) ?? 0;
  }

  add(kind: ViolationKind, place: Place | null, accountId: string | null, message: string): void {
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
    if (accountId !== null) this.#byAccount.set(accountId, this.countOf(accountId) + 1);
    if (this.#kept.length >= this.#keptMax) return;
    const { topic, partition, offset } = place ?? { topic: null, partition: null, offset: null };
    this.#kept.push({ kind, topic, partition, offset: offset === null ? null : String(offset), accountId, message });
  }
}
