import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { cacheFolder, fillOnce } from '../../dev/kafka/cache-folder.ts';

const run = promisify(execFile);

const REQUIREMENTS = fileURLToPath(new URL('../../docs/consumers/requirements.txt', import.meta.url));

/** Cold it takes half a minute; this is for slow links. */
export const PYTHON_INSTALL_TIMEOUT_MS = 300_000;

/**
 * A Python with the packages of `docs/consumers/requirements.txt`, in a virtual environment that the first call on this
 * machine makes and that is kept outside the checkout, beside the jars of Kafka.
 *
 * @returns the path of the interpreter.
 * @throws that says what is missing: the recipes are promised to run, so nothing is skipped without it.
 */
export async function recipePython(): Promise<string> {
  const version = await pythonVersion();
  const requirements = await readFile(REQUIREMENTS, 'utf8');
  const digest = createHash('sha256').update(requirements).digest('hex').slice(0, 8);
  const environment = join(cacheFolder(), `python-${version}-${digest}`);
  await fillOnce(environment, install);
  return join(environment, 'bin', 'python');
}

async function pythonVersion(): Promise<string> {
  try {
    const { stdout } = await run('python3', ['-c', 'import platform; print(platform.python_version())']);
    return stdout.trim();
  } catch (cause) {
    throw new Error('The recipes in docs/consumers need Python 3.9 or newer as "python3" on the PATH.', { cause });
  }
}

/** The packages find their interpreter by its own path, so the environment can be moved into place when it is whole. */
async function install(environment: string): Promise<void> {
  const python = join(environment, 'bin', 'python');
  try {
    await run('python3', ['-m', 'venv', environment], { timeout: PYTHON_INSTALL_TIMEOUT_MS });
    await run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS], {
      timeout: PYTHON_INSTALL_TIMEOUT_MS,
    });
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    const need = 'Python with venv and pip, and a package index that has docs/consumers/requirements.txt';
    throw new Error(`The recipes in docs/consumers need ${need}.\n${stderr}`, { cause });
  }
}
