import { expect, test } from 'vitest';

import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { expectNoHole } from '../support/exactly-once.ts';
import { until } from '../support/until.ts';

const [ANNA = '', BEN = ''] = USERS;
const QUICK = { session: { canary: { intervalMs: 2_000, timeoutMs: 1_000 } } };

function outcomes(page: string): Readonly<Record<string, number>> {
  const series = page.matchAll(/^cwa_bridge_canaries_total\{.*outcome="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...series].map(([, outcome = '', count]) => [outcome, Number(count)]));
}

/** What a test wrote as the note of a user, as far as it was published. */
function notesOf({ records }: Stage, user: string): readonly unknown[] {
  return records.inSequence().flatMap(({ key, value }) => (key === user && value.note !== null ? [value.note] : []));
}

test('canaries come back over the data channel, with origin query, and prove that the session hears something', async () => {
  const stage = await setStage({ settings: QUICK });
  const bridge = await stage.start();
  const own = await stage.records.find('the account sees itself', ({ subjectUri, origin }) => {
    return subjectUri === ACCOUNT.uri && origin === 'query';
  });
  expect(own.value).toMatchObject({ recordType: 'userPresence', channel: 'data' });
  await until(
    'a second one is answered',
    async () => (outcomes((await bridge.get('/metrics')).body).answered ?? 0) > 1,
  );
  const { body } = await bridge.get('/metrics');
  expect(outcomes(body)).toMatchObject({ overdue: 0, refused: 0, unsent: 0 });
  expect(body).toMatch(/^cwa_bridge_canary_answered_timestamp_seconds\{account="watcher"\} 1\.?\d+/m);
  expect(stage.simulator.stats.sessionsOpened).toBe(1);
  await expectNoHole(stage.records);
});

test('an ackId that jumps too high is noticed within two canaries, healed and declared', async () => {
  const stage = await setStage({ settings: QUICK });
  const { records, simulator } = stage;
  const bridge = await stage.start();
  await records.count('snapshotEnded', 1);
  await until('a canary is answered', async () => (outcomes((await bridge.get('/metrics')).body).answered ?? 0) > 0);

  simulator.faults.arm({ kind: 'ackJump', by: 1_000_000 });
  simulator.setPresence(ANNA, { note: 'with an ackId that is too high' });
  await records.find('the jump is taken over', ({ note }) => note === 'with an ackId that is too high');
  await until('the next poll carries it', () => Number(simulator.ledger.sessions[0]?.lastPoll?.ackId) > 1_000_000);
  simulator.setPresence(ANNA, { note: 'that nobody hears' });
  simulator.setPresence(BEN, { note: 'first' });
  simulator.setPresence(BEN, { note: 'last' });
  await records.count('snapshotEnded', 2);

  // Nothing was heard, and it is said that nothing was: from which event on, until when, and what holds now.
  const lost = simulator.ledger.events.filter(({ handedOver, session }) => session === 1 && handedOver.length === 0);
  expect(lost.length).toBeGreaterThanOrEqual(3);
  const [, gap] = records.inSequence().filter(({ value }) => value.recordType === 'gap');
  const heard = simulator.ledger.events.filter(({ handedOver, session }) => session === 1 && handedOver.length > 0);
  expect(gap?.value).toMatchObject({ reason: 'starved', fromEid: Math.max(...heard.map(({ eid }) => eid ?? 0)) });
  for (const { eid } of lost) expect(eid).toBeGreaterThan(Number(gap?.value.fromEid));
  const ended = records.inSequence().findLast(({ value }) => value.recordType === 'snapshotEnded');
  expect(ended?.value).toMatchObject({ gapId: gap?.value.gapId, missing: [] });
  expect([notesOf(stage, ANNA).at(-1), notesOf(stage, BEN).at(-1)]).toEqual(['that nobody hears', 'last']);
  expect(notesOf(stage, BEN)).not.toContain('first');

  // The session that starved is ended, so that it is no endpoint any more; no sign-in was needed.
  expect(simulator.ledger.sessions.map(({ reason }) => reason)).toEqual(['terminated', null]);
  expect(simulator.stats.signIns).toEqual({ ok: 1, refused: 0 });
  const { body } = await bridge.get('/metrics');
  expect(outcomes(body).overdue).toBe(1);
  expect(body).toContain('cwa_bridge_gaps_total{account="watcher",reason="starved"} 1');
  expect(bridge.log.text).toMatch(/The session of account \\"watcher\\" starves/);
  await expectNoHole(records);
});
