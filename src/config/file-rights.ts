import { stat } from 'node:fs/promises';

import type { BridgeConfiguration } from './configuration.ts';
import { type SecretFile, secretFilesOf } from './secret-files.ts';

/** A secret file that others than its owner may read. */
export interface OpenFile extends SecretFile {
  /** Its rights in octal, such as `0644`. */
  readonly mode: string;
  readonly readableBy: 'its group' | 'everybody';
}

const GROUP_READ = 0o040;
const OTHERS_READ = 0o004;

/** Secret files that their group or everybody may read, in the order of the configuration. Nothing on Windows. */
export async function openSecretFiles(configuration: BridgeConfiguration): Promise<readonly OpenFile[]> {
  if (process.platform === 'win32') return [];
  const found = await Promise.all(secretFilesOf(configuration).map(openFile));
  return found.filter((open) => open !== null);
}

/** A finding as one line for people. */
export function formatOpenFile({ path, file, mode, readableBy }: OpenFile): string {
  return `${path}: ${file} (${mode}) can be read by ${readableBy}; leave it to the user of the bridge: chmod 600`;
}

async function openFile({ file, path }: SecretFile): Promise<OpenFile | null> {
  // One that is away is no matter of rights.
  const mode = (await stat(file).catch(() => null))?.mode ?? 0;
  if ((mode & (GROUP_READ | OTHERS_READ)) === 0) return null;
  const readableBy = (mode & OTHERS_READ) === 0 ? 'its group' : 'everybody';
  return { path, file, mode: `0${(mode & 0o777).toString(8)}`, readableBy };
}
