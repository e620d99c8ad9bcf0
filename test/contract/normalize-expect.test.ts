import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { UsageError } from '../../src/commands/command.ts';
import { normalize } from '../../src/commands/normalize.ts';
import { type CommandOutcome, runCommand } from '../support/command-line.ts';
import { fileOf, minimal } from '../unit/config/builders.ts';

/** `cwa-bridge normalize --expect`, and what a configuration decides, on the documents and outputs of `normalize`. */
const IDENTITY = ['--account', 'sip:pilot@harbour.example', '--site', 'harbour', '--account-id', 'pilot'];
const TIME = ['--received-at', '2009-03-02T08:15:00.250Z'];

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/normalize/${name}`, import.meta.url));
}

function runNormalize(...args: readonly string[]): Promise<CommandOutcome> {
  return runCommand(normalize, [...IDENTITY, ...TIME, ...args]);
}

/** A changed copy of an output that was expected, as a file. */
async function changed(name: string, change: (text: string) => string): Promise<string> {
  const text = await readFile(fixture(name), 'utf8');
  const result = change(text);
  expect(result).not.toBe(text);
  return fileOf(result, 'expected.ndjson');
}

async function linesOf(name: string): Promise<readonly string[]> {
  return (await readFile(fixture(name), 'utf8')).trimEnd().split('\n');
}

describe('normalize --expect', () => {
  test.each(['user-presence', 'user-presence-elided', 'self-presence'])(
    'is content with the golden output of %s',
    async (name) => {
      const outcome = await runNormalize('--expect', fixture(`${name}.ndjson`), fixture(`${name}.xml`));
      expect(outcome).toEqual({ status: 0, stdout: '', stderr: expect.stringMatching(/^All \d+ records are as /) });
    },
  );

  test('shows the one field that differs', async () => {
    const expected = await changed('user-presence.ndjson', (text) => text.replace('"Offline"', '"Away"'));
    const { status, stdout } = await runNormalize('--expect', expected, fixture('user-presence.xml'));
    expect(status).toBe(1);
    expect(stdout).toMatch(/^record 1 differs: cwa\.presence \S+ \S+ eid 10\n {2}value\.\S+\n {4}expected {2}"Away"\n/);
    expect(stdout).toMatch(
      /\n {4}actual {4}"Offline"\n\nExpected \d, got \d: 1 differ, 0 missing, 0 not expected\.\n$/,
    );
  });

  test('sees the last digit of a number that JavaScript cannot hold', async () => {
    const body = '<cwaEvents ackId="9007199254740993"><requestSucceeded eid="9007199254740993" rid="1"/></cwaEvents>';
    const stdin = Buffer.from(body);
    const { stdout: printed } = await runCommand(normalize, TIME, { stdin });
    expect(printed).toContain('"eid":9007199254740993');
    const right = await fileOf(printed, 'right.ndjson');
    const wrong = await fileOf(printed.replace('"eid":9007199254740993', '"eid":9007199254740992'), 'wrong.ndjson');
    expect(await runCommand(normalize, [...TIME, '--expect', right], { stdin })).toMatchObject({ status: 0 });
    const { status, stdout } = await runCommand(normalize, [...TIME, '--expect', wrong], { stdin });
    expect(status).toBe(1);
    expect(stdout).toContain('  value.eid\n    expected  9007199254740992\n    actual    9007199254740993\n');
  });

  test('tells a missing and an unexpected record', async () => {
    const body = fixture('self-presence.xml');
    const lines = await linesOf('self-presence.ndjson');
    const last = String(lines.length);
    const fewer = await fileOf(lines.slice(0, -1).join('\n'), 'fewer.ndjson');
    const added = await runNormalize('--expect', fewer, body);
    expect(added).toMatchObject({ status: 1, stdout: expect.stringMatching(`^record ${last} is not expected: cwa`) });
    const more = await fileOf(['{"topic":"cwa.requests","key":"k"}', ...lines].join('\n'), 'more.ndjson');
    const missing = await runNormalize('--expect', more, body);
    const says = /^expected record 1 is missing: cwa\.requests k\n\n.* 0 differ, 1 missing, 0 not expected\.\n$/;
    expect(missing).toMatchObject({ status: 1, stdout: expect.stringMatching(says) });
  });

  test('compares with --subset only what the file says', async () => {
    const body = fixture('self-presence.xml');
    const lines = (await linesOf('self-presence.ndjson')).map((line) => {
      const { topic, value } = JSON.parse(line) as { readonly topic: string; readonly value: { readonly id: string } };
      return JSON.stringify({ topic, value: { id: value.id } });
    });
    const subset = await fileOf(lines.join('\n\n'), 'subset.ndjson');
    expect(await runNormalize('--subset', '--expect', subset, body)).toMatchObject({ status: 0, stdout: '' });
    expect(await runNormalize('--expect', subset, body)).toMatchObject({ status: 1 });
    const short = await fileOf(lines.slice(1).join('\n'), 'short.ndjson');
    expect(await runNormalize('--subset', '--expect', short, body)).toMatchObject({ status: 1 });
  });

  test('is not content when a document is refused, though the others are as expected', async () => {
    const expected = fixture('self-presence.ndjson');
    const outcome = await runNormalize('--expect', expected, fixture('ill-formed.xml'), fixture('self-presence.xml'));
    expect(outcome).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/ill-formed.*\n.*expected\.\n$/),
    });
  });

  test.each([
    ['a file that is not there', () => Promise.resolve(['--expect', '/nowhere/expected.ndjson']), /nowhere.*ENOENT/],
    ['a line that is no JSON', async () => ['--expect', await fileOf('{}\n{"a"', 'x')], /x, line 2: /],
    ['a line that is no object', async () => ['--expect', await fileOf('[1]\n', 'x')], /x, line 1 is no JSON object/],
    ['--subset alone', () => Promise.resolve(['--subset']), /--subset needs --expect/],
  ])('takes %s for wrong usage', async (_what, options, message) => {
    const run = runNormalize(...(await options()), fixture('self-presence.xml'));
    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow(message);
  });
});

describe('normalize --config', () => {
  function configuration(more: object, ...accounts: readonly object[]): Promise<string> {
    const [first] = minimal().accounts;
    const pilot = { ...first, id: 'pilot', uri: 'sip:pilot@harbour.example' };
    return fileOf(JSON.stringify({ ...minimal(), accounts: [pilot, ...accounts], ...more }), 'bridge.json');
  }

  async function valuesOf(...args: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { status, stdout } = await runCommand(normalize, [...TIME, ...args]);
    expect(status).toBe(0);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  test('takes account, names of topics and raw XML from it, as run does', async () => {
    const file = await configuration({
      installation: 'harbour-bridge',
      kafka: { ...minimal().kafka, topics: { prefix: 'harbour.' } },
      records: { rawXml: true },
    });
    const [presence] = await valuesOf('-c', file, fixture('user-presence.xml'));
    expect(presence).toMatchObject({
      topic: 'harbour.presence',
      headers: { ce_source: '/harbour-bridge/main/pilot' },
      value: { accountUri: 'sip:pilot@harbour.example', raw: expect.stringMatching(/^</) },
    });
  });

  test('prints only what its privacy settings let out', async () => {
    const body = fixture('../records/notes.xml');
    const kept = await valuesOf('-c', await configuration({}), body);
    const dropped = await valuesOf('-c', await configuration({ privacy: { notes: 'drop' } }), body);
    expect(JSON.stringify(kept)).toContain('At the lighthouse');
    expect(JSON.stringify(dropped)).not.toContain('At the lighthouse');
  });

  test('has the settings of an account chosen if there are more', async () => {
    const other = { id: 'mate', site: 'main', user: 'EXAMPLE\\mate', password: 'x', uri: 'sip:mate@harbour.example' };
    const file = await configuration({}, other);
    const [presence] = await valuesOf('-c', file, '--account-id', 'mate', fixture('self-presence.xml'));
    expect(presence).toMatchObject({ value: { accountId: 'mate', accountUri: 'sip:mate@harbour.example' } });
    const undecided = runCommand(normalize, ['-c', file, fixture('self-presence.xml')]);
    await expect(undecided).rejects.toThrow('the accounts are pilot, mate; choose one');
    const unknown = runCommand(normalize, ['-c', file, '--account-id', 'cook', fixture('self-presence.xml')]);
    await expect(unknown).rejects.toThrow('"cook" is none of them');
  });

  test('refuses options that say otherwise, and a configuration with a problem', async () => {
    const file = await configuration({});
    await expect(runNormalize('-c', file, fixture('self-presence.xml'))).rejects.toThrow('--account is given by the');
    const wrong = await configuration({ colour: 'red' });
    const outcome = await runCommand(normalize, ['-c', wrong, fixture('self-presence.xml')]);
    expect(outcome).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('colour') });
  });

  test('limits bodies as it says', async () => {
    const file = await configuration({ limits: { bodyBytesMax: 65_536 } });
    const body = Buffer.from(`<cwaEvents ackId="1">${' '.repeat(65_536)}</cwaEvents>`);
    const outcome = await runCommand(normalize, ['-c', file], { stdin: body });
    expect(outcome).toMatchObject({ status: 1, stderr: expect.stringMatching(/tooLarge/) });
  });
});
