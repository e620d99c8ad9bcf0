/** How a topic shall be made. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Settings that differ from the brokers' defaults, by Kafka's names. */
  readonly settings: ReadonlyMap<string, string>;
}

/** How a topic is. */
export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** All effective settings, by Kafka's names. */
  readonly settings: ReadonlyMap<string, string>;
}

/** What the `topics` command needs of Kafka. All methods throw {@link KafkaError} or the signal's reason. */
export interface TopicAdmin {
  /** Null if it does not exist. */
  describeTopic(topic: string, signal: AbortSignal): Promise<TopicDescription | null>;
  createTopics(plans: readonly TopicPlan[], signal: AbortSignal): Promise<void>;
  brokerCount(signal: AbortSignal): Promise<number>;
}
