import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { UsageError } from '../../src/commands/command.ts';
import { deadletter } from '../../src/commands/deadletter.ts';
import { verify } from '../../src/commands/verify.ts';
import { type Element, plain } from '../../src/simulator/xml-node.ts';
import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { type CommandOutcome, runCommand } from '../support/command-line.ts';
import { expectNoHole } from '../support/exactly-once.ts';

const [ANNA = ''] = USERS;
const NOTE = 'Ω"<&> '.repeat(20_000);
const SMALL = { kafka: { recordBytesMax: 16_384 } };

type Json = Readonly<Record<string, unknown>>;

function linesOf({ stdout }: CommandOutcome): readonly Json[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Json]));
}

interface Bench {
  readonly stage: Stage;
  /** Runs the command with the settings, by default those of the bridge. */
  readonly run: (args: readonly string[], settings?: Json) => Promise<CommandOutcome>;
  readonly file: string;
}

/** Topics with the dead letters of an event with a long note, and of an answer that stayed unreadable. */
async function setBench(): Promise<Bench> {
  const stage = await setStage({ settings: SMALL });
  const { records, simulator } = stage;
  const bridge = await stage.start();
  await records.count('snapshotEnded', 1);
  simulator.setPresence(ANNA, { note: NOTE });
  await records.find('the dead letter', ({ reason }) => reason === 'oversizeRecord');
  // The snapshot of the next session would bring the long one again.
  simulator.setPresence(ANNA, { note: 'short' });
  await records.find('the short note', ({ note }) => note === 'short');
  simulator.faults.arm({ kind: 'malformed', malformation: 'blankInTag', count: 3 });
  simulator.pushEvent(ACCOUNT.uri, plain('tide', {}, 'low'));
  await records.count('snapshotEnded', 2);
  await bridge.stop();
  const folder = await mkdtemp(join(tmpdir(), 'cwa-deadletter-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const run = async (args: readonly string[], settings: Json = {}): Promise<CommandOutcome> => {
    const [action = '', ...rest] = args;
    return runCommand(deadletter, [action, '-c', await stage.configure(settings), ...rest]);
  };
  return { stage, run, file: join(folder, 'body.xml') };
}

describe('cwa-bridge deadletter', () => {
  test('shows letters, writes their bodies, and prints what they would become now', async () => {
    const { file, run, stage } = await setBench();
    const all = await run(['show']);
    expect(all.status).toBe(0);
    expect(all.stderr).toBe('2 dead letters.\n');
    expect(linesOf(all)).toMatchObject([
      { reason: 'oversizeRecord', eventName: 'userPresence', body: 'whole' },
      { reason: 'malformed', eventName: '', body: 'whole', httpStatus: 200, parts: 1, attempts: 3 },
    ]);

    const [large = {}] = linesOf(await run(['show', '--reason', 'oversizeRecord', '--account', 'watcher']));
    expect(large.parts).toBe(large.partsFound);
    expect(Number(large.parts)).toBeGreaterThan(5);
    expect(linesOf(await run(['show', '--since', '2100-01-01T00:00:00Z']))).toEqual([]);

    const written = await run(['show', '--id', String(large.id), '--body', file]);
    expect(written).toMatchObject({ status: 0, stdout: '' });
    expect(await readFile(file, 'utf8')).toContain('Ω"&lt;&amp;&gt; '.repeat(20_000));
    expect((await run(['show', '--reason', 'malformed', '--body', '-'])).stdout).toContain('<cwaEvents');

    const replayed = await run(['replay', '--dry-run', '--id', String(large.id)], {
      kafka: { recordBytesMax: 921_600 },
    });
    expect(replayed).toMatchObject({ status: 0, stderr: '1 of 1 dead letters can be read.\n' });
    const [record, ...others] = linesOf(replayed);
    const eid = Number(large.eid);
    const published = stage.records.ofType('userPresence').find(({ value }) => value.eid === eid && value.part === 0);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ key: ANNA, value: { note: NOTE, id: published?.value.id, truncated: [] } });

    const refused = await run(['replay', '--dry-run', '--reason', 'malformed']);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('the answer is refused (malformed)');
  });

  test('replay publishes a letter by its owner, with the same ids each time, and verify finds nothing amiss', async () => {
    const { run, stage } = await setBench();
    const { records } = stage;
    const [large = {}] = linesOf(await run(['show', '--reason', 'oversizeRecord']));
    const passedOver = await run(['replay', '--no-wait']);
    expect(passedOver).toMatchObject({ status: 1, stdout: expect.stringContaining('"outcome":"waiting"') });
    expect(passedOver.stderr).toContain(`${String(large.id)}: its records were published, cut: --force publishes`);

    const bridge = await stage.start({ kafka: { recordBytesMax: 921_600 } });
    await bridge.log.find('order carried out');
    expect(bridge.log.withMessage('order carried out')).toMatchObject([
      { kind: 'replay', outcome: 'failed', detail: expect.stringContaining('still cannot be read') },
    ]);

    const ids: string[] = [];
    for (let time = 1; time <= 2; time += 1) {
      const forced = await run(['replay', '--id', String(large.id), '--force']);
      expect(forced).toMatchObject({ status: 0, stdout: expect.stringContaining('"outcome":"done"') });
      await records.count('replayed', time);
      const again = records.all.filter(({ value }) => value.origin === 'replay');
      expect(again).toHaveLength(time);
      ids.push(again.at(-1)?.value.id ?? '');
      expect(again.at(-1)).toMatchObject({ key: ANNA, value: { note: NOTE, truncated: [], warnings: ['replayed'] } });
    }
    const published = records.ofType('userPresence').find(({ value }) => value.eid === Number(large.eid));
    expect(new Set(ids)).toEqual(new Set([published?.value.id]));
    const [last] = records.ofType('replayed');
    expect(last?.value.generation).toBeGreaterThan(published?.value.generation ?? Infinity);
    const verified = await runCommand(verify, ['--config', await stage.configure()]);
    expect(verified).toMatchObject({ status: 0, stderr: expect.stringContaining('Flawless') });
  });

  test('replay publishes an answer that limits had refused, once they are raised', async () => {
    const stage = await setStage({ settings: { limits: { depthMax: 16 } } });
    const { records, simulator } = stage;
    const deep = Array.from({ length: 20 }).reduce<Element>(
      (inner) => plain('deep', {}, [inner]),
      plain('bed', {}, 'low'),
    );
    const bridge = await stage.start();
    await records.count('snapshotEnded', 1);
    simulator.pushEvent(ACCOUNT.uri, plain('tide', {}, [deep]));
    await records.find('the dead letter', ({ reason }) => reason === 'tooDeep');
    await records.count('snapshotEnded', 2);
    await bridge.stop();

    await stage.start({ limits: { depthMax: 64 } });
    const outcome = await runCommand(deadletter, ['replay', '-c', await stage.configure(), '--reason', 'tooDeep']);
    expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('"outcome":"done"') });
    const tide = await records.find('the event', ({ eventName }) => eventName === 'tide');
    const [letter] = records.ofType('deadLetter');
    expect(tide.value).toMatchObject({ recordType: 'unknown', origin: 'replay', sid: letter?.value.sid });
    expect(tide.value.generation).toBeGreaterThan(letter?.value.generation ?? Infinity);
    await expectNoHole(records);
  });

  test('says what is wrong when a choice fits none or several', async () => {
    const { file, run } = await setBench();
    expect(await run(['show', '--id', '0'.repeat(32)])).toMatchObject({ status: 1, stderr: '0 dead letters.\n' });
    const several = await run(['show', '--body', file]);
    expect(several).toMatchObject({ status: 1, stdout: '' });
    expect(several.stderr).toMatch(/^2 dead letters fit: --body needs exactly one/);
    const nowhere = await run(['show', '--reason', 'malformed', '--body', join(file, 'nowhere')]);
    expect(nowhere.status).toBe(1);
    expect(nowhere.stderr).toMatch(/^Cannot write to /);
  });
});

test('a wrong argument is told before Kafka is asked', async () => {
  const run = (...args: readonly string[]): Promise<CommandOutcome> => runCommand(deadletter, args);
  await expect(run()).rejects.toThrow(UsageError);
  await expect(run('list')).rejects.toThrow('"list" is neither show nor replay');
  await expect(run('show', '--reason', 'bored')).rejects.toThrow('--reason "bored" is none of malformed, doctype');
  await expect(run('show', '--id', '12')).rejects.toThrow('--id "12" is not 32 hexadecimal digits');
  await expect(run('show', '--since', 'noon')).rejects.toThrow('--since "noon" is not a time');
  await expect(run('replay', '--body', 'x')).rejects.toThrow(UsageError);
  await expect(run('show', 'x')).rejects.toThrow(UsageError);
});
