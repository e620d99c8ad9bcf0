import { chmod } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { check } from '../../../src/commands/check.ts';
import { runCommand } from '../../support/command-line.ts';
import { fileOf, minimal } from '../config/builders.ts';

describe('check', () => {
  test('says that a configuration is valid, and prints nothing for machines', async () => {
    const file = await fileOf(JSON.stringify(minimal()), 'settings.json');
    const outcome = await runCommand(check, ['-c', file]);
    expect(outcome).toEqual({ status: 0, stdout: '', stderr: 'The configuration is valid.\n' });
  });

  test('prints the effective configuration, with defaults and without secrets', async () => {
    const file = await fileOf(JSON.stringify(minimal()), 'settings.json');
    const { status, stdout } = await runCommand(check, ['--print', '-c', file]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^installation: cwa-bridge$/m);
    expect(stdout).toMatch(/^ +pollWaitMinMs: 250$/m);
    expect(stdout).not.toContain('open sesame');
  });

  test('lets the environment win over files', async () => {
    const file = await fileOf(JSON.stringify(minimal()), 'settings.json');
    const env = { CWA_BRIDGE_INSTALLATION: 'harbour' };
    const { stdout } = await runCommand(check, ['--print', '-c', file], { env });
    expect(stdout).toMatch(/^installation: harbour$/m);
  });

  test('tells every problem of a wrong one in one go, and ends with status 2', async () => {
    const wrong = { ...minimal(), kafka: { brokers: ['nowhere'], shards: 0 }, colour: 'red' };
    const file = await fileOf(JSON.stringify(wrong), 'settings.json');
    const { status, stdout, stderr } = await runCommand(check, ['-c', file]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^The configuration has 3 problems:\n( {2}- .*\n {4}write .*\n){3}$/);
    for (const path of ['kafka.brokers', 'kafka.shards', 'colour']) expect(stderr).toContain(path);
  });

  test('warns of secret files that others may read, and of no other', async () => {
    const [open, closed] = [await fileOf('first', 'open'), await fileOf('second', 'closed')];
    await chmod(open, 0o644);
    await chmod(closed, 0o600);
    const [account = {}] = minimal().accounts;
    const accounts = [open, closed].map((passwordFile, index) => {
      return { ...account, id: `a${String(index)}`, password: null, passwordFile };
    });
    const sasl = { mechanism: 'plain', username: 'u', passwordFile: open };
    const settings = { ...minimal(), accounts, kafka: { brokers: ['kafka:9092'], sasl } };
    const file = await fileOf(JSON.stringify(settings), 'settings.json');
    const { status, stderr } = await runCommand(check, ['-c', file]);
    expect(status).toBe(0);
    expect(stderr.match(/^Warning: .*$/gm)).toEqual([
      expect.stringContaining(`accounts[0].passwordFile: ${open} (0644) can be read by everybody; `),
      expect.stringContaining(`kafka.sasl.passwordFile: ${open} (0644) can be read by everybody; `),
    ]);
    await chmod(open, 0o640);
    expect((await runCommand(check, ['-c', file])).stderr).toContain('(0640) can be read by its group; ');
  });

  test('says so when the file is not there', async () => {
    const { status, stderr } = await runCommand(check, ['-c', '/nowhere/settings.yaml']);
    expect(status).toBe(2);
    expect(stderr).toContain('/nowhere/settings.yaml');
  });
});
