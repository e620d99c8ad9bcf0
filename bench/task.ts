/** What the contestants are told, as JSON in their first argument, and what passes between them. */

export interface NaiveTask {
  readonly baseUrl: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Names of the accounts to sign in with. */
  readonly users: readonly string[];
}

export interface RawTask {
  readonly brokers: readonly string[];
  /** One {@link CapturedRecord} a line. */
  readonly recordsFile: string;
  /** What the topics' names begin with. */
  readonly prefix: string;
  readonly recordsPerBatch: number;
  /** Null: no transactions. */
  readonly transactionalId: string | null;
}

/** A record that the pipeline published, ready to be sent again. */
export interface CapturedRecord {
  /** Without the prefix. */
  readonly topic: string;
  readonly message: {
    readonly key: string;
    readonly value: string;
    readonly headers: Record<string, string>;
    readonly timestamp: string;
    readonly partition: number;
  };
}
