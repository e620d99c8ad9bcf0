import { KafkaError } from '../kafka/kafka-error.ts';
import type { KafkaLog } from '../kafka/port.ts';
import type { Clock } from '../lib/clock.ts';

/** An idle bridge notices within this time, and the client's own time limits, that Kafka is away. */
const ASK_EVERY_MS = 5_000;

/**
 * Asks Kafka now and then for the layout of one topic. A bridge without events commits nothing, so its shards would
 * not notice for long that no broker answers, and `/readyz` has to say so (design §5).
 */
export class KafkaWatch {
  readonly #kafka: Pick<KafkaLog, 'layout'>;
  readonly #topic: string;
  readonly #clock: Clock;
  #failureCode: string | null = null;

  constructor(kafka: Pick<KafkaLog, 'layout'>, topic: string, clock: Clock) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#clock = clock;
  }

  /** Why the last question failed; null if Kafka answered, or was not asked yet. */
  get failureCode(): string | null {
    return this.#failureCode;
  }

  /** Resolves when `signal` has aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(ASK_EVERY_MS, signal);
      await this.#ask(signal);
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    try {
      await this.#kafka.layout([this.#topic], signal);
      this.#failureCode = null;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof KafkaError)) throw error;
      this.#failureCode = error.kafkaCode;
    }
  }
}
