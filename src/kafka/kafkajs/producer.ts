import type { Kafka, Message, Producer, RecordMetadata, Transaction } from 'kafkajs';

import type { Clock } from '../../lib/clock.ts';
import { abortable } from '../../lib/abortable.ts';
import { KafkaError, kafkaCodeOf, type KafkaPhase, toKafkaError } from '../kafka-error.ts';
import { createProducer, type KafkajsCluster } from './cluster.ts';
import type { CommitReceipt, PartitionBatch, Send, TransactionalProducer, TransactionPlan } from '../port.ts';

/** Waits between sends that the coordinator answered with CONCURRENT_TRANSACTIONS: 2, 3, … 10 ms, some 2 s in all. */
const CONCURRENT_ATTEMPTS = 200;
const CONCURRENT_PAUSE_MIN_MS = 2;
const CONCURRENT_PAUSE_MAX_MS = 10;
/**
 * For ever: kafkajs must not learn of a new leader between our look at the leaders of a send and the send. That its
 * knowledge is old it learns from the broker, and any error ends the producer.
 */
const METADATA_MAX_AGE_MS = 2 ** 40;
/** How long a disposed producer may take to close its connections before it is left to itself. */
const DISPOSE_TIMEOUT_MS = 1_000;

export interface KafkajsProducerOptions {
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  readonly clock: Clock;
  /** Fencing failed: the way to the coordinator, which began at the first of the configured brokers, does not work. */
  readonly onUnreachable: () => void;
}

/**
 * A transactional producer of kafkajs under the rules of design §3: one request in flight, one leader a send, no
 * retries of kafkajs' own, every answer compared with what was sent, and no commit after any error.
 */
export class KafkajsProducer implements TransactionalProducer {
  readonly #producer: Producer;
  readonly #cluster: KafkajsCluster;
  readonly #transactionalId: string;
  readonly #clock: Clock;
  readonly #onUnreachable: () => void;
  /** kafkajs begins a transaction together with InitProducerId; nothing is open at the broker before the first send. */
  #transaction: Transaction | null = null;
  #isUsable = true;

  constructor(kafka: Kafka, options: KafkajsProducerOptions) {
    const { transactionalId, transactionTimeoutMs, clock, onUnreachable } = options;
    this.#transactionalId = transactionalId;
    this.#clock = clock;
    this.#onUnreachable = onUnreachable;
    const { producer, cluster } = createProducer(kafka, {
      transactionalId,
      transactionTimeout: transactionTimeoutMs,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      retry: { retries: 0 },
      createPartitioner: () => givenPartition,
    });
    this.#producer = producer;
    this.#cluster = cluster;
  }

