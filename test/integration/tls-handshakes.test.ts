import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import type { TransientError } from '../../src/cwa/errors.ts';
import { CertificateAuthority, type CertificateRequest, type MadeCertificate } from '../support/certificates.ts';
import { localhost, startTlsSite, tlsClient } from '../support/tls-site.ts';

type TlsSettings = Readonly<Record<string, unknown>>;

const LEVEL_0 = 'DEFAULT@SECLEVEL=0';
const PASSPHRASE = 'open sesame';

let authority: CertificateAuthority;
let other: CertificateAuthority;
let good: MadeCertificate;

beforeAll(async () => {
  [authority, other] = await Promise.all([CertificateAuthority.create(), CertificateAuthority.create()]);
  good = await authority.issue();
});

afterAll(async () => {
  await authority.remove();
  await other.remove();
});

/** What becomes of one poll, where the authority is trusted: null, or the error. */
function pollOf(url: string, tls: TlsSettings): Promise<TransientError | null> {
  return pollOnce(url, { caFile: authority.caFile, ...tls });
}

async function pollOnce(url: string, tls: TlsSettings): Promise<TransientError | null> {
  const client = await tlsClient(url, tls);
  return client.poll();
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8');
}

describe('a server that speaks one version', () => {
  const speaking = (version: SecureVersion): Promise<string> =>
    startTlsSite({ cert: good.cert, key: good.key, minVersion: version, maxVersion: version });

  test.each(['TLSv1', 'TLSv1.1'] as const)('%s needs the version and the security level', async (version) => {
    const url = await speaking(version);
    for (const tls of [
      {},
      { ciphers: LEVEL_0 },
      { minVersion: 'TLSv1' },
      { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=1' },
    ]) {
      const error = await pollOf(url, tls);
      expect(error).toMatchObject({ reason: 'tls' });
      expect(error?.message).toContain(
        'set `sites[].tls.minVersion: TLSv1` and `sites[].tls.ciphers: DEFAULT@SECLEVEL=0`',
      );
    }
    expect(await pollOf(url, { minVersion: 'TLSv1', ciphers: LEVEL_0 })).toBeNull();
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is reached as it is', async (version) => {
    expect(await pollOf(await speaking(version), {})).toBeNull();
  });

  test('is reached with AES-CBC and RSA key exchange as it comes', async () => {
    const old = { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:@SECLEVEL=0' } as const;
    expect(await pollOf(await startTlsSite({ cert: good.cert, key: good.key, ...old }), {})).toBeNull();
  });

  test('older than the site allows is refused with the setting that would take it', async () => {
    const error = await pollOf(await speaking('TLSv1.2'), { minVersion: 'TLSv1.3' });
    expect(error?.message).toContain('the server does not speak TLSv1.3');
    expect(error?.message).toContain('set `sites[].tls.minVersion: TLSv1.2`');
  });
});

describe('a certificate', () => {
  const showing = async (request: CertificateRequest): Promise<string> => {
    const { cert, key } = await authority.issue(request);
    return startTlsSite({ cert, key });
  };

  test.each<[string, CertificateRequest, string]>([
    ['signed with SHA-1', { digest: 'sha1' }, LEVEL_0],
    ['signed with MD5', { digest: 'md5' }, LEVEL_0],
    ['of 1024 bits', { bits: 1024 }, 'DEFAULT@SECLEVEL=1'],
  ])('%s is taken at a lower security level only', async (_, request, ciphers) => {
    const url = await showing(request);
    const error = await pollOf(url, {});
    expect(error).toMatchObject({ reason: 'tls' });
    expect(error?.message).toContain('is too weak for OpenSSL 3');
    expect(error?.message).toContain('set `sites[].tls.ciphers: DEFAULT@SECLEVEL=0`');
    expect(await pollOf(url, { ciphers })).toBeNull();
  });

  test('that has expired is refused whatever the settings', async () => {
    const url = await showing({ days: -1 });
    expect((await pollOf(url, {}))?.message).toContain('has expired (CERT_HAS_EXPIRED); renew it on the server');
    expect(await pollOf(url, { ciphers: LEVEL_0 })).not.toBeNull();
    expect(await pollOf(url, { rejectUnauthorized: false })).toBeNull();
  });

  test('for another name is taken when the site names it', async () => {
    const url = await showing({ name: 'im.example' });
    const error = await pollOf(url, {});
    expect(error?.message).toContain('for another name than the host of `sites[].baseUrl`');
    expect(error?.message).toContain('DNS:im.example');
    expect(await pollOf(url, { serverName: 'im.example' })).toBeNull();
    expect((await pollOf(url, { serverName: 'x.example' }))?.message).toContain('`sites[].tls.serverName` (x.example)');
  });

  test('without alternative names counts by its common name', async () => {
    expect(await pollOf(await showing({ alternativeNames: null }), {})).toBeNull();
  });

  test('of a private authority needs that authority, which may stand among others in the file', async () => {
    const url = await startTlsSite({ cert: good.cert, key: good.key });
    expect((await pollOnce(url, {}))?.message).toContain('name it in `sites[].tls.caFile`');
    expect((await pollOf(url, { caFile: other.caFile }))?.message).toContain(
      `no authority in \`sites[].tls.caFile\` (${other.caFile}) vouches for the server`,
    );
    const both = await joined('both.pem', other.caFile, authority.caFile);
    expect(await pollOf(url, { caFile: both })).toBeNull();
  });

  test('of an authority that is itself SHA-1 and 1024 bits is taken where the bits are', async () => {
    const weak = await CertificateAuthority.create({ bits: 1024, digest: 'sha1' });
    onTestFinished(() => weak.remove());
    const { cert, key } = await weak.issue();
    const url = await startTlsSite({ cert, key });
    expect((await pollOf(url, { caFile: weak.caFile }))?.message).toContain('is too weak for OpenSSL 3');
    expect(await pollOf(url, { caFile: weak.caFile, ciphers: 'DEFAULT@SECLEVEL=1' })).toBeNull();
  });
});

describe('a client certificate', () => {
  const asking = async (maxVersion: SecureVersion = 'TLSv1.2'): Promise<string> => {
    const ca = [await readText(authority.caFile)];
    return startTlsSite({
      cert: good.cert,
      key: good.key,
      ca,
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion,
    });
  };

  test('is missed where the server wants one', async () => {
    expect((await pollOf(await asking(), {}))?.message).toContain(
      'it wants a client certificate (`certFile`, `keyFile`)',
    );
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is shown over %s, also with an encrypted key', async (version) => {
    const url = await asking(version);
    const { certFile, keyFile } = good;
    expect(await pollOf(url, { certFile, keyFile })).toBeNull();
    const encrypted = await authority.encrypt(good, PASSPHRASE);
    expect(await pollOf(url, { certFile, keyFile: encrypted, keyPassphrase: PASSPHRASE })).toBeNull();
    const keyPassphraseFile = join(authority.folder, 'passphrase');
    await writeFile(keyPassphraseFile, `${PASSPHRASE}\n`);
    expect(await pollOf(url, { certFile, keyFile: encrypted, keyPassphraseFile })).toBeNull();
  });
});

describe('what answers without TLS', () => {
  const listening = async (answer: string | null): Promise<string> => {
    const server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => (answer === null ? socket.resetAndDestroy() : socket.end(answer)));
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return localhost((server.address() as AddressInfo).port);
  };

  test('is known by its words', async () => {
    const error = await pollOf(await listening('HTTP/1.1 400 Bad Request\r\n\r\n'), {});
    expect(error).toMatchObject({ reason: 'tls' });
    expect(error?.message).toContain('begin it with `http:`');
  });

  test.each([
    ['closes', ''],
    ['resets', null],
  ])(
    'and %s the connection during the handshake may be an old Windows, or a balancer: it is tried again soon',
    async (_, answer) => {
      const error = await pollOf(await listening(answer), {});
      expect(error).toMatchObject({ reason: 'connection' });
      expect(error?.message).toContain('closed the connection during the TLS handshake');
      expect(error?.message).toContain('try `sites[].tls.minVersion: TLSv1`');
    },
  );
});

describe('files that are replaced', () => {
  test('count from the next connection on, and a bad one leaves its predecessor in force', async () => {
    const caFile = join(authority.folder, 'current.pem');
    await copyFile(other.caFile, caFile);
    const client = await tlsClient(await startTlsSite({ cert: good.cert, key: good.key }), { caFile });
    expect(await client.poll()).toMatchObject({ reason: 'tls' });

    await copyFile(authority.caFile, caFile);
    expect(await client.poll()).toBeNull();
    expect(client.heard).toEqual([[caFile, null]]);

    await writeFile(caFile, '');
    expect(await client.poll()).toBeNull();
    await rm(caFile);
    expect(await client.poll()).toBeNull();
    expect(client.heard.slice(1)).toEqual([[caFile, expect.stringContaining('it is not PEM')]]);

    await copyFile(other.caFile, caFile);
    expect(await client.poll()).toMatchObject({ reason: 'tls' });
    expect(client.heard.slice(2)).toEqual([[caFile, null]]);
  });

  test('may be a client certificate and its key', async () => {
    const strict = { ca: [await readText(other.caFile)], requestCert: true, rejectUnauthorized: true };
    const url = await startTlsSite({ cert: good.cert, key: good.key, maxVersion: 'TLSv1.2', ...strict });
    const [certFile, keyFile] = [join(authority.folder, 'client.pem'), join(authority.folder, 'client.key')];
    await copyFile(good.certFile, certFile);
    await copyFile(good.keyFile, keyFile);
    const client = await tlsClient(url, { caFile: authority.caFile, certFile, keyFile });
    expect(await client.poll()).not.toBeNull();

    const renewed = await other.issue({ name: 'bridge' });
    await copyFile(renewed.certFile, certFile);
    // Between the two copies nothing fits, and that is tried again.
    expect((await client.poll())?.message).toContain('`sites[].tls.certFile` and `keyFile` do not belong together');
    await copyFile(renewed.keyFile, keyFile);
    expect(await client.poll()).toBeNull();
  });
});

async function joined(name: string, ...files: readonly string[]): Promise<string> {
  const file = join(authority.folder, name);
  await writeFile(file, (await Promise.all(files.map(readText))).join(''));
  return file;
}
