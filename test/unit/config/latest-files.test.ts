import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { KeyConfiguration } from '../../../src/config/configuration.ts';
import { LatestFiles } from '../../../src/config/latest-files.ts';
import { latestSecretKeys } from '../../../src/config/secret-key.ts';
import { Secret } from '../../../src/config/secret.ts';
import { fileOf, scratchFolder } from './builders.ts';

const KEY = Buffer.alloc(32, 7);
const NEXT_KEY = Buffer.alloc(32, 8);

/** Files, and what their listener heard. */
class Sut {
  readonly heard: [file: string, error: string | null][] = [];
  readonly files = new LatestFiles((file, error) => this.heard.push([file, error?.message ?? null]));

  text(file: string): string {
    return this.files.read(file).toString();
  }
}

describe('a file that is looked at on each use', () => {
  test('is read again when it has changed, and the listener hears of that', async () => {
    const sut = new Sut();
    const file = await fileOf('first', 'secret');
    expect([sut.text(file), sut.text(file)]).toEqual(['first', 'first']);
    expect(sut.heard).toEqual([]);
    await writeFile(file, 'other');
    expect([sut.text(file), sut.text(file)]).toEqual(['other', 'other']);
    expect(sut.heard).toEqual([[file, null]]);
  });

  test('may be a link that leads elsewhere, as mounted secrets are replaced', async () => {
    const sut = new Sut();
    const folder = await scratchFolder();
    const [one, two, link] = ['one', 'two', 'link'].map((name) => join(folder, name)) as [string, string, string];
    await writeFile(one, 'first');
    await writeFile(two, 'after');
    await symlink(one, link);
    expect(sut.text(link)).toBe('first');
    await symlink(two, `${link}.new`);
    await rename(`${link}.new`, link);
    expect(sut.text(link)).toBe('after');
  });

  test('counts as it was last good while it is empty or gone; the listener hears of it once', async () => {
    const sut = new Sut();
    const file = await fileOf('first', 'secret');
    sut.text(file);
    await writeFile(file, '');
    expect([sut.text(file), sut.text(file)]).toEqual(['first', 'first']);
    await rm(file);
    expect(sut.text(file)).toBe('first');
    expect(sut.heard).toEqual([[file, expect.stringContaining(`Cannot read the secret from ${file}: it is empty`)]]);
    expect(sut.files.badCount).toBe(1);

    await writeFile(file, 'second');
    expect(sut.text(file)).toBe('second');
    expect(sut.heard.slice(1)).toEqual([[file, null]]);
    expect(sut.files.badCount).toBe(0);
  });

  test('that comes back as it was is good again', async () => {
    const sut = new Sut();
    const file = await fileOf('first', 'secret');
    sut.text(file);
    await rename(file, `${file}.away`);
    sut.text(file);
    await rename(`${file}.away`, file);
    expect(sut.text(file)).toBe('first');
    expect(sut.heard.at(-1)).toEqual([file, null]);
    expect(sut.files.badCount).toBe(0);
  });

  test('is an error as long as it was not good once', () => {
    const sut = new Sut();
    expect(() => sut.text('/nowhere/secret')).toThrow(expect.objectContaining({ code: 'secret-unreadable' }));
    expect(sut.heard).toEqual([]);
    expect(sut.files.badCount).toBe(0);
  });

  test('never shows in what is said of it', async () => {
    const sut = new Sut();
    const file = await fileOf(KEY.toString('base64'), 'key');
    const keys = latestSecretKeys([{ id: 'k', key: Secret.ofFile(file) }], sut.files);
    await writeFile(file, 'canary-93ab');
    expect(keys[0]?.key).toEqual(KEY);
    expect(JSON.stringify(sut.heard)).not.toContain('canary');
  });
});

describe('keys that are looked at on each use', () => {
  const keyOf = (file: string): readonly KeyConfiguration[] => [{ id: 'k', key: Secret.ofFile(file) }];

  test('are those of the file now, or the last good ones', async () => {
    const sut = new Sut();
    const file = await fileOf(`${KEY.toString('base64')}\n`, 'key');
    const [key] = latestSecretKeys(keyOf(file), sut.files);
    expect(key?.key).toEqual(KEY);
    await writeFile(file, NEXT_KEY.toString('base64'));
    expect(key?.key).toEqual(NEXT_KEY);
    await writeFile(file, NEXT_KEY.toString('base64').slice(0, 20));
    expect(key?.key).toEqual(NEXT_KEY);
    expect(sut.heard.at(-1)?.[1]).toContain('it does not hold 32 bytes as base64');
  });

  test('may stand in the configuration itself', () => {
    const text = Secret.ofText(KEY.toString('base64'));
    expect(latestSecretKeys([{ id: 'k', key: text }], new Sut().files)).toEqual([{ id: 'k', key: KEY }]);
  });

  test('must be good at the start', async () => {
    const file = await fileOf('half', 'key');
    expect(() => latestSecretKeys(keyOf(file), new Sut().files)).toThrow(/32 bytes as base64/);
  });
});
