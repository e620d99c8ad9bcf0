import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { NodeEndedError } from './errors.ts';
import { GuardedProcess } from './guarded-process.ts';
import { type KafkaInstallation, javaArguments } from './installation.ts';
import { untilRegistered } from './readiness.ts';
import { type ClusterSettings, type NodeAddress, serverProperties } from './server-properties.ts';

const HEAP_MIB = 512;
/** A start takes 1 to 5 seconds, after SIGKILL the broker's session time-out longer, on a busy machine much longer. */
const START_TIMEOUT_MS = 60_000;
/** A controlled shutdown takes 0.3 s alone and several seconds when leaderships have to move. */
const STOP_TIMEOUT_MS = 30_000;
const LOG_TAIL_BYTES = 4_000;

export interface LocalNodeOptions {
  readonly kafka: KafkaInstallation;
  readonly settings: ClusterSettings;
  readonly clusterId: string;
  /** The cluster's scratch folder, which goes away with the cluster. */
  readonly scratch: string;
  /** Further arguments of the format tool, such as `-S` for SCRAM users. */
  readonly formatArguments?: readonly string[];
  /** JVM flags in place of the class-data archive. */
  readonly flags?: readonly string[];
}

/** One local Kafka node, broker and controller in one, that can be killed, frozen and started again on its data. */
export class LocalNode {
  readonly id: number;
  readonly port: number;
  readonly #address: NodeAddress;
  readonly #options: LocalNodeOptions;
  readonly #folder: string;
  #process: GuardedProcess | undefined;

  /** Only describes the node; `format` and `start` bring it to life. */
  constructor(address: NodeAddress, options: LocalNodeOptions) {
    this.id = address.id;
    this.port = address.port;
    this.#address = address;
    this.#options = options;
    this.#folder = path.join(options.scratch, `node-${String(address.id)}`);
  }

  /** `host:port` for clients. */
  get address(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  /** `host:port` for clients of a further listener. */
  addressOf(listener: string): string {
    const found = this.#address.listeners.find(({ name }) => name === listener);
    if (found === undefined) throw new RangeError(`node ${String(this.id)} has no listener ${listener}`);
    return `127.0.0.1:${String(found.port)}`;
  }

  /** Process id of the JVM; undefined while the node is down. */
  get pid(): number | undefined {
    return this.#process?.isRunning ? this.#process.pid : undefined;
  }

  /** What the node and its formatting wrote, warnings and errors only. */
  get logFile(): string {
    return path.join(this.#folder, 'server.log');
  }

  /** Writes the node's properties and formats its empty data folder. */
  async format(): Promise<void> {
    const { settings, clusterId, formatArguments = [] } = this.#options;
    await mkdir(this.#folder, { recursive: true });
    await writeFile(this.#properties, serverProperties(this.#address, settings, path.join(this.#folder, 'data')));
    const args = ['format', '-t', clusterId, '-c', this.#properties, ...formatArguments];
    const formatter = await this.#java('kafka.tools.StorageTool', args);
    const status = await formatter.ended;
    if (status !== 0)
      throw new NodeEndedError(`formatting Kafka node ${String(this.id)} failed`, await this.#logTail());
  }

  /** Starts the JVM and resolves when the node's process exists: long before it answers. No effect if it runs. */
  async launch(): Promise<void> {
    if (this.pid !== undefined) return;
    this.#process = await this.#java('kafka.Kafka', [this.#properties]);
  }

  /**
   * Starts the node if it is down and waits until it is a live broker of its cluster.
   *
   * @throws {@link NodeEndedError} if it ends instead.
   */
  async start(signal?: AbortSignal): Promise<void> {
    await this.launch();
    const over = new AbortController();
    const options = {
      deadlineMs: START_TIMEOUT_MS,
      signal: AbortSignal.any([over.signal, ...(signal ? [signal] : [])]),
    };
    try {
      await Promise.race([untilRegistered([this.address], [this.id], options), this.failure()]);
    } finally {
      over.abort();
    }
  }

  /**
   * Never resolves; rejects when the node's process ends. To be raced against a wait that needs the node.
   *
   * @throws {@link NodeEndedError} with the end of the node's log.
   */
  async failure(): Promise<never> {
    const status = await this.#process?.ended;
    throw new NodeEndedError(
      `Kafka node ${String(this.id)} ended with status ${String(status)}`,
      await this.#logTail(),
    );
  }

  /** SIGKILL: as a power failure of this node. Resolves when it is gone; its data stay. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** SIGTERM: a controlled shutdown. Resolves when it is gone; SIGKILL after 30 s. A paused node is woken for it. */
  async stop(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    running.signal('SIGTERM');
    running.signal('SIGCONT');
    const patience = new AbortController();
    const timeout = delay(STOP_TIMEOUT_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([running.ended, timeout]);
    patience.abort();
    await running.kill();
  }

  /** SIGSTOP: the node keeps its connections and answers nothing, as a machine that swaps or lost its network. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  /** SIGCONT: ends {@link pause}. */
  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  get #properties(): string {
    return path.join(this.#folder, 'server.properties');
  }

  async #java(mainClass: string, args: readonly string[]): Promise<GuardedProcess> {
    const { kafka, flags, scratch } = this.#options;
    const jvm = javaArguments(kafka, mainClass, { heapMiB: HEAP_MIB, ...(flags && { flags }) });
    const log = await open(this.logFile, 'a');
    try {
      return await GuardedProcess.start(kafka.java.command, [...jvm, ...args], {
        stdout: log.fd,
        stderr: log.fd,
        scratch,
      });
    } finally {
      await log.close();
    }
  }

  async #logTail(): Promise<string> {
    return (await readFile(this.logFile, 'utf8')).slice(-LOG_TAIL_BYTES);
  }
}
