import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { normalize } from '../../src/commands/normalize.ts';
import { type CommandOutcome, runCommand } from '../support/command-line.ts';

/**
 * `cwa-bridge normalize` on documents with the traits of the page that the protocol was documented on: three
 * categories of one user beside an outcome, an outcome that stands before an older event, namespaces that are elided,
 * answers of the command channel, a blank in a `sid`, and an answer that is not well-formed.
 *
 * The `.ndjson` files are the exact bytes of standard output. They were written by the program once and then read
 * field by field against the description of the records; the ids in them are computed again below, from canonical
 * texts that were written by hand.
 */
const IDENTITY = ['--account', 'sip:pilot@harbour.example', '--site', 'harbour', '--account-id', 'pilot'];
const TIME = ['--received-at', '2009-03-02T08:15:00.250Z'];
const COMMAND: readonly string[] = ['--channel', 'command'];

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/normalize/${name}`, import.meta.url));
}

function runNormalize(...args: readonly string[]): Promise<CommandOutcome> {
  return runCommand(normalize, [...IDENTITY, ...TIME, ...args]);
}

function golden(name: string): Promise<string> {
  return readFile(fixture(`${name}.ndjson`), 'utf8');
}

describe('normalize', () => {
  const documents: readonly (readonly [name: string, options: readonly string[], what: string])[] = [
    ['user-presence', [], 'three categories of one user, and the outcome of the request'],
    ['user-presence-elided', [], 'the same with namespaces that nobody filled in'],
    ['self-presence', [], 'eid 2 goes out before eid 8'],
    ['im-session', COMMAND, 'an answer of the command channel'],
    ['three-fates', COMMAND, 'accepted, succeeded and failed, in a session written with a blank'],
    ['nested-events', COMMAND, 'events inside an answer of the command channel: a document of the data channel'],
  ];
  test.each(documents)('gives the golden bytes of %s', async (name, options) => {
    const outcome = await runNormalize(...options, fixture(`${name}.xml`));
    expect(outcome).toEqual({ status: 0, stdout: await golden(name), stderr: '' });
  });

  test('reads standard input like a file', async () => {
    const stdin = await readFile(fixture('self-presence.xml'));
    const outcome = await runCommand(normalize, [...IDENTITY, ...TIME], { stdin });
    expect(outcome).toEqual({ status: 0, stdout: await golden('self-presence'), stderr: '' });
  });

  test('refuses an ill-formed document with line and column, and the others go out', async () => {
    const outcome = await runNormalize(...COMMAND, fixture('ill-formed.xml'), fixture('im-session.xml'));
    expect(outcome).toEqual({
      status: 1,
      stdout: await golden('im-session'),
      stderr: expect.stringMatching(/^\S+ill-formed\.xml: .*malformed.* at line 2, column 4: .*\n$/),
    });
  });

  test('refuses a document of the other channel, and a file that is not there', async () => {
    const outcome = await runNormalize(fixture('im-session.xml'), fixture('absent.xml'), fixture('self-presence.xml'));
    expect(outcome).toMatchObject({ status: 1, stdout: await golden('self-presence') });
    const [wrongRoot, absent] = outcome.stderr.split('\n');
    expect(wrongRoot).toMatch(/im-session\.xml: .*wrongRoot.* line 1/);
    expect(absent).toMatch(/absent\.xml: ENOENT/);
  });

  test('takes the documents for answers of one session: numbers go on, a repeated answer adds nothing', async () => {
    const [first, second] = [fixture('user-presence.xml'), fixture('self-presence.xml')];
    const { stdout } = await runNormalize(first, second, first);
    const values = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { readonly value: Readonly<Record<string, unknown>> }).value);
    expect(values.map(({ sequence, answer, eid }) => [sequence, answer, eid])).toEqual([
      [1, 1, 10],
      [2, 1, 11],
      [3, 2, 2],
      [4, 2, 8],
    ]);
  });
});

describe('the ids in the golden files', () => {
  const STATE = '{http://schemas.microsoft.com/2006/09/sip/state}';
  const NOTE = '{http://schemas.microsoft.com/2006/09/sip/note}';
  const CARD = '{http://schemas.microsoft.com/2006/09/sip/contactcard}';
  const TYPE = '{http://www.w3.org/2001/XMLSchema-instance}type';

  /** Canonical text: attributes in the order of `{namespace}name`, no prefixes, no white space between elements. */
  const CATEGORY_OF_CARD = '<{}cwaCategory {}instance="0" {}name="contactCard">';
  const card = (name: string): string =>
    `${CATEGORY_OF_CARD}<${CARD}contactCard><${CARD}identity><${CARD}name><${CARD}displayName>${name}</></></></></>`;
  const USER_PRESENCE =
    '<{}userPresence {}eid="10"><{}user {}sourceNetwork="sameEnterprise" {}uri="sip:Marta@Harbour.example">' +
    `<{}cwaCategory {}instance="0" {}name="state"><${STATE}state ${TYPE}="aggregateState">` +
    `<${STATE}availability>0</><${STATE}activity {}token="Offline"></></></>` +
    `<{}cwaCategory {}instance="0" {}name="note"><${NOTE}note><${NOTE}body {}type="personal"></></></>` +
    `${card('MartaH')}</></>`;

  function digestOf(canonical: string): string {
    return createHash('sha256').update(canonical).digest('hex').slice(0, 16);
  }

  function idOf(identity: string): string {
    const text = ['cwa-bridge', 'pilot', '1', identity, '0', '0'].join('\n');
    return createHash('sha256').update(text).digest('hex').slice(0, 32);
  }

  test.each([
    ['user-presence', 0, `10:userPresence:${digestOf(USER_PRESENCE)}`],
    ['user-presence', 1, `11:requestSucceeded:${digestOf('<{}requestSucceeded {}eid="11" {}rid="2"></>')}`],
    ['self-presence', 0, `2:selfPresence:${digestOf(`<{}selfPresence {}eid="2">${card('pilot7')}</>`)}`],
    ['self-presence', 1, `8:requestSucceeded:${digestOf('<{}requestSucceeded {}eid="8" {}rid="3"></>')}`],
    ['im-session', 0, 'command:1:0'],
    ['three-fates', 2, 'command:1:2'],
  ])(
    '%s, record %i: the hash of installation, account, generation and the identity of the event',
    async (name, index, identity) => {
      const line = (await golden(name)).split('\n')[index] ?? '';
      const record = JSON.parse(line) as {
        readonly headers: { readonly ce_id: string };
        readonly value: { readonly id: string };
      };
      expect(record.value.id).toBe(idOf(identity));
      expect(record.headers.ce_id).toBe(record.value.id);
    },
  );
});
