import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { fillOnce } from './cache-folder.ts';
import { NodeEndedError, textOf } from './errors.ts';
import { freePorts } from './free-ports.ts';
import { type KafkaInstallation, installKafka } from './installation.ts';
import { LocalNode } from './local-node.ts';
import type { Listener } from './server-properties.ts';
import { untilRegistered, untilTransactionsWork } from './readiness.ts';

const START_TIMEOUT_MS = 60_000;
/** How often other ports are tried when a program took one between our check and the node's start. */
const PORT_ATTEMPTS = 3;

export interface LocalClusterOptions {
  /** 1 for most tests; 3 for what one broker hides: leaders, replication, elections. */
  readonly nodes: 1 | 3;
  /**
   * How long a silent broker counts as alive, in milliseconds; 1,500 for one node and 3,000 for three when not
   * given. Raise it for tests that freeze a node and do not want it fenced.
   */
  readonly brokerSessionTimeoutMs?: number;
  /** Further broker properties, for all nodes. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Listeners of each node beside the plain-text one: protocol by name, in upper case. */
  readonly listeners?: Readonly<Record<string, Listener['protocol']>>;
  /** Further arguments of the format tool, such as `-S` for SCRAM users. */
  readonly formatArguments?: readonly string[];
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where `JAVA_HOME`, `PATH` and the cache folder are looked up; this process' own when not given. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A real Apache Kafka (KRaft) of child processes on 127.0.0.1, for tests and trials.
 *
 * Its ports are free ones, its data and logs lie in a scratch folder of its own, and nothing of it outlives this
 * program, however that ends (see {@link GuardedProcess}).
 */
export class LocalCluster {
  readonly nodes: readonly LocalNode[];
  /** `host:port` of every node. */
  readonly brokers: readonly string[];
  readonly #scratch: string;

  private constructor(nodes: readonly LocalNode[], scratch: string) {
    this.nodes = nodes;
    this.brokers = nodes.map((node) => node.address);
    this.#scratch = scratch;
  }

  /**
   * Starts a cluster and resolves when it can run transactions.
   *
   * @throws {@link DevelopmentKafkaError} if Java or Maven is missing or the cluster does not come up.
   * @throws the signal's reason when it aborts; nothing is left running then.
   */
  static async start(options: LocalClusterOptions): Promise<LocalCluster> {
    const log = options.log ?? (() => undefined);
    const kafka = await installKafka(log, options.env);
    await LocalCluster.#recordArchive(kafka, log);
    return LocalCluster.#start(kafka, options);
  }

  /** The node with this `node.id`, from 1. */
  node(id: number): LocalNode {
    const found = this.nodes.find((node) => node.id === id);
    if (found === undefined) throw new RangeError(`there is no Kafka node ${String(id)}`);
    return found;
  }

  /** Ends all nodes at once, also paused ones, and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await rm(this.#scratch, { recursive: true, force: true, maxRetries: 3 });
  }

  static async #start(
    kafka: KafkaInstallation,
    options: LocalClusterOptions,
    flags?: readonly string[],
  ): Promise<LocalCluster> {
    for (let attempt = 1; ; attempt += 1) {
      const cluster = await LocalCluster.#create(kafka, options, flags);
      try {
        await cluster.#startNodes(options.signal);
        return cluster;
      } catch (error) {
        await cluster.stop();
        if (!(error instanceof NodeEndedError && error.portTaken) || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }

  /**
   * Makes the class-data archive of this Java and these jars, if there is none: a throw-away node writes it as it
   * ends. Costs some 8 seconds once; every later start is twice as fast. Without it everything works too.
   */
  static async #recordArchive(kafka: KafkaInstallation, log: (line: string) => void): Promise<void> {
    try {
      await fillOnce(kafka.archive, async (temporary) => {
        log('recording a class-data archive for faster starts (once)');
        const cluster = await LocalCluster.#start(kafka, { nodes: 1 }, [`-XX:ArchiveClassesAtExit=${temporary}`]);
        await cluster.node(1).stop();
        await cluster.stop();
      });
    } catch (error) {
      log(`no class-data archive, starts stay slower: ${textOf(error)}`);
    }
  }

  static async #create(
    kafka: KafkaInstallation,
    options: LocalClusterOptions,
    flags: readonly string[] | undefined,
  ): Promise<LocalCluster> {
    const ids = Array.from({ length: options.nodes }, (_, index) => index + 1);
    const listeners = Object.entries(options.listeners ?? {});
    const ports = [...(await freePorts((2 + listeners.length) * ids.length))];
    const takePort = (): number => ports.pop() ?? 0;
    const addresses = ids.map((id) => ({
      id,
      port: takePort(),
      controllerPort: takePort(),
      listeners: listeners.map(([name, protocol]) => ({ name, protocol, port: takePort() })),
    }));
    const settings = {
      nodes: addresses,
      brokerSessionTimeoutMs: options.brokerSessionTimeoutMs ?? (options.nodes === 1 ? 1_500 : 3_000),
      properties: options.properties ?? {},
    };
    const scratch = await mkdtemp(path.join(tmpdir(), 'cwa-kafka-'));
    // A cluster id is 16 bytes in base64url and must not look like an option of the format tool.
    const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
    const { formatArguments = [] } = options;
    const shared = { kafka, settings, clusterId, scratch, formatArguments, ...(flags && { flags }) };
    return new LocalCluster(
      addresses.map((address) => new LocalNode(address, shared)),
      scratch,
    );
  }

  async #startNodes(signal: AbortSignal | undefined): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.format()));
    signal?.throwIfAborted();
    await Promise.all(this.nodes.map((node) => node.launch()));
    const over = new AbortController();
    const until = AbortSignal.any([over.signal, ...(signal ? [signal] : [])]);
    try {
      await Promise.race([this.#untilReady(until), ...this.nodes.map((node) => node.failure())]);
    } finally {
      over.abort();
    }
  }

  async #untilReady(signal: AbortSignal): Promise<void> {
    const options = { deadlineMs: START_TIMEOUT_MS, signal };
    const ids = this.nodes.map((node) => node.id);
    await untilRegistered(this.brokers, ids, options);
    await untilTransactionsWork(this.brokers, options);
  }
}
