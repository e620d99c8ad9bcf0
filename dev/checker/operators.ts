/** What operators did during a run, and what is known of it besides the records. */
export interface Operators {
  /** What stands in the orders topic; the orders of one account in the order of their offsets. */
  readonly orders: readonly GivenOrder[];
  /** Each time that an account's committed progress named another order as its last; in order for each account. */
  readonly outcomes: readonly OrderOutcome[];
  readonly watch: ReadonlyMap<string, WatchHistory>;
}

/** An order of the topic: `docs/operations.md` says what the kinds mean. */
export interface GivenOrder {
  readonly id: string;
  readonly accountId: string;
  readonly kind: string;
}

export interface OrderOutcome {
  readonly id: string;
  readonly accountId: string;
  readonly outcome: string;
  readonly detail: string;
}

/** Of one account. */
export interface WatchHistory {
  /** Every list that its watch file ever gave, the first included; normalised URIs. Neighbours differ in length. */
  readonly lists: readonly (readonly string[])[];
  /** Whom the newest live session has subscribed at the end, in lower case; null without a session. */
  readonly subscribed: readonly string[] | null;
}
