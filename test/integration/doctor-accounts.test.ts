import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { NO_ORDERS } from '../../src/bridge/orders/orders-done.ts';
import { ACCOUNT, type Settings, setStage, type Stage, type StageOptions, USERS } from '../support/bridge.ts';
import { commit, progressOf } from '../support/committed-progress.ts';
import { examine, findingOf, only, warningsOf } from '../support/doctor.ts';
import { type StrangeAnswer, startProxy } from '../support/strange-servers.ts';

const { uri, user, password } = ACCOUNT;

/** The account of the stage with something else in it. */
function account(change: Settings): Settings {
  return { accounts: [{ id: 'watcher', site: 'lab', user, password, uri, watch: { users: USERS }, ...change }] };
}

/** A stage with one fault, which strikes every time. */
function faulty(fault: NonNullable<NonNullable<StageOptions['simulator']>['faults']>[number]): Promise<Stage> {
  return setStage({ simulator: { faults: [{ count: null, ...fault }] } });
}

/** The stage's server behind a proxy that changes the answers to requests with this element. */
async function changed(
  stage: Stage,
  element: string,
  change: (answer: StrangeAnswer) => StrangeAnswer,
): Promise<Settings> {
  const baseUrl = await startProxy(stage.simulator.url, (answer, _, body) =>
    body.includes(`<${element}`) ? change(answer) : answer,
  );
  return { sites: [{ name: 'lab', baseUrl }] };
}

const NOT_ENABLED =
  '<requestFailed rid="1"><error code="18201" subCode="0" reason="Operation failed" detail="hush">' +
  '<sipResponse code="403" subCode="0" reason="Forbidden"/></error></requestFailed>';

