import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { DevelopmentKafkaError, textOf } from './errors.ts';

const run = promisify(execFile);

/** A cold download is 50 to 110 MB and takes seconds; this is for slow links. */
const DOWNLOAD_TIMEOUT_MS = 300_000;

/**
 * Runs Maven to download something once.
 *
 * @param what names it in messages.
 * @param args goal and properties.
 * @throws {@link DevelopmentKafkaError} if Maven or the network is missing.
 */
export async function runMaven(what: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  // Maven writes a `target` folder beside the pom in some set-ups: let that be elsewhere than in the checkout.
  const scratch = await mkdtemp(path.join(tmpdir(), 'cwa-kafka-maven-'));
  try {
    await run('mvn', ['-q', '-B', ...args], { cwd: scratch, env, timeout: DOWNLOAD_TIMEOUT_MS });
  } catch (error) {
    throw new DevelopmentKafkaError(explain(what, error), { cause: error });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function explain(what: string, error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return `Maven is needed to download ${what} once, and "mvn" is not on the PATH`;
  }
  const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
  const reason = /\[ERROR\] (.*)/.exec(output)?.[1] ?? textOf(error);
  return `Maven could not download ${what}: ${reason}`;
}
