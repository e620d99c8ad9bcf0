import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

import { GuardedProcess } from './guarded-process.ts';
import { type KafkaInstallation, javaArguments } from './installation.ts';

const HEAP_MIB = 256;

/** How a tool ended. */
export interface ToolOutcome {
  readonly status: number;
  /** Everything it wrote to standard error. */
  readonly errors: string;
}

/** One run of one of Kafka's command-line tools. */
export class KafkaTool {
  readonly #process: GuardedProcess;
  readonly #scratch: string;
  readonly #signal: AbortSignal;
  readonly #kill: () => void;

  private constructor(tool: GuardedProcess, scratch: string, signal: AbortSignal) {
    this.#process = tool;
    this.#scratch = scratch;
    this.#signal = signal;
    this.#kill = () => {
      tool.signal('SIGKILL');
    };
    signal.addEventListener('abort', this.#kill);
    if (signal.aborted) this.#kill();
  }

  /**
   * Starts a tool, which is killed when the signal aborts. Whoever starts it ends it with {@link end}.
   *
   * @throws the signal's reason when it aborted before.
   */
  static async start(
    kafka: KafkaInstallation,
    mainClass: string,
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<KafkaTool> {
    signal.throwIfAborted();
    const jvm = javaArguments(kafka, mainClass, { heapMiB: HEAP_MIB });
    const scratch = await mkdtemp(path.join(tmpdir(), 'cwa-kafka-tool-'));
    const errors = await open(errorFile(scratch), 'w');
    try {
      const stdio = { stdout: 'pipe', stderr: errors.fd, scratch } as const;
      return new KafkaTool(await GuardedProcess.start(kafka.java.command, [...jvm, ...args], stdio), scratch, signal);
    } finally {
      await errors.close();
    }
  }

  /** Standard output; to be read to its end before {@link outcome} is asked. */
  get output(): Readable {
    return this.#process.output;
  }

  /** @throws the signal's reason when it aborted. */
  async outcome(): Promise<ToolOutcome> {
    const status = await this.#process.ended;
    this.#signal.throwIfAborted();
    return { status, errors: await readFile(errorFile(this.#scratch), 'utf8') };
  }

  /** Kills the tool if it still runs, and removes its files. */
  async end(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#kill);
    await this.#process.kill();
    await rm(this.#scratch, { recursive: true, force: true });
  }
}

function errorFile(scratch: string): string {
  return path.join(scratch, 'errors.log');
}
