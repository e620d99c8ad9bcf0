import { describe, expect, test } from 'vitest';

import type { FaultSpec } from '../../src/simulator/faults.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { setStage, type Stage, type StageOptions, USERS } from '../support/bridge.ts';
import { expectExactlyOnce, expectNoHole } from '../support/exactly-once.ts';
import { until } from '../support/until.ts';

const [ANNA = ''] = USERS;

/** A bridge whose first snapshot is complete. */
async function setRunningStage(options: StageOptions = {}): Promise<Stage> {
  const stage = await setStage(options);
  await stage.start();
  await stage.records.count('snapshotEnded', 1);
  return stage;
}

/** Arms a fault, makes a change that it is in the way of, and waits until the change is in Kafka after all. */
async function survive(stage: Stage, fault: FaultSpec, note = 'after the fault'): Promise<void> {
  const { records, simulator } = stage;
  simulator.faults.arm(fault);
  simulator.setPresence(ANNA, { note });
  await records.find(`the note "${note}" is there`, (value) => value.note === note);
  await until('the fault has struck', () => simulator.faults.strikes[fault.kind]);
}

/** One session, one gap, one sign-in from beginning to end. */
async function expectSameSession({ records, simulator }: Stage, { signIns = 1 } = {}): Promise<void> {
  await expectExactlyOnce(records, simulator.ledger);
  expect(records.ofType('gap')).toHaveLength(1);
  expect(records.ofType('deadLetter')).toEqual([]);
  expect(simulator.stats).toMatchObject({ signIns: { ok: signIns, refused: 0 }, sessionsOpened: 1 });
}

describe('trouble on the way of a poll changes nothing but the time', () => {
  const faults: readonly (readonly [string, FaultSpec])[] = [
    ['a body that ends before its Content-Length', { kind: 'cutLength', count: 2, at: 0.6 }],
    ['a chunked body without its end', { kind: 'cutChunked', count: 2, at: 0.9 }],
    ['a slow answer', { kind: 'slow', delayMs: 300 }],
    ['no answer', { kind: 'hang' }],
    ['a reset connection', { kind: 'reset', count: 2 }],
    ['503', { kind: 'status', status: 503, count: 2 }],
    ['429', { kind: 'status', status: 429 }],
    ['408', { kind: 'status', status: 408 }],
    ['an answer that comes twice', { kind: 'repeat', count: 2 }],
  ];
  test.each(faults)('%s', async (_, fault) => {
    const stage = await setRunningStage({ settings: { session: { responseTimeoutMs: 1_000 } } });
    await survive(stage, fault);
    await expectSameSession(stage);
  });

  const malformations = ['blankInTag', 'strayQuote', 'missingEndTag', 'badUtf8', 'doctype'] as const;
  test('a document that is not well-formed, of whatever kind, is fetched again', async () => {
    const stage = await setRunningStage();
    for (const malformation of malformations) {
      await survive(stage, { kind: 'malformed', malformation }, `after ${malformation}`);
    }
    expect(stage.simulator.faults.strikes.malformed).toBe(malformations.length);
    await expectSameSession(stage);
  });

  test('a server that fails for long is doubted, and with a fresh ticket the session goes on', async () => {
    const stage = await setRunningStage({ settings: { session: { rebuildAfterFailures: 3 } } });
    await survive(stage, { kind: 'status', count: 4 });
    await expectSameSession(stage, { signIns: 2 });
  });
});

describe('a ticket that is not taken any more costs one sign-in, not the session', () => {
  const refusals: readonly (readonly [string, FaultSpec, SimulatorOptions])[] = [
    ['401', { kind: 'revokedTicket' }, { ticketRefusal: '401' }],
    ['302 to the logon page', { kind: 'revokedTicket' }, { ticketRefusal: '302' }],
    ['the logon page with status 200', { kind: 'revokedTicket' }, { ticketRefusal: 'html' }],
    ['302 although the ticket is good', { kind: 'redirect' }, {}],
    ['a web page although the ticket is good', { kind: 'html' }, {}],
    ['403', { kind: 'status', status: 403 }, {}],
    ['440', { kind: 'status', status: 440 }, {}],
  ];
  test.each(refusals)('%s', async (_, fault, simulator) => {
    const stage = await setRunningStage({ simulator });
    await survive(stage, fault);
    await expectSameSession(stage, { signIns: 2 });
  });
});

