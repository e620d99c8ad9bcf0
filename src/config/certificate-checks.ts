import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

import { messageOf } from '../lib/errors.ts';
import { shown } from './problem.ts';
import type { Problem } from './problem.ts';
import { Secret } from './secret.ts';

/** The TLS settings of a site or of Kafka, as far as they name files. */
export interface CertificateFiles {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  readonly keyPassphrase: string | null;
  readonly keyPassphraseFile: string | null;
  readonly ciphers?: string | null;
}

/**
 * Opens the certificates and the key as a connection would. Node.js passes over a certificate authority that it cannot
 * read, and says only at the first connection that a key does not open. Files that cannot be read at all are left to
 * the check of files.
 */
export async function certificateProblems(path: string, tls: CertificateFiles): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const authorities = await contentOf(tls.caFile);
  const fault = authorities === null ? null : authorityFault(authorities.toString('latin1'));
  if (fault !== null) {
    problems.push(problem(`${path}.caFile`, fault, 'a file of whole PEM certificates', tls.caFile));
  }
  const [cert, key] = [await contentOf(tls.certFile), await contentOf(tls.keyFile)];
  if (cert === null || key === null) return problems;
  try {
    const passphrase = await passphraseOf(tls);
    const { ciphers = null } = tls;
    // OpenSSL keeps a pair for each kind of key, and does not see that a certificate of another kind lacks its own.
    const pair = { key, ...(passphrase !== null && { passphrase }) };
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(pair))) return [...problems, mismatch(path, tls)];
    createSecureContext({
      cert,
      key,
      ...(passphrase !== null && { passphrase }),
      ...(ciphers !== null && { ciphers }),
    });
  } catch (error) {
    problems.push(clientProblem(path, error, tls));
  }
  return problems;
}

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** What is wrong with a file of certificate authorities, or null. */
function authorityFault(content: string): string | null {
  // What is no PEM at all is said already.
  if (!content.includes('-----BEGIN ')) return null;
  const certificates = content.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) return 'names a file without a whole certificate';
  const unreadable = certificates.findIndex((certificate) => !isCertificate(certificate));
  return unreadable === -1 ? null : `names a file whose certificate number ${String(unreadable + 1)} cannot be read`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** OpenSSL's codes for what is wrong with a certificate and its key. */
function clientProblem(path: string, error: unknown, { certFile, keyPassphraseFile }: CertificateFiles): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/BAD_DECRYPT|BAD_PASSWORD|INTERRUPTED|MISSING_PASSPHRASE/.test(code)) {
    const message = 'does not open the key in keyFile, or is missing';
    return problem(`${path}.keyPassphraseFile`, message, 'a file with the passphrase of that key', keyPassphraseFile);
  }
  if (/TOO_SMALL|TOO_WEAK/.test(code)) {
    const remedy = `a certificate of 2048 bits signed with SHA-256, or "DEFAULT@SECLEVEL=0" as ciphers of a site`;
    return problem(`${path}.certFile`, 'names a certificate that is too weak for OpenSSL 3', remedy, certFile);
  }
  if (code === 'ERR_SSL_NO_CIPHER_MATCH') return problem(`${path}.ciphers`, 'names no cipher', 'one that exists', null);
  const message = `cannot be used with keyFile (${messageOf(error)})`;
  return problem(`${path}.certFile`, message, 'a certificate and its key, both as PEM', certFile);
}

function mismatch(path: string, { keyFile }: CertificateFiles): Problem {
  return problem(`${path}.keyFile`, 'names another key than that of certFile', 'the key of that certificate', keyFile);
}

async function passphraseOf({ keyPassphrase, keyPassphraseFile }: CertificateFiles): Promise<string | null> {
  return keyPassphraseFile === null ? keyPassphrase : Secret.ofFile(keyPassphraseFile).read();
}

async function contentOf(file: string | null): Promise<Buffer | null> {
  if (file === null) return null;
  return readFile(file).catch(() => null);
}

function problem(path: string, message: string, remedy: string, file: string | null): Problem {
  return { path, message, remedy, value: file === null ? null : shown(file), source: null };
}
