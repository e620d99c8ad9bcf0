import type { ServerOptions } from 'node:https';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { DoctorLimits } from '../../src/commands/doctor/limits.ts';
import { type Settings, setStage } from '../support/bridge.ts';
import { CertificateAuthority, type MadeCertificate } from '../support/certificates.ts';
import { type Diagnosis, examine, findingOf, only, warningsOf } from '../support/doctor.ts';
import { closedPort, startProxy, startSilent, startTcp, startWeb } from '../support/strange-servers.ts';

let authority: CertificateAuthority;
let certificate: MadeCertificate;

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  certificate = await authority.issue();
});
afterAll(() => authority.remove());

interface Site {
  readonly baseUrl: string;
  readonly tls?: Settings;
  readonly limits?: Partial<DoctorLimits>;
  readonly args?: readonly string[];
}

/** Everything is right but the site. */
async function examineSite({ args = [], limits, ...site }: Site): Promise<Diagnosis> {
  const stage = await setStage();
  return examine(await stage.configure({ sites: [{ name: 'lab', ...site }] }), args, limits);
}

/** A CWA server behind TLS. */
async function tlsSite(options: ServerOptions = {}): Promise<string> {
  const stage = await setStage({ hasTopics: false });
  return startProxy(stage.simulator.url, (answer) => answer, { ...certificate, ...options });
}

function local(port: number): string {
  return `http://127.0.0.1:${String(port)}`;
}

describe('doctor finds, on the way to a site,', () => {
  test('a name that does not exist', async () => {
    const diagnosis = await examineSite({ baseUrl: 'https://cwa.doctor.invalid' });
    const found = only(diagnosis, 'name-unresolved');
    expect(found).toMatchObject({ subject: 'site lab', check: 'dns' });
    expect(found.cause).toContain('cwa.doctor.invalid');
    expect(found.remedy).toContain('sites[].baseUrl');
    expect(findingOf(diagnosis, 'site lab', 'tls')).toMatchObject({
      status: 'not-tried',
      cause: 'not tried because of dns',
    });
    expect(findingOf(diagnosis, 'account watcher', 'sign-in').status).toBe('not-tried');
  });

  test('a port at which nobody listens', async () => {
    const diagnosis = await examineSite({ baseUrl: local(await closedPort()) });
    expect(only(diagnosis, 'port-closed')).toMatchObject({ check: 'port', subject: 'site lab' });
    expect(only(diagnosis, 'port-closed').remedy).toContain('sites[].baseUrl');
  });

  test('a server that does not answer the TLS handshake', async () => {
    const baseUrl = `https://127.0.0.1:${String(await startSilent())}`;
    const found = only(await examineSite({ baseUrl, limits: { handshakeMs: 300 } }), 'tls-silent');
    expect(found.remedy).toContain('sites[].baseUrl');
  });

  test('a server that does not answer HTTP', async () => {
    const found = only(
      await examineSite({ baseUrl: local(await startSilent()), limits: { exchangeMs: 300 } }),
      'http-silent',
    );
    expect(found).toMatchObject({ check: 'http' });
    expect(found.remedy).toContain('application pool');
  });
});

