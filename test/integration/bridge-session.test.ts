import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { verify } from '../../src/commands/verify.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { runCommand } from '../support/command-line.ts';
import { expectExactlyOnce, expectNoHole } from '../support/exactly-once.ts';
import type { TailRecord } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

const [ANNA = ''] = USERS;

function sealingKey(): { readonly sealing: object } {
  return { sealing: { keys: [{ id: 'key-1', key: randomBytes(32).toString('base64') }] } };
}

/** Makes a change that can be told from all others, and waits until it is in Kafka. */
async function change({ records, simulator }: Stage, note: string): Promise<TailRecord> {
  simulator.setPresence(ANNA, { note });
  return published({ records }, note);
}

function published({ records }: Pick<Stage, 'records'>, note: string): Promise<TailRecord> {
  return records.find(`the note "${note}" is there`, (value) => value.note === note);
}

function snapshotEnded({ records }: Stage, count = 1): Promise<readonly TailRecord[]> {
  return records.count('snapshotEnded', count);
}

describe('a first start', () => {
  test('opens a gap, publishes the snapshot, closes the gap, and goes on with live changes', async () => {
    const stage = await setStage();
    const { simulator, records, start } = stage;
    await start();

    const [ended] = await snapshotEnded(stage);
    await expectNoHole(records);
    const [gap] = records.ofType('gap');
    expect(gap?.value).toMatchObject({ reason: 'first-start', previousGeneration: null, gapId: ended?.value.gapId });
    expect(ended?.value).toMatchObject({ missing: [], gapId: expect.any(String) });
    const snapshot = records.ofType('userPresence').filter(({ value }) => value.origin === 'snapshot');
    expect(new Set(snapshot.map(({ key }) => key))).toEqual(new Set(USERS));
    expect(snapshot).toHaveLength(USERS.length);

    const note = 'in the "quiet" room & <busy>';
    const live = await change(stage, note);
    expect(live).toMatchObject({ key: ANNA, value: { origin: 'live', subjectUri: ANNA, accountUri: ACCOUNT.uri } });
    expect(
      records
        .inSequence()
        .slice(0, 5)
        .map(({ value }) => value.recordType),
    ).toEqual(['gap', 'sessionStarted', 'signIn', 'snapshotBegun', 'requestAccepted']);
    await until('the change is acknowledged', () => simulator.ledger.events.at(-1)?.acknowledgedAt);
    await expectExactlyOnce(records, simulator.ledger);
  });

  const servers: readonly (readonly [string, SimulatorOptions])[] = [
    [
      'answers with the older shape, compact, with an XML declaration',
      { initiateAnswer: 'initiateSessionAccepted', wireStyle: 'compact', xmlDeclaration: true },
    ],
    [
      'gives a new ticket with each answer and takes only the newest, and wants its cookie back',
      { ticketRotation: 'strict', ticketRenewSeconds: 0, ticketGraceMs: 0, affinityCookie: true },
    ],
    ['gives a new ticket with each answer and takes older ones too', { ticketRenewSeconds: 0 }],
    ['gives no order of events and an ackId that lags behind', { eidOrder: 'shuffled', ackIdStyle: 'lagging' }],
  ];
  test.each(servers)('gets on with a server that %s', async (_, options) => {
    const stage = await setStage({ simulator: { ...options, users: 20, eventsPerSecond: 100, eventsTotal: 60 } });
    const { simulator, records, start } = stage;
    await start();

    await snapshotEnded(stage);
    await until('all changes are made', () => simulator.changesLeft === 0);
    await change(stage, 'the last one');
    await until('everything is acknowledged', () =>
      simulator.ledger.events.every(({ acknowledgedAt }) => acknowledgedAt !== null),
    );
    await expectExactlyOnce(records, simulator.ledger);
    expect(simulator.stats).toMatchObject({ signIns: { ok: 1, refused: 0 }, sessionsOpened: 1, pollsRefused: 0 });
  });
});

describe('what the bridge asks of the server', () => {
  test('is answered in the requests topic, in the transactions of what the answers lead to', async () => {
    const stage = await setStage({ simulator: { terminateAnswer: 'requestSucceeded' } });
    const { configure, records, start } = stage;
    const bridge = await start({ session: { subscribeChunk: 2 } });
    await snapshotEnded(stage);
    await records.count('requestSucceeded', 3);
    await bridge.stop();
    await records.count('sessionEnded', 1);
    await expectNoHole(records);

    const answers = records.inSequence().filter(({ value }) => value.channel === 'command');
    expect(answers.every(({ key, topic }) => key === ACCOUNT.uri && topic.endsWith('.requests'))).toBe(true);
    const [started] = records.ofType('sessionStarted');
    const took = { eid: null, durationMs: expect.any(Number), errorCode: null, sid: started?.value.sid };
    expect(answers.map(({ value }) => value)).toMatchObject([
      { ...took, outcome: 'accepted', method: 'initiateSession', acceptedSid: started?.value.sid, concerns: [] },
      { ...took, outcome: 'accepted', method: 'subscribePresence', concerns: USERS.slice(0, 2) },
      { ...took, outcome: 'accepted', method: 'subscribePresence', concerns: USERS.slice(2) },
      { ...took, outcome: 'succeeded', method: 'terminateSession', concerns: [] },
    ]);

    // The outcomes on the data channel are known for those of our own requests.
    const outcomes = records.ofType('requestSucceeded').filter(({ value }) => value.channel === 'data');
    expect(outcomes.map(({ value }) => [value.rid, value.method])).toEqual(
      answers.slice(0, 3).map(({ value }) => [value.rid, value.method]),
    );
    const verified = await runCommand(verify, ['--config', await configure()]);
    expect(verified).toMatchObject({ status: 0, stderr: expect.stringContaining('Flawless') });
  });
});

