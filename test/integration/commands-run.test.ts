import { createServer } from 'node:net';

import kafkajs from 'kafkajs';
import { describe, expect, onTestFinished, test } from 'vitest';

import { run } from '../../src/commands/run.ts';
import { setStage, type Settings, type Stage } from '../support/bridge.ts';
import { Child } from '../support/child.ts';
import { runCommand } from '../support/command-line.ts';
import { type LogLine, linesOf } from '../support/log-lines.ts';
import { TOPIC_NAMES } from '../support/topic-names.ts';

/** Runs until it ends by itself, which it must. */
async function runToItsEnd(stage: Stage, settings: Settings): Promise<{ status: number; last: LogLine | undefined }> {
  const { status, stderr } = await runCommand(run, ['-c', await stage.configure(settings)]);
  return { status, last: linesOf(stderr).findLast(({ msg }) => msg === 'the bridge cannot go on') };
}

describe('run', () => {
  test('ends with status 1 when topics are missing, names them and the command that makes them', async () => {
    const stage = await setStage({ hasTopics: false });
    const { status, last } = await runToItsEnd(stage, {});
    expect(status).toBe(1);
    const names = [...Object.values(TOPIC_NAMES), 'cwa.progress'].map((name) => name.replace(/^cwa\./, stage.prefix));
    const { message } = last?.err as { readonly message: string };
    for (const name of names) expect(message).toContain(name);
    expect(message).toContain('Create them with `cwa-bridge topics --create`.');
    expect(last?.code).toBe('topics-missing');
  });

  test('refuses another number of shards than the progress topic has partitions', async () => {
    const stage = await setStage();
    const { status, last } = await runToItsEnd(stage, { kafka: { shards: 3 } });
    expect(status).toBe(1);
    expect(last).toMatchObject({ code: 'shards-differ', err: { message: expect.stringContaining('to 1') } });
  });

  test('refuses a progress topic that Kafka would delete from', async () => {
    const stage = await setStage();
    const admin = new kafkajs.Kafka({ brokers: [...stage.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = [{ name: 'cleanup.policy', value: 'delete' }];
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: `${stage.prefix}progress`, configEntries };
    await admin.alterConfigs({ validateOnly: false, resources: [resource] });
    await admin.disconnect();

    const { status, last } = await runToItsEnd(stage, {});
    expect(status).toBe(1);
    expect(last).toMatchObject({
      code: 'progress-not-compacted',
      err: { message: expect.stringMatching(/Set it to `compact` alone/) },
    });
    // Nothing was asked of the CWA server, and nobody signed in.
    expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: 0 });
  });

  test('refuses a port that another program has', async () => {
    const stage = await setStage({ hasTopics: false });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const { status, last } = await runToItsEnd(stage, { http: { port } });
    expect(status).toBe(1);
    expect(last).toMatchObject({
      code: 'http-listen-failed',
      err: { message: expect.stringMatching(/EADDRINUSE.*http\.port/) },
    });
  });

  test('ends with status 2 at a wrong configuration, with each problem and its path, and touches nothing', async () => {
    const stage = await setStage({ hasTopics: false });
    const { status, stderr, stdout } = await runCommand(run, [
      '-c',
      await stage.configure({ kafka: { shards: 'six', brokers: [] }, session: { pollWaitMinMS: 5 } }),
    ]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^The configuration has 3 problems:\n/);
    for (const path of ['kafka.shards', 'kafka.brokers', 'session.pollWaitMinMS']) expect(stderr).toContain(path);
  });

  test('drains at SIGTERM and ends with status 0 within the limit', async () => {
    const stage = await setStage();
    const { child } = await stage.spawn();
    await stage.records.count('snapshotEnded', 1);
    const before = performance.now();
    const { status, stdout, stderr } = await child.end('SIGTERM');

    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(linesOf(stderr).map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['started', 'draining', 'session signed out', 'ended']),
    );
    expect(stage.simulator.ledger.sessions[0]?.reason).toBe('terminated');
    // Every line is one JSON object: nothing else was written to standard error.
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
  });

  test('ends within its limit also when the CWA server answers nothing any more', async () => {
    const stage = await setStage({ settings: { shutdown: { timeoutMs: 1_000 } } });
    const { simulator, records } = stage;
    const bridge = await stage.start();
    await records.count('snapshotEnded', 1);
    simulator.faults.arm({ kind: 'hang', count: Infinity });
    simulator.faults.arm({ kind: 'hang', channel: 'command', count: Infinity });
    const before = performance.now();
    await bridge.stop();
    expect(performance.now() - before).toBeLessThan(4_000);
    expect(bridge.log.withMessage('ended')).toHaveLength(1);
  });
});

describe('the program', () => {
  test('says what commands there are, and that a command is none', async () => {
    const [help, unknown] = await Promise.all([Child.start(['--help']).outcome(), Child.start(['fly']).outcome()]);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    for (const name of ['run', 'check', 'normalize', 'topics', 'verify', 'schemas']) {
      expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(unknown).toMatchObject({ status: 2, stdout: '' });
    expect(unknown.stderr).toContain('there is no command "fly"');
  });
});
