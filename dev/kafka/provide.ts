import { containerEngineAnswers } from './container-engine.ts';
import { type ContainerKafka, startContainerKafka } from './container-kafka.ts';
import { DevelopmentKafkaError, textOf } from './errors.ts';
import { LocalCluster } from './local-cluster.ts';
import { untilTransactionsWork } from './readiness.ts';

const READY_TIMEOUT_MS = 30_000;

export interface ProvidedKafka {
  /** `host:port` of each. */
  readonly brokers: readonly string[];
  readonly source: 'environment' | 'container' | 'local';
  /** One line for people: which way was taken. */
  readonly description: string;
  /** Ends what was started for this; never what stood in the environment. */
  stop(): Promise<void>;
}

export interface ProvideKafkaOptions {
  /** How many brokers are needed. Three come from the environment or as local processes, never in containers. */
  readonly nodes?: 1 | 3;
  /** Gets one line for each way that was considered and left, and for slow first-time work. */
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

/** One way to Kafka. Returns why it cannot be taken, if it cannot. */
type Way = (
  options: Required<Pick<ProvideKafkaOptions, 'nodes' | 'log' | 'env'>>,
  signal?: AbortSignal,
) => Promise<ProvidedKafka | string>;

/**
 * A real Kafka, from the first of three ways that is open: `KAFKA_BROKERS` in the environment, a container engine,
 * a local Apache Kafka. Resolves when transactions work on it.
 *
 * @throws {@link DevelopmentKafkaError} that names the three ways, and why each was closed, if none is open. Also if
 *   `KAFKA_BROKERS` is set and does not answer: who sets it means it.
 * @throws the signal's reason when it aborts.
 */
export async function provideKafka(options: ProvideKafkaOptions = {}): Promise<ProvidedKafka> {
  const { nodes = 1, log = () => undefined, env = process.env, signal } = options;
  const reasons: string[] = [];
  for (const way of [fromEnvironment, fromContainer, fromLocalProcesses] satisfies Way[]) {
    signal?.throwIfAborted();
    const outcome = await way({ nodes, log, env }, signal);
    if (typeof outcome !== 'string') return outcome;
    reasons.push(outcome);
    log(`Kafka: ${outcome}`);
  }
  throw new DevelopmentKafkaError(
    [
      'A Kafka broker is needed and there is none. Three ways to get one:',
      '  1. Set KAFKA_BROKERS=host:port[,host:port] to a plain-text Kafka 3.7 or newer.',
      '  2. Start a container engine (such as Docker), so that Testcontainers can run one.',
      '  3. Install Java 17 or newer and Maven, so that Apache Kafka can be downloaded and run here.',
      `Tried: ${reasons.join('; ')}.`,
    ].join('\n'),
  );
}

const fromEnvironment: Way = async ({ nodes, env }, signal) => {
  const brokers = (env.KAFKA_BROKERS ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  if (brokers.length === 0) return 'KAFKA_BROKERS is not set';
  if (brokers.length < nodes) return `KAFKA_BROKERS names ${String(brokers.length)} of ${String(nodes)} brokers needed`;
  await untilTransactionsWork(brokers, { deadlineMs: READY_TIMEOUT_MS, signal });
  return {
    brokers,
    source: 'environment',
    description: `Kafka of KAFKA_BROKERS at ${brokers.join(',')}`,
    stop: () => Promise.resolve(),
  };
};

const fromContainer: Way = async ({ nodes, env, log }, signal) => {
  if (nodes > 1) return 'a container holds one broker only';
  if (!(await containerEngineAnswers(env))) return 'no container engine answers';
  let kafka: ContainerKafka | undefined;
  try {
    log('Kafka: starting a container');
    kafka = await startContainerKafka(env);
    await untilTransactionsWork(kafka.brokers, { deadlineMs: READY_TIMEOUT_MS, signal });
  } catch (error) {
    await kafka?.stop();
    signal?.throwIfAborted();
    return `the container did not start (${textOf(error)})`;
  }
  return {
    brokers: kafka.brokers,
    source: 'container',
    description: `Kafka in a container of ${kafka.image} at ${kafka.brokers.join(',')}`,
    stop: kafka.stop,
  };
};

const fromLocalProcesses: Way = async ({ nodes, log, env }, signal) => {
  try {
    const cluster = await LocalCluster.start({
      nodes,
      env,
      signal,
      log: (line) => {
        log(`Kafka: ${line}`);
      },
    });
    return {
      brokers: cluster.brokers,
      source: 'local',
      description: `local Apache Kafka, ${nodes === 1 ? 'one node' : `${String(nodes)} nodes`} at ${cluster.brokers.join(',')}`,
      stop: () => cluster.stop(),
    };
  } catch (error) {
    signal?.throwIfAborted();
    return `no local Apache Kafka (${textOf(error)})`;
  }
};
