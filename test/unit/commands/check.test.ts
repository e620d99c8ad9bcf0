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

  test('says so when the file is not there', async () => {
    const { status, stderr } = await runCommand(check, ['-c', '/nowhere/settings.yaml']);
    expect(status).toBe(2);
    expect(stderr).toContain('/nowhere/settings.yaml');
  });
});