describe('doctor finds, in the TLS of a site,', () => {
  test('nothing amiss with the right authority', async () => {
    const diagnosis = await examineSite({ baseUrl: await tlsSite(), tls: { caFile: authority.caFile } });
    expect(diagnosis.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  test('a private authority', async () => {
    const found = only(await examineSite({ baseUrl: await tlsSite() }), 'tls-authority');
    expect(found.remedy).toContain('sites[].tls.caFile');
  });

  test('a certificate for another name', async () => {
    const other = await authority.issue({ name: 'im.fabrikam.example' });
    const diagnosis = await examineSite({ baseUrl: await tlsSite(other), tls: { caFile: authority.caFile } });
    const found = only(diagnosis, 'tls-name');
    expect(found.cause).toContain('im.fabrikam.example');
    expect(found.remedy).toContain('sites[].tls.serverName');
  });

  test('a certificate that has expired', async () => {
    const old = await authority.issue({ days: -1 });
    const diagnosis = await examineSite({ baseUrl: await tlsSite(old), tls: { caFile: authority.caFile } });
    expect(only(diagnosis, 'tls-validity').remedy).toContain('renew it');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a missing client certificate, with %s', async (maxVersion) => {
    const asks = { requestCert: true, rejectUnauthorized: true, ca: [certificate.cert], maxVersion };
    const diagnosis = await examineSite({ baseUrl: await tlsSite(asks), tls: { caFile: authority.caFile } });
    expect(only(diagnosis, 'tls-client-certificate').remedy).toContain('sites[].tls.certFile');
  });

  test('a server that speaks old versions only', async () => {
    const old: ServerOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };
    const diagnosis = await examineSite({ baseUrl: await tlsSite(old), tls: { caFile: authority.caFile } });
    const found = only(diagnosis, 'tls-version');
    expect(found.remedy).toContain('sites[].tls.minVersion: TLSv1');
    expect(found.remedy).toContain('DEFAULT@SECLEVEL=0');
  });

  test('ciphers of which none is in common', async () => {
    const weak: ServerOptions = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA' };
    const tls = { caFile: authority.caFile, ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' };
    const found = only(await examineSite({ baseUrl: await tlsSite(weak), tls }), 'tls-ciphers');
    expect(found.remedy).toContain('sites[].tls.ciphers');
  });

  test('a port without TLS', async () => {
    const port = await startWeb((_, response) => response.end());
    const found = only(await examineSite({ baseUrl: `https://127.0.0.1:${String(port)}` }), 'tls-no-tls');
    expect(found.remedy).toContain('`http:`');
  });

  test('a port with TLS that is not expected', async () => {
    const found = only(await examineSite({ baseUrl: (await tlsSite()).replace('https', 'http') }), 'not-http');
    expect(found.remedy).toContain('`https:`');
  });
});

describe('doctor finds, below the address of a site,', () => {
  test('a wrong path', async () => {
    const stage = await setStage({ hasTopics: false });
    const found = only(await examineSite({ baseUrl: `${stage.simulator.url}/im` }), 'wrong-path');
    expect(found.cause).toContain('404');
    expect(found.remedy).toContain('sites[].baseUrl');
  });

  test('a server of another program', async () => {
    const port = await startWeb((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
    expect(only(await examineSite({ baseUrl: local(port) }), 'not-this-api').remedy).toContain('sites[].baseUrl');
  });

  test('a server that shows the same page for everything', async () => {
    const port = await startWeb((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!DOCTYPE html><html>Hello</html>');
    });
    expect(only(await examineSite({ baseUrl: local(port) }), 'web-page').remedy).toContain('sites[].baseUrl');
  });

  test('a redirect, and does not show the token in it', async () => {
    const port = await startWeb((_, response) => {
      response.writeHead(302, { Location: 'https://im.fabrikam.example/?token=hush' }).end();
    });
    const found = only(await examineSite({ baseUrl: local(port) }), 'redirect');
    expect(found.cause).toContain('https://im.fabrikam.example/');
    expect(JSON.stringify(found)).not.toContain('hush');
    expect(found.remedy).toContain('sites[].baseUrl');
  });

  test('a server in trouble', async () => {
    const port = await startWeb((_, response) => {
      response.writeHead(503).end();
    });
    expect(only(await examineSite({ baseUrl: local(port) }), 'server-trouble').remedy).toContain('application pool');
  });

  test('something that is no web server', async () => {
    const port = await startTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(only(await examineSite({ baseUrl: local(port) }), 'not-http').remedy).toContain('sites[].baseUrl');
  });

  test('no sign-in by forms', async () => {
    const stage = await setStage({ hasTopics: false });
    const baseUrl = await startProxy(stage.simulator.url, (answer, { url }) =>
      url === '/forms/logon.html' ? { ...answer, status: 404 } : answer,
    );
    expect(only(await examineSite({ baseUrl }), 'logon-missing').remedy).toContain('sites[].signIn: iwa');
  });

  test('a challenge for integrated sign-in', async () => {
    const stage = await setStage({ hasTopics: false });
    const baseUrl = await startProxy(stage.simulator.url, (answer, { url }) =>
      url === '/forms/logon.html'
        ? { ...answer, status: 401, headers: { 'WWW-Authenticate': 'Negotiate, NTLM' } }
        : answer,
    );
    expect(only(await examineSite({ baseUrl }), 'logon-integrated').remedy).toContain('sites[].signIn: iwa');
  });

  test.each([
    [3_600, 'failed'],
    [60, 'warning'],
  ] as const)('a clock that is %i s behind', async (seconds, status) => {
    const stage = await setStage({ hasTopics: false });
    const date = new Date(Date.now() - seconds * 1_000).toUTCString();
    const baseUrl = await startProxy(stage.simulator.url, (answer) => ({
      ...answer,
      headers: { ...answer.headers, date },
    }));
    const diagnosis = await examineSite({ baseUrl });
    const found = findingOf(diagnosis, 'site lab', 'clock');
    expect(found).toMatchObject({ status, code: 'clock-skew' });
    expect(found.cause).toMatch(/behind ours/);
    expect(found.remedy).toContain('NTP');
    if (status === 'failed') only(diagnosis, 'clock-skew');
    else expect(warningsOf(diagnosis)).toEqual(['clock-skew']);
  });
});
