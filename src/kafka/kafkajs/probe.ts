import kafkajs from 'kafkajs';

import { present } from '../../lib/assert.ts';
import { abortable } from '../../lib/abortable.ts';
import { toKafkaError } from '../kafka-error.ts';
import { createCluster, type KafkajsBroker, type KafkajsCluster, READ_COMMITTED } from './cluster.ts';
import { kafkajsLogCreator } from './log-creator.ts';
import type { KafkajsLogOptions } from './log.ts';
import { securityOf } from './security.ts';

/** A topic as a broker sees it. */
export interface TopicHealth {
  readonly partitions: readonly {
    readonly partition: number;
    readonly leader: number;
    readonly replicas: number;
    /** Replicas that are in sync with the leader. */
    readonly inSync: number;
  }[];
}

export type ProbeOptions = Pick<
  KafkajsLogOptions,
  'installation' | 'ssl' | 'sasl' | 'connectionTimeoutMs' | 'requestTimeoutMs' | 'logger'
>;

/** No topic has so many partitions. */
const NO_SUCH_PARTITION = 2_147_483_646;
const TRANSACTION = 1;

/**
 * Asks one broker what it would allow, and changes nothing: no record, no marker, no group, no transactional id comes
 * of it. Brokers look at rights before anything else, so a request that cannot succeed tells whether it was refused
 * for a missing right or for what is wrong with it:
 *
 * - WRITE on a topic, and on a transactional id: adding a partition that does not exist to a transaction that does not
 *   exist (AddPartitionsToTxn). Kafka answers UNKNOWN_TOPIC_OR_PARTITION to those who may.
 * - READ on a topic: a fetch of that partition.
 * - READ on a group: a heartbeat of a member that does not exist.
 *
 * A `describeAcls` would need a right on the cluster that the bridge otherwise does without, and would not see the
 * rights that come from elsewhere than ACLs. https://kafka.apache.org/documentation/#operations_resources_and_protocols
 *
 * All methods throw {@link KafkaError}, or the signal's reason when it aborts.
 */
export class KafkajsProbe {
  readonly #cluster: KafkajsCluster;

  private constructor(cluster: KafkajsCluster) {
    this.#cluster = cluster;
  }

  /** Connects to this one broker, TLS and SASL included. Nothing is tried twice. */
  static async connect(address: string, options: ProbeOptions, signal: AbortSignal): Promise<KafkajsProbe> {
    const kafka = new kafkajs.Kafka({
      clientId: options.installation,
      brokers: [address],
      connectionTimeout: options.connectionTimeoutMs,
      authenticationTimeout: options.requestTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      enforceRequestTimeout: true,
      retry: { retries: 0 },
      logCreator: kafkajsLogCreator(options.logger),
      ...securityOf(options),
    });
    const probe = new KafkajsProbe(createCluster(kafka));
    try {
      await abortable(probe.#cluster.connect(), signal);
      return probe;
    } catch (error) {
      probe.close();
      signal.throwIfAborted();
      throw toKafkaError(error, `connecting to ${address}`, { phase: 'metadata' });
    }
  }

  /** The highest version of a request that the broker speaks; null if it does not know the request. */
  versionOf(apiKey: number): number | null {
    return this.#broker.versions[apiKey]?.maxVersion ?? null;
  }

  /** The addresses that the brokers give to clients, as `host:port`. */
  async brokers(signal: AbortSignal): Promise<readonly string[]> {
    const { brokers } = await this.#ask('listing the brokers', signal, (broker) => broker.metadata([]));
    return brokers.map(({ host, port }) => `${host}:${String(port)}`);
  }

  async topic(topic: string, signal: AbortSignal): Promise<TopicHealth> {
    const answer = await this.#ask(`describing ${topic}`, signal, (broker) => broker.metadata([topic]));
    const [found] = answer.topicMetadata;
    const partitions = (found?.partitionMetadata ?? []).map(({ partitionId, leader, replicas, isr }) => ({
      partition: partitionId,
      leader,
      replicas: replicas.length,
      inSync: isr.length,
    }));
    return { partitions };
  }

  async topicSettings(topic: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }];
    const answer = await this.#ask(`reading the settings of ${topic}`, signal, (broker) =>
      broker.describeConfigs({ resources }),
    );
    const entries = answer.resources[0]?.configEntries ?? [];
    return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
  }

  /**
   * Asks for WRITE on a topic and on a transactional id. Throws in any case, with `UNKNOWN_TOPIC_OR_PARTITION` if both
   * rights are there.
   */
  async askToWrite(topic: string, transactionalId: string, signal: AbortSignal): Promise<void> {
    await this.#ask(`asking to write to ${topic}`, signal, (broker) =>
      broker.addPartitionsToTxn({
        transactionalId,
        producerId: '-1',
        producerEpoch: -1,
        topics: [{ topic, partitions: [NO_SUCH_PARTITION] }],
      }),
    );
  }

  /** Asks for READ on a topic, and throws in any case as {@link askToWrite}. */
  async askToRead(topic: string, signal: AbortSignal): Promise<void> {
    const partitions = [{ partition: NO_SUCH_PARTITION, fetchOffset: '0', maxBytes: 1 }];
    await this.#ask(`asking to read ${topic}`, signal, (broker) =>
      broker.fetch({
        isolationLevel: READ_COMMITTED,
        maxWaitTime: 1,
        minBytes: 1,
        maxBytes: 1,
        topics: [{ topic, partitions }],
      }),
    );
  }

  /** Asks for READ on a group, and throws in any case: with `UNKNOWN_MEMBER_ID` or one about coordinators if it is there. */
  async askToJoin(groupId: string, signal: AbortSignal): Promise<void> {
    const request = { groupId, groupGenerationId: 1, memberId: 'doctor' };
    await this.#ask(`asking to join ${groupId}`, signal, (broker) => broker.heartbeat(request));
  }

  /** Whether transactions have a coordinator. */
  async findTransactionCoordinator(transactionalId: string, signal: AbortSignal): Promise<void> {
    await this.#ask(`looking for the coordinator of ${transactionalId}`, signal, (broker) =>
      broker.findGroupCoordinator({ groupId: transactionalId, coordinatorType: TRANSACTION }),
    );
  }

  /** Does not wait for the connection to end. */
  close(): void {
    void this.#cluster.disconnect().catch(() => undefined);
  }

  get #broker(): KafkajsBroker {
    return present(this.#cluster.brokerPool.seedBroker, 'the broker of a connected cluster');
  }

  async #ask<T>(doing: string, signal: AbortSignal, ask: (broker: KafkajsBroker) => Promise<T>): Promise<T> {
    try {
      return await abortable(ask(this.#broker), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw toKafkaError(error, doing, { phase: 'metadata' });
    }
  }
}
