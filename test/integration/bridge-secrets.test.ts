import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { check } from '../../src/commands/check.ts';
import { COMMAND_PATH, LOGON_IWA_PATH } from '../../src/cwa/protocol.ts';
import { resolveOptions } from '../../src/simulator/options.ts';
import { Random } from '../../src/simulator/random.ts';
import { ACCOUNT, setStage, type Settings, USERS } from '../support/bridge.ts';
import { CertificateAuthority, type MadeCertificate } from '../support/certificates.ts';
import { Child } from '../support/child.ts';
import { runCommand } from '../support/command-line.ts';
import { uniqueName } from '../support/kafka.ts';
import { MirrorSite } from '../support/mirror-site.ts';
import { PlantedSecrets } from '../support/planted-secrets.ts';
import { TopicTail } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

const secrets = new PlantedSecrets();
/** Hard to escape, and each holds a text that survives every escaping. */
const PASSWORD = secrets.plant('password', `k"e'y&l<i>PASSWORDCANARY`);
const WRONG_PASSWORD = secrets.plant('wrong password', `k"e'y&l<i>WRONGCANARY`);
const MIRROR_PASSWORD = secrets.plant('password of the mirror', 'MIRRORCANARY+/=&');
const NTLM_PASSWORD = secrets.plant('password of NTLM', 'NTLMCANARY-pass');
const SASL_PASSWORD = secrets.plant('SASL password', 'SASLCANARY-pass');
const REGISTRY_PASSWORD = secrets.plant('registry password', 'REGISTRYCANARY-pass');
const PASSPHRASE = secrets.plant('passphrase of a site', 'PASSPHRASECANARY-1');
const KAFKA_PASSPHRASE = secrets.plant('passphrase of Kafka', 'PASSPHRASECANARY-2');
const SEALING_KEY = plantKey('sealing key', 'SEALINGKEYCANARY');
const PSEUDONYM_KEY = plantKey('pseudonym key', 'PSEUDONYMKEYCANA');
/** Twenty-four bytes, so that their base64 begins every ticket. */
const TICKET_BYTES = Buffer.from(secrets.plant('ticket', 'TICKETCANARYTICKETCANARY'));
/** What the simulator gives with a sign-in. */
const SIGN_IN_DATA = secrets.plant(
  'signInData',
  Buffer.from('<signInData><workPhone>').toString('base64').slice(0, 24),
);
const COOKIE = secrets.plant('cookie', 'CwaNode=');
const MIRROR_SECRETS = {
  ticket: secrets.plant('ticket of the mirror', 'MIRRORTICKETCANARY'),
  cookie: secrets.plant('cookie of the mirror', 'MIRRORCOOKIECANARY'),
  signInData: secrets.plant('signInData of the mirror', 'MIRRORDATACANARY'),
};
/** How every NTLM message begins, in Base64: what the mirror sees stands nowhere. */
const NTLM_MESSAGE = secrets.plant('Authorization', 'TlRMTVNTUA');

/** A key of 32 bytes whose first ones are a text. */
function plantKey(name: string, text: string): string {
  const bytes = Buffer.concat([Buffer.from(text), randomBytes(16)]);
  secrets.plant(`bytes of the ${name}`, text);
  return secrets.plant(name, bytes.toString('base64'));
}

let authority: CertificateAuthority;
let certificate: MadeCertificate;
let encryptedKeyFile = '';

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  certificate = await authority.issue();
  encryptedKeyFile = await authority.encrypt(certificate, PASSPHRASE);
});
afterAll(() => authority.remove());

/** TLS with a client certificate whose key is encrypted. */
function clientTls(keyPassphrase: string): Settings {
  return { caFile: authority.caFile, certFile: certificate.certFile, keyFile: encryptedKeyFile, keyPassphrase };
}

/** Which secrets the server hands out with a sign-in, as seen by a client of our own. */
async function leaksOfSignIn(url: string): Promise<readonly string[]> {
  const password = PASSWORD.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const body = `<cwaRequests><logon><user>${ACCOUNT.user}</user><password>${password}</password></logon></cwaRequests>`;
  const answer = await fetch(`${url}/forms/logon.html`, { method: 'POST', body });
  const ticket = Buffer.from(answer.headers.get('cwa-ticket') ?? '', 'base64').toString('latin1');
  const cookie = answer.headers.get('set-cookie')?.includes(COOKIE) === true ? 'cookie' : '';
  const data = (await answer.text()).includes(SIGN_IN_DATA) ? 'signInData' : '';
  return [ticket.slice(0, 12), cookie, data];
}

/** Tickets that all begin with {@link TICKET_BYTES} and differ behind it. */
class TicketRandom extends Random {
  #drawn = 0;

