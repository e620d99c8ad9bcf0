import type { AccountCounts } from './account-ledger.ts';
import type { Violation, ViolationKind } from './violation.ts';

export interface TopicReport {
  readonly topic: string;
  readonly records: number;
  /** Keys and values, without headers. */
  readonly bytes: number;
}

export interface AccountReport extends AccountCounts {
  readonly accountId: string;
  /** Each id once, also where a gap went on over several generations. */
  readonly gapsOpened: number;
  readonly gapsClosed: number;
  readonly violations: number;
}

/** What a check found. */
export interface Report {
  readonly isFlawless: boolean;
  readonly records: number;
  readonly bytes: number;
  readonly topics: readonly TopicReport[];
  readonly accounts: readonly AccountReport[];
  /** Sequence numbers that are missing and may be older than what was read. */
  readonly unjudged: number;
  readonly counts: Readonly<Record<ViolationKind, number>>;
  /** The first of them. */
  readonly violations: readonly Violation[];
}
