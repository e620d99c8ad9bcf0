import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { normalize } from '../../src/commands/normalize.ts';
import { runCommand } from '../support/command-line.ts';
import { fileOf, minimal } from '../unit/config/builders.ts';

/**
 * What becomes of watched users (records §4, §5) in the exact bytes of `normalize`: sign-in edges of every kind that
 * one session without a gap can have, `previous`, states that are stale, and the current state after each. Written by
 * the program once and then read field by field; what nobody watches (`odo`) has none of it.
 */
function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/normalize/${name}`, import.meta.url));
}

test('normalize gives the golden bytes of sign-in edges and current states', async () => {
  const [first] = minimal().accounts;
  const users = ['sip:marta@harbour.example', 'SIP:Ben@Harbour.example;user=phone'];
  const pilot = { ...first, id: 'pilot', uri: 'sip:pilot@harbour.example', watch: { users } };
  const file = await fileOf(JSON.stringify({ ...minimal(), accounts: [pilot] }), 'bridge.json');
  const options = ['--config', file, '--received-at', '2009-03-02T08:15:00.250Z'];
  expect(await runCommand(normalize, [...options, fixture('sign-in.xml')])).toEqual({
    status: 0,
    stdout: await readFile(fixture('sign-in.ndjson'), 'utf8'),
    stderr: '',
  });
});
