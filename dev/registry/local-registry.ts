import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { DevelopmentKafkaError } from '../kafka/errors.ts';
import { freePorts } from '../kafka/free-ports.ts';
import { GuardedProcess } from '../kafka/guarded-process.ts';
import { installRegistry } from './installation.ts';

const HEAP_MIB = 384;
/** A start takes 3 seconds, on a busy machine much longer. */
const START_TIMEOUT_MS = 90_000;
const ASK_EVERY_MS = 100;
const LOG_TAIL_BYTES = 4_000;
/** Where Apicurio speaks the API of Confluent's registry. */
const API_PATH = '/apis/ccompat/v7';

/**
 * A real schema registry, Apicurio, as a child process on a free port of 127.0.0.1 with its contents in memory. It
 * does not outlive this program, however that ends (see {@link GuardedProcess}).
 *
 * It allows every change of a schema unless a rule is set: see {@link requireCompatibility}.
 */
export class LocalRegistry {
  /** Base address of Confluent's API. */
  readonly url: string;
  readonly #process: GuardedProcess;
  readonly #scratch: string;

  private constructor(url: string, registry: GuardedProcess, scratch: string) {
    this.url = url;
    this.#process = registry;
    this.#scratch = scratch;
  }

  /**
   * Starts a registry and resolves when it answers.
   *
   * @throws {@link DevelopmentKafkaError} if Java or Maven is missing or it does not come up.
   */
  static async start(log: (line: string) => void = () => undefined): Promise<LocalRegistry> {
    const { jar, java } = await installRegistry(log);
    const [port = 0] = await freePorts(1);
    const scratch = await mkdtemp(path.join(tmpdir(), 'cwa-registry-'));
    const output = await open(path.join(scratch, 'registry.log'), 'w');
    const target = { stdout: output.fd, stderr: output.fd, scratch };
    const registry = await GuardedProcess.start(java.command, javaArguments(jar, port), target);
    await output.close();
    const started = new LocalRegistry(`http://127.0.0.1:${String(port)}${API_PATH}`, registry, scratch);
    try {
      await started.#untilItAnswers();
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  /** Sets the rule for all subjects, such as BACKWARD_TRANSITIVE. */
  async requireCompatibility(level: string): Promise<void> {
    const response = await fetch(`${this.url}/config`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compatibility: level }),
    });
    if (!response.ok) throw new DevelopmentKafkaError(`the registry did not take ${level}: ${await response.text()}`);
  }

  /** Ends it at once. */
  async stop(): Promise<void> {
    await this.#process.kill();
    await rm(this.#scratch, { recursive: true, force: true });
  }

  async #untilItAnswers(): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await answers(`${this.url}/subjects`))) {
      const isLate = performance.now() > deadline;
      if (isLate || !this.#process.isRunning) {
        const tail = (await readFile(path.join(this.#scratch, 'registry.log'), 'utf8')).slice(-LOG_TAIL_BYTES);
        throw new DevelopmentKafkaError(`the registry ${isLate ? 'did not answer in time' : 'ended'}\n${tail}`);
      }
      await delay(ASK_EVERY_MS);
    }
  }
}

/** A small, quickly started JVM, as for Kafka. */
function javaArguments(jar: string, port: number): readonly string[] {
  return [
    `-Xmx${String(HEAP_MIB)}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    '-Dquarkus.http.host=127.0.0.1',
    `-Dquarkus.http.port=${String(port)}`,
    '-jar',
    jar,
  ];
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
