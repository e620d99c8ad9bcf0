import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { progress } from '../../src/commands/progress.ts';
import { topics } from '../../src/commands/topics.ts';
import { ALL_TOPICS } from '../../src/records/topics/topics.ts';
import { ACCOUNT, setStage, type Settings, type Stage, USERS } from '../support/bridge.ts';
import { type CommandOutcome, runCommand } from '../support/command-line.ts';
import { uniqueName } from '../support/kafka.ts';
import { TopicTail } from '../support/topic-tail.ts';

const [ANNA = ''] = USERS;

type Json = Readonly<Record<string, unknown>>;

/** A bridge that was stopped with its session open, and a folder for files. */
async function setStoppedStage(): Promise<{ readonly stage: Stage; readonly file: string }> {
  const sealing = { keys: [{ id: 'key-1', key: randomBytes(32).toString('base64') }] };
  const stage = await setStage({ settings: { sealing } });
  const bridge = await stage.start();
  await stage.records.count('snapshotEnded', 1);
  await bridge.stop();
  const folder = await mkdtemp(join(tmpdir(), 'cwa-progress-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { stage, file: join(folder, 'progress.jsonl') };
}

async function run(stage: Stage, args: readonly string[], settings: Settings = {}): Promise<CommandOutcome> {
  return runCommand(progress, [...args, '--config', await stage.configure(settings)]);
}

async function shown(stage: Stage, settings: Settings = {}): Promise<Json> {
  const { stdout } = await run(stage, ['show', 'watcher', '--json'], settings);
  return JSON.parse(stdout) as Json;
}

/** Topics of another cluster, as far as the bridge can tell. */
async function newTopics(stage: Stage): Promise<{ readonly settings: Settings; readonly prefix: string }> {
  const prefix = `${uniqueName('elsewhere')}.`;
  const settings = { kafka: { topics: { prefix } } };
  expect(await runCommand(topics, ['--create', '-c', await stage.configure(settings)])).toMatchObject({ status: 0 });
  return { settings, prefix };
}

describe('progress show', () => {
  test('says where an account stands, and nothing that is sealed', async () => {
    const { stage } = await setStoppedStage();
    const table = await run(stage, ['show']);
    expect(table.stdout).toMatch(/^ACCOUNT +SHARD +STATE +HOLD .*\nwatcher +0 +open +none +\d{10} /);
    expect(await shown(stage)).toMatchObject({
      account: 'watcher',
      isConfigured: true,
      state: 'open',
      hold: 'none',
      hasSealedSecrets: true,
      openGapId: null,
      signInRefusals: 0,
      users: USERS.length,
      ordersDone: -1,
    });
    expect(JSON.stringify(await shown(stage))).not.toContain('ciphertext');
    await expect(run(stage, ['show', 'nobody'])).rejects.toThrow('has no account "nobody"; it has watcher');
    await expect(run(stage, ['list'])).rejects.toThrow('"list" is none of show, export, import and forget');
  });
});

describe('progress export and import', () => {
  test('move an installation to other topics, where the bridge goes on with the next number', async () => {
    const { file, stage } = await setStoppedStage();
    const before = await shown(stage);
    const exported = await run(stage, ['export', file]);
    expect(exported).toMatchObject({ status: 0, stdout: '', stderr: expect.stringContaining('as you keep passwords') });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await run(stage, ['export', file])).toMatchObject({ status: 1 });

    const { prefix, settings } = await newTopics(stage);
    expect(await run(stage, ['import', file], settings)).toMatchObject({ status: 0 });
    const { claim, ...same } = before;
    expect(await shown(stage, settings)).toMatchObject(same);

    stage.simulator.setPresence(ANNA, { note: 'moved' });
    await stage.start(settings);
    const names = Object.keys(ALL_TOPICS).filter((name) => name !== 'current');
    const tail = await TopicTail.open(
      stage.brokers,
      names.map((name) => `${prefix}${name}`),
      uniqueName('tail'),
    );
    onTestFinished(() => tail.close());
    await tail.find('the change', ({ note }) => note === 'moved');
    const [first] = tail.inSequence();
    expect(first?.value).toMatchObject({ recordType: 'sessionResumed', generation: before.generation });
    expect(first?.value.sequence).toBe(Number(before.lastSequence) + 1);
    expect(stage.simulator.stats).toMatchObject({ signIns: { ok: 1 }, sessionsOpened: 1 });
  });

  test('refuse what would lose or mix up something, and then write nothing', async () => {
    const { file, stage } = await setStoppedStage();
    await run(stage, ['export', file]);
    const before = await shown(stage);
    const refusals: readonly (readonly [Settings, string])[] = [
      [{}, 'The progress topic has watcher already'],
      [{ kafka: { shards: 2 } }, 'The file has 1 shards and kafka.shards is 2'],
      [{ installation: 'another' }, 'and this one is "another"'],
    ];
    for (const [settings, message] of refusals) {
      const outcome = await run(stage, ['import', file], settings);
      expect(outcome).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
    }
    const broken = `${file}.broken`;
    await writeFile(
      broken,
      (await readFile(file, 'utf8')).replaceAll(String.raw`\"formatVersion\":1`, String.raw`\"formatVersion\":9`),
    );
    expect(await run(stage, ['import', broken])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('version'),
    });
    expect(await shown(stage)).toEqual(before);
  });

  test('with --replace a bridge that runs steps down instead of clashing', async () => {
    const { file, stage } = await setStoppedStage();
    await run(stage, ['export', file]);
    const bridge = await stage.start();
    await stage.records.count('sessionResumed', 1);
    expect(await run(stage, ['import', file, '--replace'])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('ends at its next commit'),
    });
    stage.simulator.setPresence(ANNA, { note: 'too late' });
    await expect(bridge.ended).rejects.toThrow('another replica has claimed it');
  });
});

describe('progress forget', () => {
  test('forgets an account that is configured no longer, and no other', async () => {
    const { stage } = await setStoppedStage();
    await expect(run(stage, ['forget', 'watcher'])).rejects.toThrow('account "watcher" is configured');
    const { password, uri, user } = ACCOUNT;
    const other = { accounts: [{ id: 'other', site: 'lab', user, password, uri, watch: { users: [ANNA] } }] };
    await expect(run(stage, ['forget', 'nobody'], other)).rejects.toThrow('has no account "nobody"; it has watcher');
    await stage.start(other);
    const outcome = await run(stage, ['forget', 'watcher'], other);
    expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('"outcome":"done"') });
    expect(await shown(stage, other)).toMatchObject({
      isConfigured: false,
      state: 'retired',
      sid: null,
      users: 0,
      hasSealedSecrets: false,
      lastOrder: { kind: 'forget' },
    });
  });
});
