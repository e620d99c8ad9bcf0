import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { normalize } from '../../src/commands/normalize.ts';
import { runCommand } from '../support/command-line.ts';
import { fileOf, minimal } from '../unit/config/builders.ts';

/**
 * `privacy.subjects: pseudonym` from the configuration to the record, on a document with addresses in attributes,
 * texts, links and names. `addresses.ndjson` was written by the program once and then read field by field; the names
 * and ids in it are computed again below as the documentation says, by none of the program's code.
 */
const KEY = Buffer.alloc(32, 7);
const ANNA = 'sip:anna@harbour.example';

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/normalize/${name}`, import.meta.url));
}

function hmac(text: string): Buffer {
  return createHmac('sha256', KEY).update(text).digest();
}

function pseudonymOf(uri: string): string {
  return `pseudo:2026-11:${hmac(uri).subarray(0, 16).toString('base64url')}`;
}

async function normalized(privacy: object): Promise<string> {
  const [first] = minimal().accounts;
  const pilot = { ...first, id: 'pilot', uri: 'sip:pilot@harbour.example', watch: { users: [ANNA] } };
  const settings = { records: { rawXml: true }, privacy: { messageContent: 'keep', ...privacy } };
  const file = await fileOf(JSON.stringify({ ...minimal(), accounts: [pilot], ...settings }), 'bridge.json');
  const options = ['--config', file, '--received-at', '2009-03-02T08:15:00.250Z'];
  const { status, stderr, stdout } = await runCommand(normalize, [...options, fixture('addresses.xml')]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function withKey(key: Buffer, id = '2026-11'): object {
  return { subjects: 'pseudonym', pseudonymKeys: [{ id, key: key.toString('base64') }] };
}

function idsIn(lines: string): readonly string[] {
  return [...lines.matchAll(/"(?:ce_id|id|causeRecordId|sourceRecordId)":"([0-9a-f]{32})"/g)].map(([, id = '']) => id);
}

describe('normalize with privacy.subjects pseudonym', () => {
  test('gives the golden bytes', async () => {
    expect(await normalized(withKey(KEY))).toBe(await readFile(fixture('addresses.ndjson'), 'utf8'));
  });

  test('names everybody as the documentation says, and nobody by an address', async () => {
    const golden = await readFile(fixture('addresses.ndjson'), 'utf8');
    const plain = await normalized({});
    const uris = [ANNA, 'sip:ben@harbour.example', 'sip:pilot@harbour.example', 'sip:åse@bücher.example'];
    for (const uri of [...uris, 'tel:+4555501001', 'mailto:ben@harbour.example', 'odo']) {
      expect(golden).toContain(pseudonymOf(uri));
    }
    for (const address of [/(anna|ben|pilot)(@|%40)/i, /åse@/, /\+4555501001/, /uri=\\"odo/]) {
      expect(plain).toMatch(address);
      expect(golden).not.toMatch(address);
    }
  });

  test('makes ids that only the key leads to, and that join as the plain ones do', async () => {
    const plain = idsIn(await normalized({}));
    const golden = idsIn(await readFile(fixture('addresses.ndjson'), 'utf8'));
    expect(plain.length).toBe(10);
    expect(golden).toEqual(plain.map((id) => hmac(`ID ${id}`).toString('hex').slice(0, 32)));
  });

  test('is plain without, although there are keys', async () => {
    expect(await normalized({ ...withKey(KEY), subjects: 'plain' })).toBe(await normalized({}));
  });

  test('has nothing in common under another key', async () => {
    const names = (lines: string): ReadonlySet<string> => new Set(lines.match(/pseudo:[^"\\<>;& ]*/g));
    const before = names(await normalized(withKey(KEY)));
    const after = names(await normalized(withKey(Buffer.alloc(32, 8))));
    expect(after.size).toBe(before.size);
    expect(before.isDisjointFrom(after)).toBe(true);
  });
});
