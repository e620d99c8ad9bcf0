import { stat } from 'node:fs/promises';

import type { BridgeConfiguration } from './configuration.ts';
import type { Secret } from './secret.ts';

/** A secret file that others than its owner may read. */
export interface OpenFile {
  /** Path of the setting that names it. */
  readonly path: string;
  readonly file: string;
  /** Its rights in octal, such as `0644`. */
  readonly mode: string;
  readonly readableBy: 'its group' | 'everybody';
}

const GROUP_READ = 0o040;
const OTHERS_READ = 0o004;

/** Secret files that their group or everybody may read, in the order of the configuration. Nothing on Windows. */
export async function openSecretFiles(configuration: BridgeConfiguration): Promise<readonly OpenFile[]> {
  if (process.platform === 'win32') return [];
  const found = await Promise.all(secretFilesOf(configuration).map(([path, file]) => openFile(path, file)));
  return found.filter((open) => open !== null);
}

/** A finding as one line for people. */
export function formatOpenFile({ path, file, mode, readableBy }: OpenFile): string {
  return `${path}: ${file} (${mode}) can be read by ${readableBy}; leave it to the user of the bridge: chmod 600`;
}

async function openFile(path: string, file: string): Promise<OpenFile | null> {
  // One that is away is no matter of rights.
  const mode = (await stat(file).catch(() => null))?.mode ?? 0;
  if ((mode & (GROUP_READ | OTHERS_READ)) === 0) return null;
  const readableBy = (mode & OTHERS_READ) === 0 ? 'its group' : 'everybody';
  return { path, file, mode: `0${(mode & 0o777).toString(8)}`, readableBy };
}

function secretFilesOf(configuration: BridgeConfiguration): readonly (readonly [path: string, file: string])[] {
  const { accounts, kafka, privacy, sealing, sites } = configuration;
  return [
    ...sites.flatMap(({ tls }, index) => keyFilesOf(`sites[${String(index)}].tls`, tls)),
    ...accounts.flatMap(({ password }, index) => fileOf(`accounts[${String(index)}].passwordFile`, password)),
    ...keyFilesOf('kafka.ssl', kafka.ssl),
    ...fileOf('kafka.sasl.passwordFile', kafka.sasl?.password),
    ...fileOf('kafka.schemaRegistry.passwordFile', kafka.schemaRegistry?.password),
    ...sealing.keys.flatMap(({ key }, index) => fileOf(`sealing.keys[${String(index)}].keyFile`, key)),
    ...privacy.pseudonymKeys.flatMap(({ key }, index) =>
      fileOf(`privacy.pseudonymKeys[${String(index)}].keyFile`, key),
    ),
  ];
}

function keyFilesOf(
  path: string,
  { keyFile, keyPassphrase }: BridgeConfiguration['kafka']['ssl'] | BridgeConfiguration['sites'][number]['tls'],
): readonly (readonly [string, string])[] {
  return [
    ...(keyFile === null ? [] : [[`${path}.keyFile`, keyFile] as const]),
    ...fileOf(`${path}.keyPassphraseFile`, keyPassphrase),
  ];
}

function fileOf(path: string, secret: Secret | null | undefined): readonly (readonly [string, string])[] {
  const file = secret?.file ?? null;
  return file === null ? [] : [[path, file]];
}
