import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { verify } from '../../src/commands/verify.ts';
import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { runCommand } from '../support/command-line.ts';
import { expectExactlyOnce, expectNoHole } from '../support/exactly-once.ts';
import { uniqueName } from '../support/kafka.ts';
import { TopicTail } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

const [ANNA = '', BEN = '', CARL = ''] = USERS;
const DORA = 'sip:user00009@fabrikam.example';
const PATIENCE = { timeoutMs: 60_000 };

const RELOAD = { watch: { reloadMs: 1_000 } };
const SEALED = { sealing: { keys: [{ id: 'key-1', key: randomBytes(32).toString('base64') }] } };

/** A watch file that the test writes. */
async function watchFile(users: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'cwa-watch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'users.txt');
  const write = (list: readonly string[]): Promise<void> => writeFile(file, `# who\n${list.join('\n')}\n`);
  await write(users);
  return { file, write };
}

function accountOf(id: string, watch: object, account: typeof ACCOUNT = ACCOUNT): object {
  return { id, site: 'lab', user: account.user, password: account.password, uri: account.uri, watch };
}

/** Of whom the server was asked for the presence: a subscription gives a snapshot of each of its users. */
function askedSince({ simulator }: Stage, eventCount: number): readonly string[] {
  const events = simulator.ledger.events.slice(eventCount).filter(({ eventName }) => eventName === 'userPresence');
  return [...new Set(events.flatMap(({ users }) => users))].toSorted();
}

/** How many sessions the server tells of a user. */
function watchersOf({ simulator }: Stage, uri: string): number {
  return simulator.setPresence(uri, { note: uniqueName('probe') });
}

/** Follows the topic of the current states. */
async function currentOf({ brokers, prefix }: Stage): Promise<TopicTail> {
  const tail = await TopicTail.open(brokers, [`${prefix}presence.current`], uniqueName('current'));
  onTestFinished(() => tail.close());
  return tail;
}

/** The account whose state of a user is the latest; null for a tombstone, undefined if there was none. */
function holderOf(tail: TopicTail, uri: string): unknown {
  const last = tail.all.findLast(({ key }) => key === uri);
  if (last === undefined) return undefined;
  // A tombstone is read as null.
  return (last.value as { readonly accountId?: unknown } | null)?.accountId ?? null;
}

test('who is added to a watch file is subscribed, who is taken out is unsubscribed, and nobody else is asked for', async () => {
  const { file, write } = await watchFile([ANNA, BEN]);
  const stage = await setStage({ settings: { ...RELOAD, accounts: [accountOf('watcher', { file })] } });
  const { records, simulator } = stage;
  const current = await currentOf(stage);
  const bridge = await stage.start();
  await records.count('snapshotEnded', 1);

  const before = simulator.ledger.events.length;
  await write([BEN, DORA]);
  await records.count('snapshotEnded', 2);
  expect(askedSince(stage, before)).toEqual([DORA]);
  expect(records.ofType('watchChanged')).toMatchObject([{ value: { users: 2, detail: '1 added, 1 removed' } }]);
  const [, ended] = records.ofType('snapshotEnded');
  expect(ended?.value).toMatchObject({ gapId: null, missing: [] });
  const seen = records.ofType('userPresence').find(({ value }) => value.subjectUri === DORA);
  expect(seen?.value).toMatchObject({ origin: 'snapshot' });
  expect(watchersOf(stage, ANNA)).toBe(0);
  expect([watchersOf(stage, BEN), watchersOf(stage, DORA)]).toEqual([1, 1]);
  await until('the state of who is gone has ended', () => holderOf(current, ANNA) === null, PATIENCE);

  // An empty file is no order to forget everybody.
  await writeFile(file, '');
  const refused = await bridge.log.find('watch file refused: the last good list counts on');
  expect(refused).toMatchObject({ path: 'accounts[0].watch.file', problem: 'names a file without any user' });
  expect(watchersOf(stage, DORA)).toBe(1);
  const { body } = await bridge.get('/metrics');
  expect(body).toContain('cwa_bridge_unusable_watch_files 1');
  expect(body).toContain('cwa_bridge_watch_reloads_total{outcome="adopted"} 1');
  expect(body).toContain('cwa_bridge_watch_reloads_total{outcome="refused"} 1');
  expect(body).toContain('cwa_bridge_users_configured{account="watcher"} 2');
  expect(simulator.stats).toMatchObject({ sessionsOpened: 1 });
  await expectExactlyOnce(records, simulator.ledger);
  await expectNoHole(records);
}, 120_000);

test('SIGHUP has the files read at once, and ends nothing', async () => {
  const { file, write } = await watchFile([ANNA]);
  const settings = { watch: { reloadMs: 3_600_000 }, accounts: [accountOf('watcher', { file })] };
  const stage = await setStage({ settings });
  const { records } = stage;
  const { child } = await stage.spawn();
  await records.count('snapshotEnded', 1);
  await write([ANNA, BEN]);
  child.signal('SIGHUP');
  await records.count('snapshotEnded', 2);
  expect([watchersOf(stage, ANNA), watchersOf(stage, BEN)]).toEqual([1, 1]);
  expect(await child.end()).toMatchObject({ status: 0 });
}, 120_000);