describe('with a sealing key', () => {
  test('the next start goes on with the session, without a sign-in, and nothing in between is lost', async () => {
    const stage = await setStage({ settings: sealingKey(), simulator: { ticketRenewSeconds: 0 } });
    const { simulator, records, start } = stage;
    const first = await start();
    await snapshotEnded(stage);
    await first.stop();
    expect(simulator.ledger.sessions[0]?.endedAt).toBeNull();

    simulator.setPresence(ANNA, { note: 'while nobody looked' });
    await start();
    const missed = await published(stage, 'while nobody looked');

    const [resumed] = records.ofType('sessionResumed');
    expect(missed.value).toMatchObject({ origin: 'live', generation: resumed?.value.generation });
    expect(records.ofType('gap')).toHaveLength(1);
    expect(simulator.stats).toMatchObject({ signIns: { ok: 1 }, sessionsOpened: 1, pollsRefused: 0 });
    await expectExactlyOnce(records, simulator.ledger);
  });

  test('a key that is gone costs a sign-in, not the session', async () => {
    const stage = await setStage({ settings: sealingKey() });
    const { simulator, records, start } = stage;
    const first = await start();
    await snapshotEnded(stage);
    await first.stop();

    await start(sealingKey());
    await change(stage, 'with another key');

    expect(records.ofType('gap')).toHaveLength(1);
    expect(simulator.stats).toMatchObject({ signIns: { ok: 2 }, sessionsOpened: 1 });
    await expectExactlyOnce(records, simulator.ledger);
  });

  test('a changed watch list is subscribed in the session that goes on', async () => {
    const stage = await setStage({ settings: sealingKey() });
    const { simulator, records, start } = stage;
    const first = await start();
    await snapshotEnded(stage);
    await first.stop();

    const newcomer = 'sip:user00009@fabrikam.example';
    const { user, password, uri } = ACCOUNT;
    await start({
      accounts: [{ id: 'watcher', site: 'lab', user, password, uri, watch: { users: [...USERS, newcomer] } }],
    });
    const seen = await records.find('the newcomer is seen', ({ subjectUri }) => subjectUri === newcomer);

    expect(seen.value).toMatchObject({ origin: 'snapshot', sid: records.ofType('sessionStarted')[0]?.value.sid });
    expect(records.ofType('watchChanged')).toHaveLength(1);
    expect(simulator.stats.sessionsOpened).toBe(1);
  });
});

describe('without a sealing key', () => {
  test('the end of the process signs the session out, and the next start begins a new generation', async () => {
    const stage = await setStage();
    const { simulator, records, start } = stage;
    const first = await start();
    await snapshotEnded(stage);
    await first.stop();
    expect(simulator.ledger.sessions[0]?.reason).toBe('terminated');
    await records.count('sessionEnded', 1);

    await start();
    await snapshotEnded(stage, 2);

    const [firstGap, secondGap] = records.inSequence().filter(({ value }) => value.recordType === 'gap');
    expect(secondGap?.value).toMatchObject({ reason: 'restart', previousGeneration: firstGap?.value.generation });
    expect(records.ofType('sessionLost')).toEqual([]);
    await expectExactlyOnce(records, simulator.ledger);
  });

  test('a killed process costs a sign-in: the old session is tried once and goes on', async () => {
    const stage = await setStage();
    const { simulator, records, spawn } = stage;
    const { child } = await spawn();
    await snapshotEnded(stage);
    await child.end('SIGKILL');

    simulator.setPresence(ANNA, { note: 'while nobody lived' });
    await stage.start();
    const missed = await published(stage, 'while nobody lived');

    expect(missed.value).toMatchObject({ origin: 'live', sid: simulator.ledger.sessions[0]?.sid });
    expect(records.ofType('gap')).toHaveLength(1);
    expect(records.ofType('sessionResumed')).toHaveLength(1);
    expect(simulator.stats).toMatchObject({ signIns: { ok: 2 }, sessionsOpened: 1 });
    await expectExactlyOnce(records, simulator.ledger);
  });

  test('a killed process whose session is gone polls it once, says so, and begins a new generation', async () => {
    const stage = await setStage();
    const { simulator, records, spawn } = stage;
    const { child } = await spawn();
    await snapshotEnded(stage);
    await child.end('SIGKILL');
    simulator.loseSessions(ACCOUNT.uri);
    const refusedBefore = simulator.stats.pollsRefused;

    await stage.start();
    await snapshotEnded(stage, 2);

    expect(simulator.stats.pollsRefused).toBe(refusedBefore + 1);
    const gap = records.inSequence().findLast(({ value }) => value.recordType === 'gap');
    expect(gap?.value.reason).toBe('session-lost');
    await expectExactlyOnce(records, simulator.ledger);
  });
});
