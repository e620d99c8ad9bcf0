import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { schemas } from '../../../src/commands/schemas.ts';
import { ALL_TOPICS } from '../../../src/records/topics/topics.ts';
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
    expect(files).toContain('cwa.presence-value.schema.json');
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

describe('schemas --check', () => {
  const released = join(import.meta.dirname, '..', '..', '..', 'schemas', 'released');

  test('finds every schema of this program compatible with all that were released', async () => {
    const { status, stdout, stderr } = await runCommand(schemas, ['--check', released]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^cwa\.presence: compatible with released 1/m);
    expect(stdout.trimEnd().split('\n')).toHaveLength(Object.keys(ALL_TOPICS).length);
  });

  test('names each finding with field, change and consequence, and exits 1', async () => {
    const folder = await scratchFolder();
    const avsc = await readFile(join(released, 'cwa.presence', '1.avsc'), 'utf8');
    await mkdir(join(folder, 'cwa.presence'));
    await writeFile(join(folder, 'cwa.presence', '0.avsc'), avsc.replace('"name": "isSelf"', '"name": "isMe"'));
    await writeFile(join(folder, 'cwa.presence', 'notes.txt'), '');
    const { status, stdout } = await runCommand(schemas, ['--check', folder]);
    expect(status).toBe(1);
    expect(stdout).toContain('cwa.presence: released 0; not compatible\n');
    expect(stdout).toContain(
      '  since version 0: Presence.isSelf was added, or renamed, without a default: older records',
    );
    expect(stdout).toContain('cwa.operations: new, nothing was released\n');
  });

  test.each([
    ['is not there', 'nowhere', /cannot check with .*nowhere.*Name a folder/],
    ['has a schema that is none', 'broken', /cannot check with .*the schema is no JSON/],
  ])('says so when the folder %s', async (_what, name, message) => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'broken', 'cwa.unknown'), { recursive: true });
    await writeFile(join(folder, 'broken', 'cwa.unknown', '1.avsc'), '{');
    const { status, stderr } = await runCommand(schemas, ['--check', join(folder, name)]);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  test('does not go with --output', async () => {
    await expect(runCommand(schemas, ['--check', 'a', '--output', 'b'])).rejects.toThrow('exclude each other');
  });
});

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
