import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { UsageError } from '../../src/commands/command.ts';
import { deadletter } from '../../src/commands/deadletter.ts';
import { plain } from '../../src/simulator/xml-node.ts';
import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { type CommandOutcome, runCommand } from '../support/command-line.ts';

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

    const replayed = await run(['replay', '--id', String(large.id)], { kafka: { recordBytesMax: 921_600 } });
    expect(replayed).toMatchObject({ status: 0, stderr: '1 of 1 dead letters can be read.\n' });
    const [record, ...others] = linesOf(replayed);
    const eid = Number(large.eid);
    const published = stage.records.ofType('userPresence').find(({ value }) => value.eid === eid && value.part === 0);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ key: ANNA, value: { note: NOTE, id: published?.value.id, truncated: [] } });

    const refused = await run(['replay', '--reason', 'malformed']);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('the answer is refused (malformed)');
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
