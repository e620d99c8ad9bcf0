import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { ACCOUNT, setStage, type Settings, USERS } from '../support/bridge.ts';
import type { LogLine } from '../support/log-lines.ts';
import { until } from '../support/until.ts';

const STOPPED = 'account stopped: a person has to act';

/** The account with another password, or with where to find it. */
function withPassword(secret: { readonly password: string } | { readonly passwordFile: string }): Settings {
  const { user, uri } = ACCOUNT;
  return { accounts: [{ id: 'watcher', site: 'lab', user, ...secret, uri, watch: { users: USERS } }] };
}

function sealingKey(): Settings {
  return { sealing: { keys: [{ id: 'key-1', key: randomBytes(32).toString('base64') }] } };
}

async function fileWith(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cwa-password-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'password');
  await writeFile(file, content);
  return file;
}

function messageOf({ err }: LogLine): string {
  return (err as { readonly message: string }).message;
}

describe('a wrong password', () => {
  test.each(['requestFailed', '401', '403'] as const)(
    'refused with %s ends after one sign-in, with a message that says what to do',
    async (signInRefusal) => {
      const stage = await setStage({ settings: withPassword({ password: 'wrong' }), simulator: { signInRefusal } });
      const bridge = await stage.start();

      expect(messageOf(await bridge.log.find(STOPPED))).toMatch(
        /the server refused the sign-in.*; check user, password and uri of the account; it is not tried again/,
      );
      expect(JSON.parse((await bridge.get('/status')).body)).toMatchObject({ accounts: [{ phase: 'stopped' }] });
      expect((await bridge.get('/metrics')).body).toContain(
        'cwa_bridge_sign_in_attempts_total{site="lab",account="watcher",outcome="refused"} 1',
      );
      // A person has to act; a restart by a probe would not help.
      expect(await bridge.get('/livez')).toMatchObject({ status: 200 });
      expect(await bridge.get('/readyz')).toMatchObject({ status: 200 });
      await bridge.stop();
      expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: 1 });
    },
  );

  test.each([
    ['without a sealing key', {}],
    ['with a sealing key', sealingKey()],
  ])('is tried twice at most, over 50 starts, %s', async (_, sealing) => {
    const stage = await setStage({ settings: { ...withPassword({ password: 'wrong' }), ...sealing } });
    let last: LogLine | undefined;
    for (let start = 1; start <= 50; start += 1) {
      const bridge = await stage.start();
      last = await bridge.log.find(STOPPED);
      await bridge.stop();
      expect(stage.simulator.stats.signIns).toEqual({ ok: 0, refused: Math.min(start, 2) });
    }
    expect(last === undefined ? '' : messageOf(last)).toMatch(
      /^Account "watcher" is not signed in: site "lab" refused it 2 times, last at \d{4}-.*Change its password/,
    );
    // One gap since the first start, however many there were, and one record for each refusal.
    await stage.records.find('the last start is told', ({ recordType, generation }) => {
      return recordType === 'gap' && generation >= (stage.records.ofType('gap').at(-1)?.value.generation ?? 0);
    });
    expect(new Set(stage.records.ofType('gap').map(({ value }) => value.gapId)).size).toBe(1);
    expect(stage.records.ofType('quarantined').map(({ value }) => value.reason)).toEqual([
      'sign-in-refused',
      'sign-in-refused',
    ]);
  });

  test.each([
    ['without a sealing key', {}],
    ['with a sealing key', sealingKey()],
  ])('that was changed in its file is noticed without a restart, %s', async (_, sealing) => {
    const passwordFile = await fileWith('wrong\n');
    const signIn = { attemptsPerMinute: 6_000, secretCheckMs: 100 };
    const stage = await setStage({ settings: { ...withPassword({ passwordFile }), ...sealing, signIn } });
    // Two refusals on record: even the budget over restarts is used up.
    for (let start = 1; start <= 2; start += 1) {
      const bridge = await stage.start();
      await bridge.log.find(STOPPED);
      await bridge.stop();
    }
    const bridge = await stage.start();
    await bridge.log.find(STOPPED);

    await writeFile(passwordFile, 'wrong again');
    await until('the new one is refused', () => stage.simulator.stats.signIns.refused === 3);
    await until('the account has stopped again', () => bridge.log.withMessage(STOPPED)[1]);
    await writeFile(passwordFile, ACCOUNT.password);
    await stage.records.count('snapshotEnded', 1);

    // Each secret had one attempt in this process.
    expect(stage.simulator.stats.signIns).toEqual({ ok: 1, refused: 3 });
    expect(stage.records.ofType('quarantineLifted').map(({ value }) => value.reason)).toEqual([
      'secret-changed',
      'secret-changed',
    ]);
    expect(new Set(stage.records.ofType('gap').map(({ value }) => value.gapId)).size).toBe(1);
  });

  test('that was changed is noticed at the next start where a sealing key is configured', async () => {
    const passwordFile = await fileWith('wrong\n');
    const stage = await setStage({ settings: { ...withPassword({ passwordFile }), ...sealingKey() } });
    for (let start = 1; start <= 3; start += 1) {
      const bridge = await stage.start();
      await bridge.log.find(STOPPED);
      await bridge.stop();
    }
    await writeFile(passwordFile, `${ACCOUNT.password}\n`);

    await stage.start();
    await stage.records.count('snapshotEnded', 1);

    expect(stage.simulator.stats.signIns).toEqual({ ok: 1, refused: 2 });
  });
});

test('a password file that is away for a moment costs time, not the daemon', async () => {
  const passwordFile = await fileWith(ACCOUNT.password);
  const stage = await setStage({ settings: withPassword({ passwordFile }) });
  const { records, simulator } = stage;
  const bridge = await stage.start();
  await records.count('snapshotEnded', 1);

  await rm(passwordFile);
  simulator.faults.arm({ kind: 'revokedTicket' });
  simulator.setPresence(USERS[0] ?? '', { note: 'with a new ticket' });
  await until('the file was missed', () => bridge.log.text.includes('Cannot read the secret from'));
  await writeFile(passwordFile, ACCOUNT.password);

  await records.find('the account goes on', ({ note }) => note === 'with a new ticket');
  expect(records.ofType('gap')).toHaveLength(1);
  expect(simulator.stats).toMatchObject({ signIns: { ok: 2, refused: 0 }, sessionsOpened: 1 });
});

test('a password of all that XML escapes signs in', async () => {
  const password = `a&b<c>d"e'f]]>g\u00e9\u{1F511} h`;
  const stage = await setStage({
    settings: withPassword({ password }),
    simulator: { accounts: [{ ...ACCOUNT, password }] },
  });
  await stage.start();
  await stage.records.count('snapshotEnded', 1);
  expect(stage.simulator.stats.signIns).toEqual({ ok: 1, refused: 0 });
});
