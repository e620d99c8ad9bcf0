import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { pause, resume, signOut } from '../../src/commands/account-orders.ts';
import type { Command } from '../../src/commands/command.ts';
import { refresh } from '../../src/commands/refresh.ts';
import { verify } from '../../src/commands/verify.ts';
import { plain } from '../../src/simulator/xml-node.ts';
import { ACCOUNT, setStage, type Settings, type Stage, type StageOptions, USERS } from '../support/bridge.ts';
import { type CommandOutcome, runCommand } from '../support/command-line.ts';
import { expectExactlyOnce } from '../support/exactly-once.ts';
import { until } from '../support/until.ts';

const [ANNA = '', BEN = ''] = USERS;

/** A pause is kept alive often, so that tests see it soon. */
const QUICK = { session: { keepAliveMs: 1_000 } };

function sealingKey(): Settings {
  return { sealing: { keys: [{ id: 'key-1', key: randomBytes(32).toString('base64') }] }, ...QUICK };
}

/** A bridge whose first snapshot is complete. */
async function setRunningStage(options: StageOptions = {}) {
  const stage = await setStage({ settings: QUICK, ...options });
  const bridge = await stage.start();
  await stage.records.count('snapshotEnded', 1);
  return { stage, bridge };
}

async function give({ configure }: Stage, command: Command, ...args: readonly string[]): Promise<CommandOutcome> {
  return runCommand(command, [...args, '--config', await configure()]);
}

async function expectDone(stage: Stage, command: Command, ...args: readonly string[]): Promise<void> {
  const outcome = await give(stage, command, ...args);
  expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('"outcome":"done"') });
}

/** Ordered, with nobody there to carry it out. */
async function expectOrdered(stage: Stage, command: Command): Promise<void> {
  const outcome = await give(stage, command, 'watcher', '--no-wait');
  expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('"outcome":"waiting"') });
}

async function published({ records, simulator }: Stage, note: string): Promise<void> {
  simulator.setPresence(ANNA, { note });
  await records.find(`the note "${note}" is there`, (value) => value.note === note);
}

async function expectFlawless(stage: Stage): Promise<void> {
  const { configure, records, simulator } = stage;
  await expectExactlyOnce(records, simulator.ledger);
  expect(await runCommand(verify, ['--config', await configure()])).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('Flawless'),
  });
}

describe('a pause', () => {
  test('publishes nothing and keeps the session; what happened meanwhile arrives exactly once after resume', async () => {
    const { bridge, stage } = await setRunningStage();
    const { records, simulator } = stage;
    await expectDone(stage, pause, 'watcher');
    await records.count('paused', 1);
    const polls = simulator.stats.polls;
    for (let i = 0; i < 5; i += 1) simulator.setPresence(ANNA, { note: `meanwhile ${String(i)}` });
    await until('it is kept alive', () => simulator.stats.polls > polls + 1);
    expect(records.all.filter(({ value }) => String(value.note).startsWith('meanwhile'))).toEqual([]);
    const status = JSON.parse((await bridge.get('/status')).body) as object;
    expect(status).toMatchObject({ accounts: [{ phase: 'open', hold: 'paused', lastOrder: { kind: 'pause' } }] });
    const { body } = await bridge.get('/metrics');
    expect(body).toContain('cwa_bridge_hold{account="watcher",hold="paused"} 1');
    expect(body).toContain('cwa_bridge_orders_total{kind="pause",outcome="done"} 1');

    await expectDone(stage, resume, 'watcher');
    await records.find('the last one', ({ note }) => note === 'meanwhile 4');
    await published(stage, 'afterwards');
    await until('everything is acknowledged', () => simulator.ledger.events.every((event) => event.acknowledgedAt));
    expect(simulator.stats).toMatchObject({ signIns: { ok: 1 }, sessionsOpened: 1 });
    await expectFlawless(stage);
  });

  test('lasts over a restart, and is ordered and ended while no bridge runs', async () => {
    const { bridge, stage } = await setRunningStage({ settings: sealingKey() });
    const { records, simulator } = stage;
    await bridge.stop();
    await expectOrdered(stage, pause);
    simulator.setPresence(ANNA, { note: 'unseen' });
    const second = await stage.start();
    await records.count('paused', 1);
    await second.stop();
    const third = await stage.start();
    await until('it is held', async () => (await third.get('/status')).body.includes('"hold": "paused"'));
    const { polls } = simulator.stats;
    await until('it is kept alive', () => simulator.stats.polls > polls + 1);
    expect(records.all.filter(({ value }) => value.note === 'unseen')).toEqual([]);
    await third.stop();
    await expectOrdered(stage, resume);
    await stage.start();
    await records.find('what was not seen', ({ note }) => note === 'unseen');
    expect([records.ofType('paused').length, records.ofType('resumed').length]).toEqual([1, 1]);
    expect(simulator.stats).toMatchObject({ signIns: { ok: 1 }, sessionsOpened: 1 });
    await expectFlawless(stage);
  });

  test('takes effect once, whenever the bridge is killed', async () => {
    const stage = await setStage({ settings: sealingKey() });
    const { records } = stage;
    let bridge = await stage.spawn();
    await records.count('snapshotEnded', 1);
    for (let round = 1; round <= 3; round += 1) {
      await expectOrdered(stage, round % 2 === 1 ? pause : resume);
      if (round === 2) await records.count('resumed', 1);
      bridge.child.signal('SIGKILL');
      await bridge.child.outcome();
      bridge = await stage.spawn();
    }
    await records.count('paused', 2);
    await expectDone(stage, resume, 'watcher');
    await records.count('resumed', 2);
    await expectFlawless(stage);
    expect([records.ofType('paused').length, records.ofType('resumed').length]).toEqual([2, 2]);
  });
});

