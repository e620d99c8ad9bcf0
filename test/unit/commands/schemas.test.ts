import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { schemas } from '../../../src/commands/schemas.ts';
import { runCommand } from '../../support/command-line.ts';
import { fileOf, scratchFolder } from '../config/builders.ts';

describe('schemas', () => {
  test('prints all schemas as one JSON array', async () => {
    const { status, stdout, stderr } = await runCommand(schemas, []);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const all = JSON.parse(stdout) as readonly { readonly type: string; readonly name: string }[];
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(['record']));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  test('writes one file for each topic, named for its subject, and tells which', async () => {
    const output = join(await scratchFolder(), 'new', 'folder');
    const { status, stdout } = await runCommand(schemas, ['--output', output]);
    expect(status).toBe(0);
    const files = await readdir(output);
    expect(files).toContain('cwa.presence-value.avsc');
    expect(stdout.trimEnd().split('\n').toSorted(byText)).toEqual(
      files.map((name) => join(output, name)).toSorted(byText),
    );
    expect(JSON.parse(await readFile(join(output, 'cwa.presence-value.avsc'), 'utf8'))).toMatchObject({
      type: 'record',
    });
  });

  test('says so when the folder cannot be written', async () => {
    const file = await fileOf('not a folder', 'file');
    const { status, stdout, stderr } = await runCommand(schemas, ['--output', file]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/cannot write to .*file.*Name a folder that can be written/);
  });
});

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