  async fence(signal: AbortSignal): Promise<void> {
    await this.#step('fence', `taking over the transactional id "${this.#transactionalId}"`, signal, async () => {
      await this.#producer.connect();
      this.#transaction = await this.#producer.transaction();
    });
  }

  async commit(plan: TransactionPlan, signal: AbortSignal): Promise<CommitReceipt> {
    if (!this.#isUsable) throw new KafkaError('Kafka: the producer has failed before.', DISPOSED);
    const transaction = this.#transaction ?? (await this.#producer.transaction());
    this.#transaction = null;
    const [progress] = plan.first;
    const answer = await this.#step('progress', plan.first, signal, () =>
      this.#sendFirst(transaction, plan.first, signal),
    );
    for (const send of plan.rest) {
      await this.#step('data', send, signal, () => this.#sendOnce(transaction, send));
    }
    await this.#step('commit', 'the commit', signal, () => transaction.commit());
    const written = answer.find(
      ({ topicName, partition }) => topicName === progress.topic && partition === progress.partition,
    );
    return { nextOffset: BigInt(written?.baseOffset ?? 0) + BigInt(progress.records.length) };
  }

  async dispose(): Promise<void> {
    this.#isUsable = false;
    this.#transaction = null;
    const closed = this.#producer.disconnect().catch(() => undefined);
    const deadline = new AbortController();
    await Promise.race([closed, this.#clock.sleep(DISPOSE_TIMEOUT_MS, deadline.signal)]);
    deadline.abort();
  }

  /**
   * Repeats only CONCURRENT_TRANSACTIONS: the coordinator raises it before anything is produced, while it finishes
   * the transaction before. Once this send is in, the transaction is ongoing and the answer cannot occur again.
   */
  async #sendFirst(transaction: Transaction, send: Send, signal: AbortSignal): Promise<RecordMetadata[]> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#sendOnce(transaction, send);
      } catch (error) {
        if (kafkaCodeOf(error) !== 'CONCURRENT_TRANSACTIONS' || attempt >= CONCURRENT_ATTEMPTS) throw error;
      }
      await this.#clock.sleep(Math.min(CONCURRENT_PAUSE_MIN_MS + attempt, CONCURRENT_PAUSE_MAX_MS), signal);
      signal.throwIfAborted();
    }
  }

  /** One produce request. @throws {@link KafkaError} if the answer is not exactly about what was sent. */
  async #sendOnce(transaction: Transaction, send: Send): Promise<RecordMetadata[]> {
    await this.#checkLeader(send);
    const answer = await transaction.sendBatch({
      acks: -1,
      topicMessages: send.map(({ topic, partition, records }) => ({
        topic,
        messages: records.map(({ key, value, headers, timestampMs }) => ({
          key,
          value,
          headers,
          timestamp: String(timestampMs),
          partition,
        })),
      })),
    });
    checkAnswer(send, answer);
    return answer;
  }

  /**
   * kafkajs sends by its own view of the cluster, which can be another than the one that the transaction was planned
   * with, and it would send to two leaders side by side.
   */
  async #checkLeader(send: Send): Promise<void> {
    await this.#cluster.addMultipleTargetTopics([...new Set(send.map(({ topic }) => topic))]);
    const leaders = new Set(
      send.flatMap(({ topic, partition }) => Object.keys(this.#cluster.findLeaderForPartitions(topic, [partition]))),
    );
    if (leaders.size <= 1) return;
    throw new KafkaError(
      `Kafka: ${namesOf(send)} had one leader when the transaction was planned, and now have ${String(leaders.size)}.`,
      { kind: 'unknown', kafkaCode: 'SEVERAL_LEADERS', phase: 'data' },
    );
  }

  async #step<T>(phase: KafkaPhase, what: Send | string, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    try {
      signal.throwIfAborted();
      return await abortable(action(), signal);
    } catch (error) {
      this.#isUsable = false;
      signal.throwIfAborted();
      if (phase === 'fence') this.#onUnreachable();
      if (typeof what === 'string') throw toKafkaError(error, what, { phase });
      const [only] = what.length === 1 ? what : [];
      throw toKafkaError(error, `sending to ${namesOf(what)}`, {
        phase,
        ...(only && { topic: only.topic, partition: only.partition }),
      });
    }
  }
}

const DISPOSED = { kind: 'unknown', kafkaCode: 'PRODUCER_DISPOSED', phase: 'progress' } as const;

/** Every message carries its partition; kafkajs asks nevertheless. */
function givenPartition({ message }: { readonly message: Message }): number {
  if (message.partition === undefined) throw new TypeError('a message without partition');
  return message.partition;
}

/** kafkajs resolves without sending when it does not know a partition, so the answer has to name what was sent. */
function checkAnswer(send: Send, answer: readonly RecordMetadata[]): void {
  const expected = send.map(nameOf).sort().join(', ');
  const answered = answer
    .map(({ topicName, partition }) => `${topicName}/${String(partition)}`)
    .sort()
    .join(', ');
  const failed = answer.find(({ errorCode }) => errorCode !== 0);
  if (expected === answered && failed === undefined) return;
  throw new KafkaError(
    `Kafka: sent to ${expected}; the answer is about ${answered === '' ? 'nothing' : answered}` +
      `${failed === undefined ? '' : ` with error code ${String(failed.errorCode)}`}.`,
    { kind: 'unknown', kafkaCode: 'INCOMPLETE_ANSWER', phase: 'data' },
  );
}

function namesOf(send: Send): string {
  return send.map(nameOf).join(', ');
}

function nameOf({ topic, partition }: PartitionBatch): string {
  return `${topic}/${String(partition)}`;
}