describe('a lost session', () => {
  /** The records between the end of the first snapshot and the end of the second, by type, without events. */
  async function secondGeneration({ records, simulator }: Stage): Promise<readonly string[]> {
    await records.count('snapshotEnded', 2);
    await until('the new session is acknowledged', () => simulator.ledger.events.at(-1)?.acknowledgedAt);
    await expectNoHole(records);
    const types = records
      .inSequence()
      .filter(({ value }) => value.channel === 'bridge')
      .map(({ value }) => value.recordType);
    return types.slice(types.indexOf('snapshotEnded') + 1);
  }

  const WHOLE_STORY = ['sessionLost', 'signIn', 'gap', 'sessionStarted', 'signIn', 'snapshotBegun', 'snapshotEnded'];

  test('is told, opens a gap, and is healed by a snapshot, without a sign-in', async () => {
    const stage = await setRunningStage();
    const { simulator, records } = stage;
    simulator.faults.arm({ kind: 'lostSession' });

    expect(await secondGeneration(stage)).toEqual(WHOLE_STORY);
    const [first, second] = records.inSequence().filter(({ value }) => value.recordType === 'gap');
    expect(second?.value).toMatchObject({ reason: 'session-lost', previousGeneration: first?.value.generation });
    expect(second?.value.fromEid).toBe(simulator.ledger.events.findLast(({ session }) => session === 1)?.eid);
    const ended = records.inSequence().findLast(({ value }) => value.recordType === 'snapshotEnded');
    expect(ended?.value).toMatchObject({ gapId: second?.value.gapId, missing: [] });
    expect(simulator.stats).toMatchObject({ signIns: { ok: 1 }, sessionsOpened: 2 });
    await expectExactlyOnce(records, simulator.ledger);
  });

  test('of a server that forgot everything costs one sign-in', async () => {
    const stage = await setRunningStage();
    const { simulator, records } = stage;
    await simulator.restart();

    expect(await secondGeneration(stage)).toEqual(WHOLE_STORY);
    expect(simulator.stats).toMatchObject({ signIns: { ok: 2 }, sessionsOpened: 2 });
    await expectExactlyOnce(records, simulator.ledger);
  });

  test('of a server that begins its numbers again: nothing of the new session is taken for the old one', async () => {
    const stage = await setRunningStage({ simulator: { sidAfterRestart: 'again' } });
    const { simulator, records } = stage;
    await simulator.restart(300);

    expect(await secondGeneration(stage)).toEqual(WHOLE_STORY);
    const [first, second] = simulator.ledger.sessions;
    expect(second?.sid).toBe(first?.sid);
    const generation = records.inSequence().at(-1)?.value.generation;
    const ofSecond = records.inSequence().filter(({ value }) => value.generation === generation);
    const events = ofSecond.filter(({ value }) => value.channel === 'data' && value.userIndex === 0);
    const given = simulator.ledger.events.filter(({ session }) => session === second?.session);
    expect(events.map(({ value }) => value.eid)).toEqual(given.map(({ eid }) => eid));
    await expectNoHole(records);
  });
});

describe('an answer that stays unreadable', () => {
  test('is given up after three attempts: dead letter, gap and a new generation', async () => {
    const stage = await setRunningStage();
    const { simulator, records } = stage;
    simulator.faults.arm({ kind: 'malformed', malformation: 'blankInTag', count: 3 });
    simulator.setPresence(ANNA, { note: 'behind the unreadable answer' });

    const [letter] = await records.count('deadLetter', 1);
    await records.count('snapshotEnded', 2);
    expect(letter?.value).toMatchObject({ reason: 'malformed', action: 'new session', attempts: 3, httpStatus: 200 });
    const body = Buffer.from(String(letter?.value.bodyBase64), 'base64').toString('utf8');
    expect(body).toMatch(/^<cwaEvents[^]*< userPresence/);
    expect(letter?.value.line).toBe(body.slice(0, body.indexOf('< ')).split('\n').length);
    const types = records.inSequence().map(({ value }) => value.recordType);
    const at = types.indexOf('deadLetter');
    expect(types.slice(at, at + 5)).toEqual(['deadLetter', 'sessionLost', 'signIn', 'gap', 'sessionStarted']);
    await expectNoHole(records);
    // The snapshot of the new session says what the lost answer said.
    const healed = records.all.findLast(({ value }) => value.note === 'behind the unreadable answer');
    expect(healed?.value.origin).toBe('snapshot');
    expect(simulator.stats).toMatchObject({ signIns: { ok: 1 }, sessionsOpened: 2 });
    // The session that was given up is no endpoint any more.
    expect(simulator.ledger.sessions.map(({ reason }) => reason)).toEqual(['terminated', null]);
  });

  test('of a third session within the hour quarantines the account, and it comes back by itself', async () => {
    const stage = await setStage({ settings: { session: { quarantineRetryMs: 2_000 } } });
    const { simulator, records } = stage;
    const fault = simulator.faults.arm({ kind: 'malformed', count: Infinity });
    const bridge = await stage.start();

    await records.count('quarantined', 1);
    expect(simulator.faults.strikes.malformed).toBe(9);
    expect(records.ofType('deadLetter').map(({ value }) => value.action)).toEqual([
      'new session',
      'new session',
      'quarantine',
    ]);
    expect(JSON.parse((await bridge.get('/status')).body)).toMatchObject({ accounts: [{ phase: 'quarantined' }] });
    simulator.faults.disarm(fault);
    await records.count('quarantineLifted', 1);
    const [ended] = await records.count('snapshotEnded', 1);

    // All that was not seen is one gap, however many sessions it took.
    expect(new Set(records.ofType('gap').map(({ value }) => value.gapId))).toEqual(new Set([ended?.value.gapId]));
    await expectNoHole(records);
  });
});

