import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { DevelopmentKafkaError } from './errors.ts';

const GUARD = fileURLToPath(new URL('guard.sh', import.meta.url));

/** Where the output of a guarded command goes: a pipe for us to read, or an open file descriptor. */
export type OutputTarget = 'pipe' | number;

export interface GuardedProcessOptions {
  readonly stdout: OutputTarget;
  /** Never a pipe: a pipe that nobody empties stops the command. */
  readonly stderr: number;
  /** Folder that is removed when this program dies without having stopped the command. */
  readonly scratch?: string;
}

/**
 * A command that cannot outlive this program.
 *
 * A small shell stands between us and the command (`guard.sh`). It holds the reading end of a pipe whose other end
 * is ours; when we end, by whatever cause, the pipe closes and the command gets SIGKILL. The command runs in a
 * session of its own, so that Ctrl-C in the terminal reaches us alone and we decide about the command.
 */
export class GuardedProcess {
  /** Process id of the command itself, not of its guard. */
  readonly pid: number;
  /** Exit status; 128 + signal number if a signal ended the command. Never rejects. */
  readonly ended: Promise<number>;
  readonly #guard: ChildProcess;
  #isRunning = true;

  private constructor(guard: ChildProcess, pid: number, ended: Promise<number>) {
    this.#guard = guard;
    this.pid = pid;
    this.ended = ended.finally(() => {
      this.#isRunning = false;
    });
  }

  /** @throws {@link DevelopmentKafkaError} if the shell or the command cannot be started. */
  static async start(
    command: string,
    args: readonly string[],
    options: GuardedProcessOptions,
  ): Promise<GuardedProcess> {
    const guard = spawn('sh', [GUARD, command, ...args], {
      stdio: ['pipe', options.stdout, options.stderr, 'pipe'],
      env: { ...process.env, GUARD_SCRATCH: options.scratch ?? '' },
      detached: true,
    });
    const ended = once(guard, 'exit').then(([status]) => (typeof status === 'number' ? status : 1));
    const announced = guard.stdio[3];
    if (!(announced instanceof Readable)) throw new DevelopmentKafkaError('the guard has no pipe for the process id');
    const pid = Number.parseInt(await Promise.race([text(announced), failure(guard)]), 10);
    if (!Number.isSafeInteger(pid)) throw new DevelopmentKafkaError(`the guard of ${command} told no process id`);
    // Closing the lifeline on purpose can race with the end of the guard; that is no error.
    guard.stdin?.on('error', () => undefined);
    return new GuardedProcess(guard, pid, ended);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The command's standard output. Only with `stdout: 'pipe'`. */
  get output(): Readable {
    if (this.#guard.stdout === null) throw new DevelopmentKafkaError('the output of this command goes to a file');
    return this.#guard.stdout;
  }

  /** Sends a signal to the command. Does nothing after its end: the process id may belong to someone else by then. */
  signal(name: NodeJS.Signals): void {
    if (this.#isRunning) process.kill(this.pid, name);
  }

  /** Ends the command at once with SIGKILL, which also reaches a stopped process, and waits for its end. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}

async function failure(guard: ChildProcess): Promise<never> {
  const [error] = (await once(guard, 'error')) as [Error];
  throw new DevelopmentKafkaError(`cannot start a shell for Kafka: ${error.message}`, { cause: error });
}
