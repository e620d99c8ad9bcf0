import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { onTestFinished } from 'vitest';

import { until } from './until.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

export interface ChildOutcome {
  /** Null if a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `cwa-bridge` as a process of its own. Killed by its id when the test is over, however that went. */
export class Child {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stdout = '';
  #stderr = '';

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#exited = once(child, 'close');
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
  }

  static start(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Child {
    const flags = ['--disable-warning=TimeoutNegativeWarning', MAIN];
    const child = new Child(spawn(process.execPath, [...flags, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    onTestFinished(async () => {
      child.signal('SIGKILL');
      await child.#exited;
    });
    return child;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get stdout(): string {
    return this.#stdout;
  }

  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGINT' | 'SIGHUP'): void {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill(name);
  }

  /** Waits for the end; the limit is that of {@link until}. */
  async outcome(): Promise<ChildOutcome> {
    await until('the process has ended', () => this.#process.exitCode !== null || this.#process.signalCode !== null, {
      describe: () => this.#stderr,
    });
    await this.#exited;
    return { status: this.#process.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  /** Sends a signal and waits for the end. */
  async end(name: 'SIGTERM' | 'SIGKILL' | 'SIGINT' = 'SIGTERM'): Promise<ChildOutcome> {
    this.signal(name);
    return this.outcome();
  }
}
