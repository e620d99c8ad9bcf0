import { open, readFile } from 'node:fs/promises';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { GuardedProcess } from '../kafka/guarded-process.ts';

const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface CommandOutcome {
  readonly status: number;
  /** For machines. */
  readonly stdout: string;
  /** For people. */
  readonly stderr: string;
}

/**
 * Runs one `cwa-bridge` command to its end, which comes with a kill when the signal aborts.
 *
 * @param errorFile for what it writes to standard error, because nothing may wait for us to read it.
 * @throws the signal's reason when it aborts.
 */
export async function runBridgeCommand(
  args: readonly string[],
  errorFile: string,
  signal: AbortSignal,
): Promise<CommandOutcome> {
  signal.throwIfAborted();
  const errors = await open(errorFile, 'w');
  try {
    const flags = ['--disable-warning=TimeoutNegativeWarning', PROGRAM];
    const stdio = { stdout: 'pipe', stderr: errors.fd } as const;
    const child = await GuardedProcess.start(process.execPath, [...flags, ...args], stdio);
    const kill = (): void => child.signal('SIGKILL');
    signal.addEventListener('abort', kill);
    const stdout = await text(child.output);
    const status = await child.ended;
    signal.removeEventListener('abort', kill);
    signal.throwIfAborted();
    return { status, stdout, stderr: await readFile(errorFile, 'utf8') };
  } finally {
    await errors.close();
  }
}