describe('doctor tries an account and finds', () => {
  test('a wrong password, with one attempt', async () => {
    const stage = await setStage();
    const diagnosis = await examine(await stage.configure(account({ password: 'hush-hush' })));
    const found = only(diagnosis, 'sign-in-refused');
    expect(found).toMatchObject({ subject: 'account watcher', check: 'sign-in' });
    expect(found.remedy).toContain('passwordFile');
    expect(JSON.stringify(diagnosis)).not.toContain('hush-hush');
    expect(stage.simulator.stats.signIns.refused).toBe(1);
    expect(findingOf(diagnosis, 'account watcher', 'session').status).toBe('not-tried');
  });

  test('an account that is not enabled, told at sign-in', async () => {
    const stage = await setStage();
    const settings = await changed(stage, 'logon', () => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<cwaResponses>${NOT_ENABLED}</cwaResponses>`,
    }));
    const found = only(await examine(await stage.configure(settings)), 'account-not-enabled');
    expect(found).toMatchObject({ check: 'sign-in' });
    expect(found.remedy).toContain('Active Directory');
    expect(JSON.stringify(found)).not.toContain('hush');
  });

  test('an account that is not enabled, told on the data channel', async () => {
    const stage = await setStage();
    const baseUrl = await startProxy(stage.simulator.url, (answer, { url = '' }) => {
      if (!url.includes('AckId=') || answer.status !== 200) return answer;
      return { ...answer, body: `<cwaEvents ackId="1" pollWaitTime="1000" sid="412">${NOT_ENABLED}</cwaEvents>` };
    });
    const diagnosis = await examine(await stage.configure({ sites: [{ name: 'lab', baseUrl }] }));
    expect(only(diagnosis, 'account-not-enabled')).toMatchObject({ check: 'poll' });
    expect(findingOf(diagnosis, 'account watcher', 'sign-out').status).toBe('ok');
  });

  test('a ticket that gets lost on the way', async () => {
    const stage = await setStage();
    const settings = await changed(stage, 'logon', ({ body, status }) => ({
      status,
      headers: { 'content-type': 'text/xml' },
      body,
    }));
    const found = only(await examine(await stage.configure(settings)), 'ticket-missing');
    expect(found.remedy).toContain('proxy');
  });

  test('a ticket that the command channel does not take', async () => {
    const stage = await faulty({ kind: 'revokedTicket', channel: 'command' });
    const found = only(await examine(await stage.configure()), 'ticket-refused');
    expect(found).toMatchObject({ check: 'session' });
    expect(found.remedy).toContain('affinity');
  });

  test('a session that the data channel does not know', async () => {
    const stage = await faulty({ kind: 'lostSession', channel: 'data' });
    const found = only(await examine(await stage.configure()), 'session-lost');
    expect(found).toMatchObject({ check: 'poll' });
    expect(found.remedy).toContain('balancer');
  });

  test('a server that hangs at sign-in', async () => {
    const stage = await faulty({ kind: 'hang', channel: 'signIn' });
    const found = only(await examine(await stage.configure(), [], { exchangeMs: 2_000 }), 'server-silent');
    expect(found).toMatchObject({ check: 'sign-in' });
    expect(found.remedy).toContain('event log');
  });

  test('a poll that is not answered, which is a warning, and ends the session', async () => {
    const stage = await faulty({ kind: 'hang', channel: 'data' });
    const diagnosis = await examine(await stage.configure(), [], { exchangeMs: 2_000 });
    expect(diagnosis.status).toBe(0);
    expect(warningsOf(diagnosis)).toEqual(['poll-held']);
    expect(findingOf(diagnosis, 'account watcher', 'sign-out').status).toBe('ok');
  });

  test('an answer that is no CWA document', async () => {
    const stage = await faulty({ kind: 'malformed', channel: 'data', malformation: 'missingEndTag' });
    expect(only(await examine(await stage.configure()), 'document-refused').remedy).toContain('proxy');
  });
});

describe('doctor keeps to the sign-in budget:', () => {
  const refusals = (...agoMs: readonly number[]): Settings['logins'] => ({
    refusals: agoMs.map((ago) => Date.now() - ago),
    secretMark: null,
  });

  async function refused(...agoMs: readonly number[]): Promise<Stage> {
    const stage = await setStage();
    const logins = refusals(...agoMs) as { refusals: number[]; secretMark: null };
    await commit(stage, [progressOf({ logins })]);
    return stage;
  }

  test('an account that run has stopped is not signed in, and that is the fault', async () => {
    const stage = await refused(60_000, 1_000);
    const diagnosis = await examine(await stage.configure());
    const found = only(diagnosis, 'sign-in-stopped');
    expect(found.remedy).toContain('--force');
    expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: 0 });
  });

  test('the last attempt is left to run', async () => {
    const stage = await refused(1_000);
    const diagnosis = await examine(await stage.configure());
    expect(findingOf(diagnosis, 'account watcher', 'sign-in')).toMatchObject({
      status: 'not-tried',
      code: 'sign-in-last-attempt',
    });
    expect(diagnosis.status).toBe(0);
    expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: 0 });
  });

  test('--force tries all the same', async () => {
    const stage = await refused(60_000, 1_000);
    const diagnosis = await examine(await stage.configure(), ['--force']);
    expect(findingOf(diagnosis, 'account watcher', 'sign-out').status).toBe('ok');
    expect(stage.simulator.stats.signIns).toEqual({ ok: 1, refused: 0 });
  });

  test('nothing is tried while the refusals are not known', async () => {
    const stage = await setStage({ hasTopics: false });
    const diagnosis = await examine(await stage.configure({ kafka: { brokers: ['127.0.0.1:1'] } }));
    expect(findingOf(diagnosis, 'account watcher', 'sign-in')).toMatchObject({
      status: 'not-tried',
      code: 'sign-in-budget-unknown',
    });
    expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: 0 });
  });

  test('an account that an operator has signed out stays so', async () => {
    const stage = await setStage();
    await commit(stage, [progressOf({ orders: { ...NO_ORDERS, hold: 'signed-out' } })]);
    const diagnosis = await examine(await stage.configure());
    const found = findingOf(diagnosis, 'account watcher', 'sign-in');
    expect(found).toMatchObject({ status: 'not-tried', code: 'signed-out-by-order' });
    expect(found.remedy).toContain('cwa-bridge resume watcher');
    expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: 0 });
  });

  test('--no-sign-in leaves the accounts alone', async () => {
    const stage = await setStage();
    const diagnosis = await examine(await stage.configure(), ['--no-sign-in']);
    expect(findingOf(diagnosis, 'account watcher', 'sign-in').status).toBe('not-tried');
    expect(diagnosis.status).toBe(0);
    expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: 0 });
  });
});

describe('doctor looks at the configuration and finds', () => {
  test('what check would find', async () => {
    const stage = await setStage({ hasTopics: false });
    const two = [1, 2].map((n) => ({ id: `a${String(n)}`, site: 'lab', user, password, uri, watch: { users: USERS } }));
    const { findings, status } = await examine(await stage.configure({ accounts: two }));
    expect(status).toBe(2);
    expect(findings.length).toBe(USERS.length);
    expect(findings[0]).toMatchObject({ status: 'failed', code: 'configuration-invalid' });
    expect(findings[0]?.cause).toContain('names a user whom accounts[0] watches too');
    expect(findings[0]?.remedy).toContain('overlap: allow');
  });

  test('users of several accounts, where that is allowed', async () => {
    const stage = await setStage();
    const two = [1, 2].map((n) => ({ id: `a${String(n)}`, site: 'lab', user, password, uri, watch: { users: USERS } }));
    const settings = { accounts: two, watch: { overlap: 'allow' } };
    const diagnosis = await examine(await stage.configure(settings), ['--no-sign-in']);
    expect(warningsOf(diagnosis)).toEqual(['watch-overlap']);
    expect(findingOf(diagnosis, 'configuration', 'watch').remedy).toContain('watch.overlap');
  });

  test('a password file that everybody may read', async () => {
    const stage = await setStage();
    const folder = await mkdtemp(join(tmpdir(), 'cwa-doctor-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'password');
    await writeFile(file, password, { mode: 0o644 });
    const { password: _, ...rest } = { ...ACCOUNT, id: 'watcher', site: 'lab', passwordFile: file };
    const diagnosis = await examine(await stage.configure({ accounts: [{ ...rest, watch: { users: USERS } }] }));
    expect(warningsOf(diagnosis)).toEqual(['file-readable']);
    expect(findingOf(diagnosis, 'configuration', 'files').remedy).toContain(`chmod 0400 ${file}`);
  });

  test('an account that is not configured: the usage is wrong', async () => {
    const stage = await setStage({ hasTopics: false });
    await expect(examine(await stage.configure(), ['--account', 'nobody'])).rejects.toThrow('no account "nobody"');
  });
});
