import { open, readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { GuardedProcess } from '../kafka/guarded-process.ts';

const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface BridgeFiles {
  readonly config: string;
  readonly log: string;
  /** A folder that is removed if this program dies without tidying up. */
  readonly scratch: string;
}

/**
 * The bridge as a child process that can be killed, frozen and started again, and that cannot outlive this program.
 * Its log is appended to one file over all starts.
 */
export class BridgeProcess {
  readonly #files: BridgeFiles;
  #process: GuardedProcess | null = null;
  #isEndExpected = false;
  readonly #onUnexpectedEnd: (status: number) => void;
  starts = 0;

  /** @param onUnexpectedEnd told the exit status when the bridge ends although nobody ended it. */
  constructor(files: BridgeFiles, onUnexpectedEnd: (status: number) => void) {
    this.#files = files;
    this.#onUnexpectedEnd = onUnexpectedEnd;
  }

  async start(): Promise<void> {
    const log = await open(this.#files.log, 'a');
    try {
      const started = await GuardedProcess.start(process.execPath, runArguments(this.#files.config), {
        stdout: log.fd,
        stderr: log.fd,
        scratch: this.#files.scratch,
      });
      this.starts += 1;
      this.#isEndExpected = false;
      this.#process = started;
      void started.ended.then((status) => {
        if (this.#process === started && !this.#isEndExpected) this.#onUnexpectedEnd(status);
      });
    } finally {
      await log.close();
    }
  }

  /** SIGKILL, also of a frozen bridge; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isEndExpected = true;
    await this.#process?.kill();
  }

  /** SIGSTOP. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  /**
   * SIGTERM, and SIGKILL after `patienceMs`.
   *
   * @returns the exit status.
   */
  async stop(patienceMs: number): Promise<number> {
    const running = this.#process;
    if (running === null) return 0;
    this.#isEndExpected = true;
    running.signal('SIGTERM');
    running.signal('SIGCONT');
    const patience = new AbortController();
    const late = delay(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([running.ended, late]);
    patience.abort();
    await running.kill();
    return running.ended;
  }
}

function runArguments(configFile: string): readonly string[] {
  return ['--disable-warning=TimeoutNegativeWarning', PROGRAM, 'run', '--config', configFile];
}

/**
 * Creates the topics of a configuration by the bridge's own command.
 *
 * @throws if it fails, with what it wrote to `logFile`.
 */
export async function createTopics(configFile: string, logFile: string): Promise<void> {
  const log = await open(logFile, 'a');
  try {
    const args = [PROGRAM, 'topics', '--create', '--config', configFile];
    const command = await GuardedProcess.start(process.execPath, args, { stdout: log.fd, stderr: log.fd });
    const status = await command.ended;
    if (status !== 0) throw new Error(`the topics could not be created:\n${await readFile(logFile, 'utf8')}`);
  } finally {
    await log.close();
  }
}
