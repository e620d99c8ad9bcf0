import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import process from 'node:process';

/** A unit of the kernel's accounting of processor time: always 10 ms on Linux, for programs that read `/proc`. */
const TICK_US = 10_000;

/** One contestant, as a process of its own so that none warms up or burdens another. */
export class Subject {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #errors = '';

  /** @param args of Node. */
  constructor(args: readonly string[]) {
    const flags = ['--disable-warning=TimeoutNegativeWarning'];
    this.#child = spawn(process.execPath, [...flags, ...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#exited = once(this.#child, 'exit');
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4_000);
    });
  }

  /** What it wrote last to standard error. */
  get lastWords(): string {
    return this.#errors;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks a program of ours how many records it has sent. */
  async count(): Promise<number> {
    this.#child.send('count');
    const [count] = (await once(this.#child, 'message')) as [number];
    return count;
  }

  /** Processor time so far, user and system, in microseconds; 0 where there is no `/proc`. */
  async cpuUs(): Promise<number> {
    try {
      const stat = await readFile(`/proc/${this.#child.pid ?? 0}/stat`, 'utf8');
      // Fields 14 and 15; the name in field 2 may hold blanks, so they are counted from its closing bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_US;
    } catch {
      return 0;
    }
  }

  /** SIGTERM, and SIGKILL if it does not help within five seconds. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await this.#exited;
    clearTimeout(late);
  }
}