  override below(limit: number): number {
    const planted = TICKET_BYTES[this.#drawn % 30];
    this.#drawn += 1;
    return planted ?? super.below(limit);
  }
}

const makeRandom = (purpose: string): Random =>
  purpose === 'tickets' ? new TicketRandom(purpose) : resolveOptions({}).makeRandom(purpose);

const ACCOUNTS: Settings = {
  accounts: [
    { id: 'watcher', site: 'lab', user: ACCOUNT.user, password: PASSWORD, uri: ACCOUNT.uri, watch: { users: USERS } },
    { id: 'refused', site: 'lab', user: ACCOUNT.user, password: WRONG_PASSWORD, uri: 'sip:other@fabrikam.example' },
  ],
  sealing: { keys: [{ id: 'key-1', key: SEALING_KEY }] },
  privacy: { subjects: 'pseudonym', pseudonymKeys: [{ id: 'pseudonyms-1', key: PSEUDONYM_KEY }] },
};

/** The same with a site that gives back what it is told, by forms and by NTLM, over TLS with a client certificate. */
function withMirror(simulatorUrl: string, mirror: MirrorSite): Settings {
  const tls = clientTls(PASSPHRASE);
  return {
    sites: [
      { name: 'lab', baseUrl: simulatorUrl },
      { name: 'mirror', baseUrl: mirror.url, tls },
      { name: 'windows', baseUrl: mirror.url, tls, signIn: 'iwa', iwa: { mechanism: 'ntlm' } },
    ],
    accounts: [
      ...(ACCOUNTS.accounts as readonly unknown[]),
      { id: 'mirrored', site: 'mirror', user: 'u', password: MIRROR_PASSWORD, uri: 'sip:mirrored@fabrikam.example' },
      { id: 'ntlm', site: 'windows', user: 'D\\u', password: NTLM_PASSWORD, uri: 'sip:ntlm@fabrikam.example' },
    ],
  };
}

/** The command lines of all processes that can be seen. */
async function processList(): Promise<string> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end while the list is read.
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.join('\n');
}