describe('an answer to initiateSession that stays unreadable', () => {
  test('ends in quarantine like one to a poll, and its body stays unseen', async () => {
    const stage = await setStage({ settings: { session: { quarantineRetryMs: 2_000 } } });
    const { simulator, records } = stage;
    const fault = simulator.faults.arm({ kind: 'malformed', channel: 'command', count: Infinity });
    await stage.start();

    await records.count('quarantined', 1);
    expect(simulator.faults.strikes.malformed).toBe(9);
    const letters = records.ofType('deadLetter').map(({ value }) => value);
    expect(letters.map(({ action }) => action)).toEqual(['new session', 'new session', 'quarantine']);
    for (const letter of letters) expect(letter).toMatchObject({ httpStatus: 200, attempts: 3, bodyBase64: null });
    simulator.faults.disarm(fault);
    await records.count('quarantineLifted', 1);
    await records.count('snapshotEnded', 1);
    await expectNoHole(records);
  });
});

describe('trouble with the command channel', () => {
  const troubles: readonly (readonly [string, FaultSpec])[] = [
    ['503', { kind: 'status', channel: 'command', count: 2 }],
    [
      'an answer that is cut, so that a session may be open that nobody knows',
      { kind: 'cutLength', channel: 'command' },
    ],
    ['an unreadable answer', { kind: 'malformed', channel: 'command', count: 2 }],
    ['a ticket that is refused', { kind: 'revokedTicket', channel: 'command' }],
  ];
  test.each(troubles)('%s: the session is asked for again, and one gap tells it all', async (_, fault) => {
    const stage = await setStage();
    stage.simulator.faults.arm(fault);
    await stage.start();
    await stage.records.count('snapshotEnded', 1);
    expect(stage.records.ofType('gap')).toHaveLength(1);
    expect(stage.records.ofType('sessionStarted')).toHaveLength(1);
    await expectNoHole(stage.records);
  });

  test('a session that is lost before its users are subscribed is replaced', async () => {
    const stage = await setStage();
    const { simulator, records } = stage;
    // The first command opens the session, the second subscribes.
    simulator.faults.arm({ kind: 'slow', channel: 'command', delayMs: 0 });
    simulator.faults.arm({ kind: 'lostSession', channel: 'command' });
    await stage.start();

    const [ended] = await records.count('snapshotEnded', 1);
    expect(ended?.value).toMatchObject({ missing: [] });
    expect(records.ofType('sessionStarted')).toHaveLength(2);
    expect(new Set(records.ofType('gap').map(({ value }) => value.gapId))).toEqual(new Set([ended?.value.gapId]));
    await expectNoHole(records);
  });
});

describe('trouble with the sign-in', () => {
  const troubles: readonly (readonly [string, FaultSpec])[] = [
    ['503', { kind: 'status', channel: 'signIn', count: 2 }],
    ['a cut answer', { kind: 'cutLength', channel: 'signIn', at: 0.5 }],
    ['an unreadable answer', { kind: 'malformed', channel: 'signIn' }],
    ['a reset connection', { kind: 'reset', channel: 'signIn' }],
  ];
  test.each(troubles)('%s is no refusal: it is tried again', async (_, fault) => {
    const stage = await setStage();
    stage.simulator.faults.arm(fault);
    await stage.start();
    await stage.records.count('snapshotEnded', 1);
    expect(stage.simulator.stats.signIns.refused).toBe(0);
    expect(stage.records.ofType('gap')).toHaveLength(1);
  });
});
