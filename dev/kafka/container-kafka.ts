import type { StartedKafkaContainer } from '@testcontainers/kafka';

/** From version 8 on Testcontainers starts this image in KRaft mode by itself. */
const DEFAULT_IMAGE = 'confluentinc/cp-kafka:8.0.0';
const KAFKA_PORT = 9093;
/** Includes pulling the image. */
const START_TIMEOUT_MS = 180_000;

export interface ContainerKafka {
  readonly brokers: readonly string[];
  readonly image: string;
  readonly stop: () => Promise<void>;
}

/**
 * One broker in a container. Testcontainers' own reaper removes it if this program dies.
 *
 * The image is `KAFKA_IMAGE`, else Confluent's: Testcontainers' Kafka module relies on that image's start script.
 *
 * @throws whatever Testcontainers throws if there is no image or it does not start.
 */
export async function startContainerKafka(env: NodeJS.ProcessEnv = process.env): Promise<ContainerKafka> {
  const image = env.KAFKA_IMAGE ?? DEFAULT_IMAGE;
  // Loaded here because it costs half a second, which the other sources of Kafka need not pay.
  const [{ KafkaContainer }, { Wait }] = await Promise.all([import('@testcontainers/kafka'), import('testcontainers')]);
  const started: StartedKafkaContainer = await new KafkaContainer(image)
    .withKraft()
    .withEnvironment({
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  return {
    brokers: [`${started.getHost()}:${String(started.getMappedPort(KAFKA_PORT))}`],
    image,
    stop: async () => {
      await started.stop();
    },
  };
}
