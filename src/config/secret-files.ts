import type { BridgeConfiguration } from './configuration.ts';
import type { Secret } from './secret.ts';

/** A file with something secret in it. */
export interface SecretFile {
  /** Path of the setting that names it, such as `accounts[0].passwordFile`. */
  readonly path: string;
  readonly file: string;
}

/** Every file that a secret comes from, in the order of the configuration. */
export function secretFilesOf(configuration: BridgeConfiguration): readonly SecretFile[] {
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
): readonly SecretFile[] {
  return [
    ...(keyFile === null ? [] : [{ path: `${path}.keyFile`, file: keyFile }]),
    ...fileOf(`${path}.keyPassphraseFile`, keyPassphrase),
  ];
}

function fileOf(path: string, secret: Secret | null | undefined): readonly SecretFile[] {
  const file = secret?.file ?? null;
  return file === null ? [] : [{ path, file }];
}
