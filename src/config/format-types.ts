/** The formats of single settings and the type of their values. */
export interface FormatTypes {
  /** Non-empty text that XML can carry. */
  readonly text: string;
  /** Letters, digits, `.`, `_` and `-`, at most 64: it becomes part of Kafka keys, labels and transactional ids. */
  readonly identifier: string;
  /** A name that Kafka accepts for a topic. */
  readonly topic: string;
  /** As `topic`, and may be empty. */
  readonly topicPrefix: string;
  /** http or https, no credentials, no query, no fragment. */
  readonly url: string;
  readonly path: string;
  readonly flag: boolean;
  readonly count: number;
  readonly port: number;
  readonly milliseconds: number;
  readonly bytes: number;
  /** A list of non-empty texts; in the environment one text with commas between them. */
  readonly texts: readonly string[];
  /** A list of `host:port`. */
  readonly brokers: readonly string[];
}
