import kafkajs from 'kafkajs';

import { systemClock } from '../../src/lib/clock.ts';
import { until } from './until.ts';

const CLOSE_PATIENCE_MS = 1_000;

/** A record as a `read_committed` consumer sees it. */
export interface TailRecord {
  readonly topic: string;
  readonly key: string | null;
  /** The value as it stands in the topic. */
  readonly text: string;
  /** The same, parsed; numbers beyond 2^53 lose digits here. */
  readonly value: RecordValue;
  readonly headers: Readonly<Record<string, string>>;
}

/** The fields that tests look at; others are there too. */
export interface RecordValue {
  readonly recordType: string;
  readonly id: string;
  readonly generation: number;
  readonly sequence: number;
  readonly sid: string | null;
  readonly eid: number | null;
  readonly eventName: string;
  readonly origin: string;
  readonly subjectUri: string | null;
  readonly reason: string | null;
  readonly gapId: string | null;
  readonly [field: string]: unknown;
}

/** Follows topics from their beginning with a plain kafkajs consumer and keeps all committed records. */
export class TopicTail {
  readonly #records: TailRecord[] = [];
  readonly #consumer: kafkajs.Consumer;

  private constructor(consumer: kafkajs.Consumer) {
    this.#consumer = consumer;
  }

  static async open(brokers: readonly string[], topics: readonly string[], groupId: string): Promise<TopicTail> {
    const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50, retry: { retries: 20 } });
    const tail = new TopicTail(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ topic, message }) => {
        tail.#records.push(recordOf(topic, message));
        return Promise.resolve();
      },
    });
    return tail;
  }

  /** Everything so far, in the order of arrival; within a topic of one partition that is the order of its offsets. */
  get all(): readonly TailRecord[] {
    return this.#records;
  }

  /** All records so far, of all topics, in the order of (generation, sequence). */
  inSequence(): readonly TailRecord[] {
    return this.#records.toSorted(
      (a, b) => a.value.generation - b.value.generation || a.value.sequence - b.value.sequence,
    );
  }

  ofType(recordType: string): readonly TailRecord[] {
    return this.#records.filter(({ value }) => value.recordType === recordType);
  }

  /** Waits for a record. */
  find(what: string, isIt: (value: RecordValue) => boolean): Promise<TailRecord> {
    return until(what, () => this.#records.find(({ value }) => isIt(value)), { describe: () => this.#summary() });
  }

  /** Waits for so many records of a type, and returns them. */
  async count(recordType: string, count: number): Promise<readonly TailRecord[]> {
    return until(
      `${String(count)} records ${recordType} are there`,
      () => {
        const found = this.ofType(recordType);
        return found.length >= count && found;
      },
      { describe: () => this.#summary() },
    );
  }

  /** Leaves the group, but does not wait long for it: a consumer whose broker was killed would. */
  async close(): Promise<void> {
    const patience = new AbortController();
    const left = this.#consumer.disconnect().finally(() => {
      patience.abort();
    });
    await Promise.race([left.catch(() => undefined), systemClock.sleep(CLOSE_PATIENCE_MS, patience.signal)]);
  }

  #summary(): string {
    return this.inSequence()
      .map(
        ({ value }) =>
          `${String(value.generation)}.${String(value.sequence)} ${value.recordType} ${value.reason ?? ''}`,
      )
      .join('\n');
  }
}

function recordOf(topic: string, message: kafkajs.KafkaMessage): TailRecord {
  const text = String(message.value);
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  return {
    topic,
    key: message.key === null ? null : String(message.key),
    text,
    value: JSON.parse(text) as RecordValue,
    headers: Object.fromEntries(headers),
  };
}
