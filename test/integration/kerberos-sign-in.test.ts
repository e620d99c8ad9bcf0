import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { CwaClient } from '../../src/cwa/client.ts';
import type { CwaClientOptions } from '../../src/cwa/client.ts';
import { SignInRefusedError, TransientError } from '../../src/cwa/errors.ts';
import { loadKerberosPackage } from '../../src/cwa/sign-in/kerberos.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { Apache, USER_HEADER } from '../support/windows-sign-in/apache.ts';
import { INSTALL_TIMEOUT_MS } from '../support/windows-sign-in/debian-packages.ts';
import { kerberosPackage } from '../support/windows-sign-in/kerberos-package.ts';
import { Realm, REALM } from '../support/windows-sign-in/realm.ts';

const SERVICE = 'HTTP/localhost';
/** Accounts of the server; the last is not on it. */
const NAMES = ['svc-one', 'svc-two', 'svc-stale', 'svc-locked', 'svc-gone'] as const;

let realm: Realm;
let simulator: Simulator;
let apache: Apache;
let packagePath: string;
/** Folder of the ticket caches. */
let tickets: string;

beforeAll(async () => {
  tickets = mkdtempSync(join(tmpdir(), 'cwa-tickets-'));
  realm = await Realm.create();
  await realm.add(SERVICE);
  for (const name of NAMES) await realm.add(name);
  const keytab = await realm.keytab('http.keytab', SERVICE);
  const clientKeytab = await realm.keytab('client.keytab', ...NAMES);
  // What became of three of them since their keys were written.
  await realm.admin('cpw -randkey svc-stale');
  await realm.admin('modprinc -allow_tix svc-locked');
  await realm.admin('delprinc -force svc-gone');
  const accounts = NAMES.map((name) => ({
    user: `${name}@${REALM}`,
    password: 'not used here',
    uri: `sip:${name}@cwa.example`,
  }));
  simulator = await startSimulator({ accounts, integratedUserHeader: USER_HEADER });
  const { environment } = realm;
  apache = await Apache.start({ backend: simulator.url, mechanism: { kind: 'kerberos', keytab, environment } });
  packagePath = await kerberosPackage();
  // Of gss-ntlmssp, which is on this machine for Apache, the library knows nothing then: it would hide causes.
  Object.assign(process.env, environment, { KRB5_CLIENT_KTNAME: clientKeytab, GSS_MECH_CONFIG: '/dev/null' });
}, 2 * INSTALL_TIMEOUT_MS);

// Tickets that an earlier test got are not at hand.
beforeEach(() => {
  process.env.KRB5CCNAME = `DIR:${mkdtempSync(join(tickets, 'of-one-test-'))}`;
});

afterAll(async () => {
  await apache.stop();
  await simulator.close();
  await realm.remove();
  rmSync(tickets, { recursive: true });
});

interface Set {
  readonly spn?: string;
  readonly loadKerberos?: () => ReturnType<typeof loadKerberosPackage>;
}

function clientOf(name: string, { loadKerberos, spn = SERVICE }: Set = {}): CwaClient {
  const options: CwaClientOptions = {
    baseUrl: apache.url,
    user: `${name}@${REALM}`,
    password: () => Promise.resolve(null),
    uri: null,
    clock: systemClock,
    integrated: {
      mechanism: 'kerberos',
      spn,
      workstation: 'BRIDGE',
      loadKerberos: loadKerberos ?? (() => loadKerberosPackage(packagePath)),
      randomBytes,
    },
  };
  const client = new CwaClient(options);
  onTestFinished(() => client.close());
  return client;
}

function signIn(client: CwaClient): Promise<{ readonly uri: string | null }> {
  return client.signIn(AbortSignal.timeout(60_000));
}

describe('an account with a key', () => {
  test('signs in, opens a session and polls', async () => {
    const client = clientOf('svc-one');
    expect(await signIn(client)).toMatchObject({ uri: 'sip:svc-one@cwa.example' });
    const { session } = await client.initiateSession({ rid: '1' }, AbortSignal.timeout(60_000));
    const poll = { sid: session?.sid ?? '', ackId: '0', isUserActive: true };
    expect(await client.poll(poll, AbortSignal.timeout(60_000))).toMatchObject({ kind: 'events' });
  });

  test('signs in as itself beside others in the same program', async () => {
    const uris = [];
    for (const name of ['svc-one', 'svc-two', 'svc-one']) uris.push((await signIn(clientOf(name))).uri);
    expect(uris).toEqual(['sip:svc-one@cwa.example', 'sip:svc-two@cwa.example', 'sip:svc-one@cwa.example']);
  });
});

describe('an account that the directory refuses stops', () => {
  test.each([
    ['whose key is an old one', 'svc-stale', 'Preauthentication failed; the key in the keytab is not that'],
    ['that is locked', 'svc-locked', 'credentials have been revoked; the account is disabled, locked'],
    ['that is gone', 'svc-gone', 'not found in Kerberos database; check accounts[].user'],
  ])('%s', async (_what, name, message) => {
    const error = await signIn(clientOf(name)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SignInRefusedError);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain(`no Kerberos ticket of ${name}@${REALM} for ${SERVICE}: `);
  });
});

describe('an account without a ticket is tried again', () => {
  test.each([
    [
      'that has no key here',
      'svc-other',
      SERVICE,
      `Can't find client principal`,
      'check that KRB5_CLIENT_KTNAME names',
    ],
    ['for a service that nobody knows', 'svc-one', 'HTTP/other.example', 'not found in Kerberos database', 'setspn -Q'],
  ])('%s', async (_what, name, spn, said, advice) => {
    const error = await signIn(clientOf(name, { spn })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ reason: 'kerberos' });
    expect(String(error)).toContain(said);
    expect(String(error)).toContain(advice);
  });

  test('while the key distribution centre is away, and signs in when it is back', async () => {
    await realm.stopCentre();
    const error = await signIn(clientOf('svc-one')).catch((reason: unknown) => reason);
    await realm.startCentre();
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toMatch(/Cannot contact any KDC .*; check krb5.conf \(KRB5_CONFIG\)/);
    expect(await signIn(clientOf('svc-one'))).toMatchObject({ uri: 'sip:svc-one@cwa.example' });
  });
});

test('a ticket that the server cannot read is a refusal', async () => {
  // The service gets a new key, of which the server's keytab knows nothing.
  await realm.admin(`cpw -randkey ${SERVICE}`);
  const error = await signIn(clientOf('svc-one')).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SignInRefusedError);
  expect(String(error)).toMatch(/the server refused the Kerberos ticket .*: Key version is not available; .*setspn -Q/);
});