test('a restart with a changed file asks for the difference only', async () => {
  const { file, write } = await watchFile([ANNA, BEN]);
  const stage = await setStage({ settings: { ...RELOAD, ...SEALED, accounts: [accountOf('watcher', { file })] } });
  const { records, simulator } = stage;
  const first = await stage.start();
  await records.count('snapshotEnded', 1);
  await first.stop();

  const before = simulator.ledger.events.length;
  await write([BEN, CARL, DORA]);
  await stage.start();
  await records.count('snapshotEnded', 2);
  expect(askedSince(stage, before)).toEqual([CARL, DORA].toSorted());
  expect(watchersOf(stage, ANNA)).toBe(0);
  expect(records.ofType('watchChanged')).toMatchObject([{ value: { users: 3, detail: '2 added, 1 removed' } }]);
  expect(records.ofType('gap')).toHaveLength(1);
  expect(simulator.stats).toMatchObject({ sessionsOpened: 1, signIns: { ok: 1 } });
  await expectExactlyOnce(records, simulator.ledger);
}, 120_000);

test('subscriptions that are too large for the server are cut until they fit', async () => {
  const { file, write } = await watchFile([ANNA]);
  const stage = await setStage({ settings: { ...RELOAD, accounts: [accountOf('watcher', { file })] } });
  const { records, simulator } = stage;
  const bridge = await stage.start();
  await records.count('snapshotEnded', 1);

  simulator.faults.arm({ kind: 'status', channel: 'command', status: 413, count: 2 });
  await write(USERS);
  const [, ended] = await records.count('snapshotEnded', 2);
  expect(ended?.value).toMatchObject({ gapId: null, missing: [] });
  expect(USERS.map((uri) => watchersOf(stage, uri))).toEqual([1, 1, 1]);
  // One request for both, then one for each in one POST, then in a POST of its own.
  expect(bridge.log.withMessage('users subscribed')).toMatchObject([
    { users: 1, requests: 1 },
    { users: 1, requests: 1 },
    { users: 1, requests: 1 },
  ]);
  expect(records.ofType('gap')).toHaveLength(1);
}, 120_000);

test('a pool of three accounts watches 450 users, and a user who moves keeps his current state', async () => {
  const users = Array.from({ length: 450 }, (_, index) => `sip:user${String(index + 1)}@fabrikam.example`);
  const accounts = [1, 2, 3].map((number) => ({
    user: `FABRIKAM\\watcher${String(number)}`,
    password: `of ${String(number)}`,
    uri: `sip:watcher${String(number)}@fabrikam.example`,
  }));
  const pool = await watchFile(users);
  const own = await watchFile([DORA]);
  const stage = await setStage({
    simulator: { accounts, users },
    settings: {
      ...RELOAD,
      accounts: accounts.map((account, index) => {
        return accountOf(`watcher-${String(index + 1)}`, index === 0 ? { file: own.file } : {}, account);
      }),
      pools: [{ name: 'floor', accounts: ['watcher-1', 'watcher-2', 'watcher-3'], watch: { file: pool.file } }],
    },
  });
  const { records, simulator } = stage;
  const current = await currentOf(stage);
  await stage.start();
  await until('all snapshots have ended', () => records.ofType('snapshotEnded').length === 3, PATIENCE);
  for (const { value } of records.ofType('snapshotEnded')) expect(value.missing).toEqual([]);
  await until('everybody has a state', () => new Set(current.all.map(({ key }) => key)).size === 451, PATIENCE);
  const shares = accounts.map((_, index) => {
    const id = `watcher-${String(index + 1)}`;
    return users.filter((uri) => holderOf(current, uri) === id);
  });
  for (const share of shares) expect(share.length).toBeLessThanOrEqual(200);
  expect(shares.flat()).toHaveLength(450);

  // From the pool to the list of an account that does not have him yet.
  const [mover = ''] = shares[1] ?? [];
  const before = simulator.ledger.events.length;
  await Promise.all([pool.write(users.filter((uri) => uri !== mover)), own.write([DORA, mover])]);
  await until('the other account has him', () => holderOf(current, mover) === 'watcher-1', PATIENCE);
  await until('the first account has let him go', () => records.ofType('watchChanged').length === 2, PATIENCE);
  expect(watchersOf(stage, mover)).toBe(1);
  expect(askedSince(stage, before)).toEqual([mover]);
  await until('his next state is there', () => current.all.at(-1)?.key === mover, PATIENCE);
  expect(current.all.filter(({ key, text }) => key === mover && text === 'null')).toEqual([]);
  const verdict = await runCommand(verify, ['-c', await stage.configure()]);
  expect(verdict).toMatchObject({ status: 0 });
}, 180_000);
