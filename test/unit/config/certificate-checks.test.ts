import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { type CertificateFiles, certificateProblems } from '../../../src/config/certificate-checks.ts';
import { fileOf } from './builders.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/cwa/tls/${name}`, import.meta.url), 'utf8');
const CERTIFICATE = fixture('test-only.cert.pem');
const KEY = fixture('test-only.key.pem');
const BROKEN = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const PASSPHRASE = 'canary-93ab';

const NONE: CertificateFiles = {
  caFile: null,
  certFile: null,
  keyFile: null,
  keyPassphrase: null,
  keyPassphraseFile: null,
};

function encrypted(): string {
  const cipher = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE } as const;
  return String(createPrivateKey(KEY).export({ type: 'pkcs8', format: 'pem', ...cipher }));
}

async function problemsOf(files: Partial<CertificateFiles>): Promise<readonly string[]> {
  const problems = await certificateProblems('x.tls', { ...NONE, ...files });
  return problems.map(({ message, path }) => `${path} ${message}`);
}

describe('certificate authorities', () => {
  test('may be several in one file, with words between them', async () => {
    expect(await problemsOf({ caFile: await fileOf(`one:\n${CERTIFICATE}two:\n${CERTIFICATE}`) })).toEqual([]);
  });

  test('that Node.js would pass over in silence are named by their number', async () => {
    expect(await problemsOf({ caFile: await fileOf(CERTIFICATE + BROKEN) })).toEqual([
      'x.tls.caFile names a file whose certificate number 2 cannot be read',
    ]);
    expect(await problemsOf({ caFile: await fileOf(KEY) })).toEqual([
      'x.tls.caFile names a file without a whole certificate',
    ]);
  });
});

describe('a client certificate', () => {
  const certFile = (): Promise<string> => fileOf(CERTIFICATE);

  test('and its key fit, in clear and encrypted', async () => {
    expect(await problemsOf({ certFile: await certFile(), keyFile: await fileOf(KEY) })).toEqual([]);
    const keyFile = await fileOf(encrypted());
    expect(await problemsOf({ certFile: await certFile(), keyFile, keyPassphrase: PASSPHRASE })).toEqual([]);
    const keyPassphraseFile = await fileOf(`${PASSPHRASE}\n`);
    expect(await problemsOf({ certFile: await certFile(), keyFile, keyPassphraseFile })).toEqual([]);
  });

  test('with the key of another one is found out', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keyFile = await fileOf(String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    expect(await problemsOf({ certFile: await certFile(), keyFile })).toEqual([
      'x.tls.keyFile names another key than that of certFile',
    ]);
  });

  test('with a key that does not open is found out, and the passphrase stays secret', async () => {
    const keyFile = await fileOf(encrypted());
    const message = 'x.tls.keyPassphraseFile does not open the key in keyFile, or is missing';
    expect(await problemsOf({ certFile: await certFile(), keyFile })).toEqual([message]);
    expect(await problemsOf({ certFile: await certFile(), keyFile, keyPassphrase: 'canary' })).toEqual([message]);
    const problems = await certificateProblems('x', {
      ...NONE,
      certFile: await certFile(),
      keyFile,
      keyPassphrase: 'canary',
    });
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  test('that is no certificate is found out; what cannot be read is left to the check of files', async () => {
    const keyFile = await fileOf(KEY);
    expect((await problemsOf({ certFile: await fileOf(BROKEN), keyFile }))[0]).toMatch(
      /^x\.tls\.certFile cannot be used/,
    );
    expect(await problemsOf({ caFile: '/nowhere', certFile: '/nowhere', keyFile })).toEqual([]);
  });
});
