import type { Readable, Writable } from 'node:stream';

/** 0 done, 1 failed, 2 invalid configuration or usage (design §5). */
export type ExitStatus = 0 | 1 | 2;

/** The world of a command; tests pass their own. */
export interface CommandIo {
  /** Machine output. */
  readonly stdout: Writable;
  /** Words. */
  readonly stderr: Writable;
  readonly stdin: Readable;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** The whole help: usage, options with their units and defaults, exit status. */
  readonly help: string;
  /** @throws {@link UsageError} if the arguments are wrong. */
  run(args: readonly string[], io: CommandIo): Promise<ExitStatus>;
}

/** The arguments are wrong: exit status 2, with the message and a hint at `--help`. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