describe('planted secrets', () => {
  test('are found in whatever form they come to light', () => {
    for (const form of [
      PASSWORD,
      JSON.stringify({ PASSWORD }),
      encodeURIComponent(PASSWORD),
      Buffer.from(`u:${PASSWORD}`).toString('base64'),
      Buffer.from(`user:${PASSWORD}!`).toString('base64url'),
      Buffer.from(PASSWORD).toString('hex'),
      Buffer.from(PASSWORD, 'utf16le').toString('base64'),
    ]) {
      expect(secrets.in(`before ${form} after`)).toEqual(['password']);
    }
    expect(secrets.in('nothing')).toEqual([]);
  });

  test('are in no log line, metric, status, record, progress record or process list', async () => {
    const stage = await setStage({
      settings: ACCOUNTS,
      simulator: {
        accounts: [{ ...ACCOUNT, password: PASSWORD }],
        affinityCookie: true,
        ticketRenewSeconds: 0,
        makeRandom,
      },
    });
    const { simulator, records, prefix, brokers } = stage;
    const { cert, key } = certificate;
    const ca = [await readFile(authority.caFile)];
    const mirror = await MirrorSite.start({ cert, key, ca, requestCert: true }, MIRROR_SECRETS);
    const progress = await TopicTail.open(brokers, [`${prefix}progress`], uniqueName('tail'));
    const bridge = await stage.spawn(withMirror(simulator.url, mirror));
    await records.count('snapshotEnded', 1);
    const processes = await processList();

    // Everything that makes the bridge speak of tickets, sessions and documents.
    for (const kind of ['revokedTicket', 'html', 'malformed', 'cutLength', 'redirect', 'lostSession'] as const) {
      simulator.faults.arm({ kind });
      simulator.setPresence(USERS[0] ?? '', { note: `after ${kind}` });
      await records.find(`the note after ${kind} is there`, ({ note }) => note === `after ${kind}`);
    }
    await until(
      'the other accounts are refused',
      () => bridge.log.withMessage('account stopped: a person has to act').length >= 3,
      { describe: () => bridge.child.stderr },
    );
    await until(
      'the mirror has shown everything',
      () => mirror.asked(COMMAND_PATH) >= 5 && mirror.asked(LOGON_IWA_PATH) >= 2,
      {
        describe: () => bridge.child.stderr,
      },
    );
    const pages = await Promise.all(['/metrics', '/status', '/readyz', '/livez'].map((path) => bridge.get(path)));
    const { stdout, stderr, status } = await bridge.child.end('SIGTERM');
    await until('progress was read', () => progress.all.length > 5);
    await progress.close();

    expect(status).toBe(0);
    // The canaries were there to be leaked.
    expect(await leaksOfSignIn(simulator.url)).toEqual(['TICKETCANARY', 'cookie', 'signInData']);
    expect(mirror.authorizations.at(-1)).toContain(NTLM_MESSAGE);
    expect(simulator.stats.signIns.refused).toBeGreaterThanOrEqual(1);
    expect(progress.all.some(({ text }) => text.includes('"ciphertext"'))).toBe(true);
    expect(processes).toContain('src/main.ts');
    const raw = [...records.all, ...progress.all].map((record) => JSON.stringify(record)).join('\n');
    expect(secrets.in(stdout + stderr)).toEqual([]);
    expect(secrets.in(pages.map(({ body }) => body).join('\n'))).toEqual([]);
    expect(secrets.in(raw)).toEqual([]);
    expect(secrets.in(processes)).toEqual([]);
    expect(secrets.in(records.all.map(({ text }) => text).join('\n'))).toEqual([]);
  });

  test('are masked where the configuration is printed, and in what is said of a wrong one', async () => {
    const stage = await setStage({ settings: ACCOUNTS, hasTopics: false });
    const sasl = { mechanism: 'plain', username: 'bridge', password: SASL_PASSWORD };
    const schemaRegistry = { url: 'http://127.0.0.1:1', username: 'bridge', password: REGISTRY_PASSWORD };
    const sites = [{ name: 'lab', baseUrl: 'https://im.example', tls: clientTls(PASSPHRASE) }];
    const ssl = clientTls(PASSPHRASE);
    const good = await stage.configure({ sites, kafka: { sasl, schemaRegistry, ssl } });
    const printed = await runCommand(check, ['--print', '-c', good]);
    expect(printed.status).toBe(0);
    expect(secrets.in(printed.stdout + printed.stderr)).toEqual([]);
    expect(printed.stdout.match(/\[secret\]/g)?.length).toBeGreaterThanOrEqual(8);

    const wrong = await stage.configure({
      sites: [{ ...sites[0], tls: { ...clientTls(`${PASSPHRASE}no`), keyPassphraseFile: '/nowhere' } }],
      kafka: {
        sasl: { ...sasl, passwordFile: '/nowhere', mechanism: 'SASL' },
        schemaRegistry: { ...schemaRegistry, url: `http://bridge:${REGISTRY_PASSWORD}@127.0.0.1:1` },
        ssl: clientTls(KAFKA_PASSPHRASE),
      },
      sealing: { keys: [{ id: 'key-1', key: `${SEALING_KEY}longer` }] },
      privacy: { pseudonymKeys: [{ id: 'pseudonyms-1', key: PSEUDONYM_KEY.slice(1) }] },
    });
    const refused = await runCommand(check, ['-c', wrong]);
    expect(refused.status).toBe(2);
    for (const path of ['sealing.keys', 'pseudonymKeys', 'schemaRegistry.url', 'keyPassphrase', 'kafka.ssl']) {
      expect(refused.stderr).toContain(path);
    }
    expect(secrets.in(refused.stderr)).toEqual([]);
  });

  test('do not stand in what is said of brokers that refuse the SASL password', async () => {
    const stage = await setStage({ settings: ACCOUNTS });
    const sasl = { mechanism: 'plain', username: 'bridge', password: SASL_PASSWORD };
    const bridge = await stage.start({ kafka: { sasl } });
    await bridge.log.find('shard recovers');
    const ready = await bridge.get('/readyz');
    await bridge.stop();
    expect(ready.status).toBe(503);
    expect(secrets.in(bridge.log.text + ready.body)).toEqual([]);
  });

  test('do not stand in the last words of a bridge that a registry refuses', async () => {
    const stage = await setStage({ settings: ACCOUNTS, hasTopics: false });
    const seen: string[] = [];
    const url = await registryThatRefuses(seen);
    const schemaRegistry = { url, username: 'bridge', password: REGISTRY_PASSWORD };
    const kafka = { format: 'avro', schemaRegistry };
    const child = Child.start(['run', '-c', await stage.configure({ kafka })]);
    const { status, stderr, stdout } = await child.outcome();
    expect(status).toBe(1);
    expect(stderr).toContain('registry');
    expect(secrets.in(seen.join())).toContain('registry password');
    expect(secrets.in(stderr + stdout)).toEqual([]);
  });
});

/** Refuses everybody, and repeats in its answer who that is. */
async function registryThatRefuses(seen: string[]): Promise<string> {
  const server: Server = createServer((request, response) => {
    seen.push(request.headers.authorization ?? '');
    response.writeHead(401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ error_code: 40101, message: `no: ${request.headers.authorization ?? ''}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
