import { messageOf } from '../lib/errors.ts';
import { findForbiddenCharacter } from '../lib/xml-characters.ts';
import { certificateProblems } from './certificate-checks.ts';
import type { CertificateFiles } from './certificate-checks.ts';
import { shown } from './problem.ts';
import type { Problem } from './problem.ts';
import type { DraftSettings } from './schema.ts';
import { isSecretKey } from './secret-key.ts';
import { Secret } from './secret.ts';

/** A file that the configuration names: where it is named, and what its content must be. */
interface NamedFile {
  readonly path: string;
  readonly file: string;
  /** What is wrong with the content, or null. */
  readonly fault: (content: string) => string | null;
}

/** Reads every secret and every certificate file once, so that a wrong path shows at start and not at night. */
export async function checkFiles(settings: DraftSettings): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { path, file, fault } of filesOf(settings)) {
    const message = await faultOf(file, fault);
    if (message === null) continue;
    problems.push({
      path,
      message,
      remedy: 'the path of a readable file with the right content',
      value: shown(file),
      source: null,
    });
  }
  for (const [index, { tls }] of settings.sites.entries()) {
    problems.push(...(await certificateProblems(`sites[${String(index)}].tls`, tls)));
  }
  problems.push(...(await certificateProblems('kafka.ssl', settings.kafka.ssl)));
  return problems;
}

function filesOf({ sites, accounts, kafka, privacy, sealing }: DraftSettings): readonly NamedFile[] {
  return [
    ...sites.flatMap(({ tls }, index) => pemFiles(`sites[${index}].tls`, tls)),
    ...pemFiles('kafka.ssl', kafka.ssl),
    ...named('kafka.sasl.passwordFile', kafka.sasl.passwordFile, passwordFault),
    ...named('kafka.schemaRegistry.passwordFile', kafka.schemaRegistry.passwordFile, passwordFault),
    ...named('kafka.schemaRegistry.caFile', kafka.schemaRegistry.caFile, pemFault),
    ...accounts.flatMap(({ passwordFile }, index) =>
      named(`accounts[${index}].passwordFile`, passwordFile, passwordFault),
    ),
    ...keyFiles('sealing.keys', sealing.keys),
    ...keyFiles('privacy.pseudonymKeys', privacy.pseudonymKeys),
  ];
}

function pemFiles(path: string, tls: CertificateFiles): readonly NamedFile[] {
  const files = (['caFile', 'certFile', 'keyFile'] as const).flatMap((key) =>
    named(`${path}.${key}`, tls[key], pemFault),
  );
  return [...files, ...named(`${path}.keyPassphraseFile`, tls.keyPassphraseFile, passwordFault)];
}

function keyFiles(path: string, keys: DraftSettings['sealing']['keys']): readonly NamedFile[] {
  return keys.flatMap(({ keyFile }, index) => named(`${path}[${index}].keyFile`, keyFile, keyFault));
}

function named(path: string, file: string | null, fault: NamedFile['fault']): readonly NamedFile[] {
  return file === null ? [] : [{ path, file, fault }];
}

async function faultOf(file: string, fault: NamedFile['fault']): Promise<string | null> {
  try {
    // Read as a secret is read, so that both agree about the line break at the end.
    return fault(await Secret.ofFile(file).read());
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return `names a file that cannot be read: ${messageOf(cause ?? error)}`;
  }
}

function pemFault(content: string): string | null {
  return content.includes('-----BEGIN ') ? null : 'names a file that is not PEM';
}

function keyFault(content: string): string | null {
  return isSecretKey(content) ? null : 'names a file that does not hold 32 bytes as base64';
}

/** Never says what the password is, only what is wrong with it. */
function passwordFault(content: string): string | null {
  if (content === '') return 'names an empty file';
  if (/[\r\n]/.test(content)) return 'names a file with more than one line';
  return findForbiddenCharacter(content) === null ? null : 'names a file with a character that XML cannot carry';
}
