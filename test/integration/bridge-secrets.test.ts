import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { check } from '../../src/commands/check.ts';
import { resolveOptions } from '../../src/simulator/options.ts';
import { Random } from '../../src/simulator/random.ts';
import { ACCOUNT, setStage, type Settings, USERS } from '../support/bridge.ts';
import { runCommand } from '../support/command-line.ts';
import { uniqueName } from '../support/kafka.ts';
import { TopicTail } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

/** All planted secrets hold a text that stands nowhere else and survives every escaping. */
const PASSWORD = `k"e'y&l<i>PASSWORDCANARY`;
const WRONG_PASSWORD = `k"e'y&l<i>WRONGCANARY`;
const SASL_PASSWORD = 'SASLCANARY';
const SEALING_KEY = Buffer.concat([Buffer.from('SEALINGKEYCANARY'), randomBytes(16)]).toString('base64');
/** Twenty-four bytes, so that their base64 begins every ticket. */
const TICKET_BYTES = Buffer.from('TICKETCANARYTICKETCANARY');
/** What the simulator gives with a sign-in. */
const SIGN_IN_DATA = Buffer.from('<signInData><workPhone>').toString('base64').slice(0, 24);

const CANARIES = [
  'PASSWORDCANARY',
  'WRONGCANARY',
  'SASLCANARY',
  ...[PASSWORD, WRONG_PASSWORD].map((secret) => Buffer.from(secret).toString('base64')),
  SEALING_KEY,
  SEALING_KEY.slice(0, 20),
  TICKET_BYTES.toString('base64'),
  'TICKETCANARY',
  'CwaNode=',
  SIGN_IN_DATA,
];

/** Which of the canaries stand in a text. */
function leaksIn(text: string): readonly string[] {
  return CANARIES.filter((canary) => text.includes(canary));
}

/** Which secrets the server hands out with a sign-in, as seen by a client of our own. */
async function leaksOfSignIn(url: string): Promise<readonly string[]> {
  const password = PASSWORD.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const body = `<cwaRequests><logon><user>${ACCOUNT.user}</user><password>${password}</password></logon></cwaRequests>`;
  const answer = await fetch(`${url}/forms/logon.html`, { method: 'POST', body });
  const ticket = Buffer.from(answer.headers.get('cwa-ticket') ?? '', 'base64').toString('latin1');
  const cookie = answer.headers.get('set-cookie')?.includes('CwaNode=') === true ? 'cookie' : '';
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
};

describe('planted secrets', () => {
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
    const progress = await TopicTail.open(brokers, [`${prefix}progress`], uniqueName('tail'));
    const bridge = await stage.spawn();
    await records.count('snapshotEnded', 1);
    const processList = await readFile(`/proc/${String(bridge.child.pid)}/cmdline`, 'utf8');

    // Everything that makes the bridge speak of tickets, sessions and documents.
    for (const kind of ['revokedTicket', 'html', 'malformed', 'cutLength', 'redirect', 'lostSession'] as const) {
      simulator.faults.arm({ kind });
      simulator.setPresence(USERS[0] ?? '', { note: `after ${kind}` });
      await records.find(`the note after ${kind} is there`, ({ note }) => note === `after ${kind}`);
    }
    await until(
      'the other account is refused',
      () => bridge.log.withMessage('account stopped: a person has to act')[0],
    );
    const pages = await Promise.all(['/metrics', '/status', '/readyz', '/livez'].map((path) => bridge.get(path)));
    const { stdout, stderr, status } = await bridge.child.end('SIGTERM');
    await until('progress was read', () => progress.all.length > 5);
    await progress.close();

    expect(status).toBe(0);
    // The canaries were there to be leaked.
    expect(await leaksOfSignIn(simulator.url)).toEqual(['TICKETCANARY', 'cookie', 'signInData']);
    expect(simulator.stats.signIns).toMatchObject({ refused: 1 });
    expect(progress.all.some(({ text }) => text.includes('"ciphertext"'))).toBe(true);
    const raw = [...records.all, ...progress.all].map((record) => JSON.stringify(record)).join('\n');
    expect(leaksIn(stdout + stderr)).toEqual([]);
    expect(leaksIn(pages.map(({ body }) => body).join('\n'))).toEqual([]);
    expect(leaksIn(raw)).toEqual([]);
    expect(leaksIn(processList)).toEqual([]);
    expect(leaksIn(records.all.map(({ text }) => text).join('\n'))).toEqual([]);
  });

  test('are masked where the configuration is printed, and in what is said of a wrong one', async () => {
    const stage = await setStage({ settings: ACCOUNTS, hasTopics: false });
    const sasl = { mechanism: 'plain', username: 'bridge', password: SASL_PASSWORD };
    const printed = await runCommand(check, ['--print', '-c', await stage.configure({ kafka: { sasl } })]);
    expect(printed).toMatchObject({ status: 0, stderr: '' });
    expect(leaksIn(printed.stdout)).toEqual([]);
    expect(printed.stdout).toContain('[secret]');

    const wrong = await stage.configure({
      kafka: { sasl: { ...sasl, passwordFile: '/nowhere', mechanism: 'SASL' } },
      sealing: { keys: [{ id: 'key-1', key: `${SEALING_KEY}longer` }] },
    });
    const refused = await runCommand(check, ['-c', wrong]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/sealing\.keys/);
    expect(leaksIn(refused.stderr)).toEqual([]);
  });

  test('do not stand in what is said of brokers that refuse the SASL password', async () => {
    const stage = await setStage({ settings: ACCOUNTS });
    const sasl = { mechanism: 'plain', username: 'bridge', password: SASL_PASSWORD };
    const bridge = await stage.start({ kafka: { sasl } });
    await bridge.log.find('shard recovers');
    const ready = await bridge.get('/readyz');
    await bridge.stop();
    expect(ready.status).toBe(503);
    expect(leaksIn(bridge.log.text + ready.body)).toEqual([]);
  });
});
