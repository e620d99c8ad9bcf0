import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cacheFolder, fillOnce } from '../../../dev/kafka/cache-folder.ts';
import { INSTALL_TIMEOUT_MS } from './debian-packages.ts';

const run = promisify(execFile);

const VERSION = '7.0.0';

/**
 * The npm package `kerberos`, which is compiled by the first call on this machine and kept outside the checkout: it is
 * no dependency of this project. Needs the packages of Debian, a C++ compiler and the registry.
 *
 * @returns what to import.
 */
export async function kerberosPackage(): Promise<string> {
  const folder = join(cacheFolder(), `kerberos-${VERSION}-${process.platform}-${process.arch}`);
  await fillOnce(folder, install);
  return join(folder, 'node_modules', 'kerberos', 'lib', 'index.js');
}

async function install(folder: string): Promise<void> {
  await mkdir(folder);
  const args = ['install', '--no-save', '--no-package-lock', '--prefix', folder, `kerberos@${VERSION}`];
  try {
    await run('npm', args, { cwd: folder, timeout: INSTALL_TIMEOUT_MS });
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    const need = `the npm package kerberos@${VERSION}, and for it a C++ compiler, make, Python and libkrb5-dev`;
    throw new Error(`The test of Kerberos needs ${need}.\n${stderr}`, { cause });
  }
}