describe('sign-out', () => {
  test('ends the session, lasts over a restart, and is ended by resume with a gap and a snapshot', async () => {
    const { bridge, stage } = await setRunningStage({ settings: sealingKey() });
    const { records, simulator } = stage;
    await expectDone(stage, signOut, 'watcher');
    const [ended] = await records.count('sessionEnded', 1);
    expect(ended?.value).toMatchObject({ reason: 'operator' });
    expect(simulator.ledger.sessions[0]?.endedAt).not.toBeNull();
    await bridge.stop();
    const second = await stage.start();
    await until('it is held', async () => (await second.get('/status')).body.includes('"hold": "signed-out"'));
    expect(simulator.stats.sessionsOpened).toBe(1);

    await expectDone(stage, resume, 'watcher');
    await records.count('snapshotEnded', 2);
    await published(stage, 'back');
    expect(simulator.stats.sessionsOpened).toBe(2);
    await expectFlawless(stage);
  });
});

describe('resume', () => {
  test('ends a quarantine', async () => {
    const { bridge, stage } = await setRunningStage({ settings: { session: { poisonLimit: 1 } } });
    const { records, simulator } = stage;
    simulator.faults.arm({ kind: 'malformed', malformation: 'blankInTag', count: 3 });
    simulator.pushEvent(ACCOUNT.uri, plain('tide', {}, 'low'));
    await records.count('quarantined', 1);
    await expectDone(stage, resume, 'watcher');
    await records.count('snapshotEnded', 2);
    await published(stage, 'after the quarantine');
    expect(records.ofType('quarantineLifted')).toHaveLength(1);
    expect((await bridge.get('/status')).body).toContain('"phase": "open"');
  });

  test('lets an account try again that was stopped after refused sign-ins', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cwa-password-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'wrong');
    const { user, uri } = ACCOUNT;
    const account = { id: 'watcher', site: 'lab', user, passwordFile, uri, watch: { users: USERS } };
    const stage = await setStage({ settings: { accounts: [account] } });
    const bridge = await stage.start();
    await bridge.log.find('account stopped: a person has to act');
    await writeFile(passwordFile, ACCOUNT.password);
    await expectDone(stage, resume, 'watcher');
    await stage.records.count('snapshotEnded', 1);
    await published(stage, 'after the stop');
    expect(stage.simulator.stats.signIns).toEqual({ ok: 1, refused: 1 });
  });
});

describe('refresh', () => {
  test('asks for all users of an account, or for one wherever it is watched; they come with origin query', async () => {
    const { stage } = await setRunningStage();
    const { records } = stage;
    const queried = () => records.all.filter(({ value }) => value.origin === 'query').map(({ key }) => key);
    await expectDone(stage, refresh, BEN);
    await until('one is told', () => queried().length === 1);
    expect(queried()).toEqual([BEN]);
    await expectDone(stage, refresh, 'watcher');
    await until('all are told', () => queried().length === 4);
    expect(new Set(queried())).toEqual(new Set(USERS));
    expect(records.ofType('refreshed').map(({ value }) => value.users)).toEqual([1, 3]);
    await expectDone(stage, pause, 'watcher');
    const refused = await give(stage, refresh, 'watcher');
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('paused: resume it first') });
  });
});

describe('an order that nobody takes', () => {
  test('stays, and the command says so', async () => {
    const stage = await setStage();
    const outcome = await give(stage, pause, 'watcher', '--timeout-ms', '1500');
    expect(outcome).toMatchObject({ status: 1, stdout: expect.stringContaining('"outcome":"waiting"') });
    expect(outcome.stderr).toContain('not carried out yet: nobody took it within 1500 ms; it stays');
    await expect(give(stage, pause, 'nobody')).rejects.toThrow('has no account "nobody"; it has watcher');
    await expect(give(stage, pause)).rejects.toThrow('which account?');
  });

  test('is not given where there is no topic for it', async () => {
    const stage = await setStage();
    const settings = { kafka: { topics: { names: { orders: `${stage.prefix}nowhere` } } } };
    const file = await stage.configure(settings);
    const outcome = await runCommand(pause, ['watcher', '--config', file]);
    expect(outcome).toMatchObject({ status: 1, stdout: '' });
    expect(outcome.stderr).toContain('Create it with cwa-bridge topics --create');
    const bridge = await stage.start(settings);
    await until('it says so', () => bridge.log.lines.find(({ msg }) => msg.includes('topics --create')));
    await stage.records.count('snapshotEnded', 1);
  });
});
