import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { verify } from '../../src/commands/verify.ts';
import { ACCOUNT, setStage, USERS } from '../support/bridge.ts';
import { runCommand } from '../support/command-line.ts';
import { expectNoHole } from '../support/exactly-once.ts';
import { until } from '../support/until.ts';

const PSEUDONYM = /^pseudo:2026:[A-Za-z0-9_-]+$/;

test('with privacy.subjects: pseudonym no address leaves the bridge, and verify is content', async () => {
  const stage = await setStage({
    simulator: { eventsPerSecond: 100, eventsTotal: 200, oddities: true },
    settings: {
      privacy: { subjects: 'pseudonym', pseudonymKeys: [{ id: '2026', key: randomBytes(32).toString('base64') }] },
      records: { rawXml: true },
    },
  });
  const { records, simulator } = stage;
  const bridge = await stage.start();
  await records.count('snapshotEnded', 1);
  await until('all changes are made and acknowledged', () => {
    return simulator.changesLeft === 0 && simulator.ledger.events.at(-1)?.acknowledgedAt;
  });
  await expectNoHole(records);
  await bridge.stop();

  expect(records.all.length).toBeGreaterThan(200);
  for (const { key, headers } of records.all) {
    expect(key).toMatch(PSEUDONYM);
    expect(headers.ce_subject).toBe(key);
  }
  const subjects = new Set(records.ofType('userPresence').map(({ value }) => value.subjectUri));
  expect(subjects.size).toBe(USERS.length);
  const published = records.all.map(({ key, text, headers }) => `${key ?? ''} ${text} ${JSON.stringify(headers)}`);
  for (const uri of [ACCOUNT.uri, ...USERS]) {
    const address = uri.slice(uri.indexOf(':') + 1).toLowerCase();
    expect(published.filter((text) => text.toLowerCase().includes(address))).toEqual([]);
  }
  expect(await runCommand(verify, ['-c', await stage.configure()])).toMatchObject({ status: 0 });
});
