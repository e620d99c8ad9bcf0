import type { OutgoingRecord } from '../lib/outgoing-record.ts';

/** What becomes visible together or not at all: the records of one answer and the progress they lead to. */
export interface CommitUnit {
  readonly accountId: string;
  readonly records: readonly OutgoingRecord[];
  /**
   * At least one. The value of the first is unique over the account's history (it carries a revision): the unit is
   * committed if and only if the last committed value of that key equals it.
   */
  readonly progress: readonly ProgressValue[];
}

export interface ProgressValue {
  readonly key: string;
  /** Null deletes the key. The first value of a unit is never null. */
  readonly value: string | null;
}
