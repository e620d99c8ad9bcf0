import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where what is downloaded once is kept: outside the checkout, so that a fresh clone finds it again.
 * `CWA_KAFKA_CACHE`, else `$XDG_CACHE_HOME/cwa-kafka-bridge`, else `~/.cache/cwa-kafka-bridge`.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CWA_KAFKA_CACHE) return path.resolve(env.CWA_KAFKA_CACHE);
  const base = env.XDG_CACHE_HOME ? path.resolve(env.XDG_CACHE_HOME) : path.join(homedir(), '.cache');
  return path.join(base, 'cwa-kafka-bridge');
}

/**
 * Makes `target` (a file or a folder) exist, calling `fill` only if it does not.
 *
 * `fill` writes to a path in a folder of its own and the result is moved into place by one rename: a reader never
 * sees half of it, and of several programs that fill at the same time the first one wins and the others use its work.
 *
 * @returns whether `fill` was called.
 */
export async function fillOnce(target: string, fill: (temporary: string) => Promise<void>): Promise<boolean> {
  if (existsSync(target)) return false;
  await mkdir(path.dirname(target), { recursive: true });
  const workshop = await mkdtemp(path.join(path.dirname(target), '.filling-'));
  try {
    const temporary = path.join(workshop, path.basename(target));
    await fill(temporary);
    await rename(temporary, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return true;
}
