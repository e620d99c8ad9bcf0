import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { eidsOf, openSession, type RawClient } from './support/raw-client.ts';

let sim: Simulator;
let client: RawClient;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cwa-simulator-'));
  ({ sim, client } = await openSession({ ledgerFile: join(folder, 'ledger.ndjson') }));
});

afterEach(async () => {
  client.close();
  await sim.close();
  await rm(folder, { recursive: true });
});

function linesOf(text: string): unknown[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe('the ledger', () => {
  test('is given line by line: sessions, then events with what became of them', async () => {
    await client.poll();
    const answer = await client.send('GET', '/_simulator/ledger');
    expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    const [session, first, ...others] = linesOf(answer.body);
    expect(session).toMatchObject({
      type: 'session',
      session: 1,
      sid: '412',
      accountUri: 'sip:svc-presence01@fabrikam.example',
      endedAt: null,
      polls: 2,
      lastPoll: { ackId: '6', ua: true },
    });
    expect(first).toMatchObject({
      type: 'event',
      session: 1,
      sid: '412',
      eid: 1,
      eventName: 'requestSucceeded',
      users: [],
    });
    expect(first).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown });
    expect(first).toMatchObject({ handedOver: [{ poll: 1, ackIdAnswered: 6, complete: true }] });
    expect(first).toMatchObject({ acknowledgedAt: expect.any(Number) as unknown });
    expect(others).toHaveLength(5);
  });

  test('is written to a file at the end', async () => {
    await sim.close();
    const [session, ...events] = linesOf(await readFile(join(folder, 'ledger.ndjson'), 'utf8'));
    expect(session).toMatchObject({ reason: 'closed', endedAt: expect.any(Number) as unknown });
    expect(events).toHaveLength(6);
  });

  test('that cannot be written is noticed at the start', async () => {
    const ledgerFile = join(folder, 'nowhere', 'ledger.ndjson');
    await expect(startSimulator({ ledgerFile })).rejects.toThrow(
      /ledger cannot be written to .*ENOENT.*folder that exists/,
    );
  });

  test('names the users of an event', async () => {
    sim.setPresence('sip:a@x.example', { note: 'x' });
    await client.subscribe('sip:a@x.example', 'sip:nobody@x.example');
    const users = sim.ledger.events.flatMap((event) => event.users);
    expect(users).toEqual(['sip:a@x.example', 'sip:nobody@x.example']);
  });
});

describe('the control resources', () => {
  test('count what has happened', async () => {
    const stats = JSON.parse((await client.send('GET', '/_simulator/stats')).body) as unknown;
    expect(stats).toEqual({
      signIns: { ok: 1, refused: 0 },
      sessionsOpened: 1,
      sessionsLive: 1,
      eventsCreated: 6,
      eventsHandedOver: 6,
      commands: 1,
      polls: 1,
      pollsRefused: 0,
      restarts: 0,
      faultsStruck: {},
      changesLeft: null,
    });
  });

  test('arm, list and take back faults', async () => {
    const armed = await client.send('POST', '/_simulator/faults', '[{"kind":"status","count":null},{"kind":"html"}]');
    expect(JSON.parse(armed.body)).toEqual([1, 2]);
    expect((await client.poll()).status).toBe(503);
    const list = JSON.parse((await client.send('GET', '/_simulator/faults')).body) as unknown;
    expect(list).toMatchObject([
      { id: 1, kind: 'status', struck: 1 },
      { id: 2, kind: 'html', struck: 0 },
    ]);
    await client.send('DELETE', '/_simulator/faults');
    expect((await client.poll()).status).toBe(200);
  });

  test.each([
    ['{"kind":"flood"}', /^body\.kind is "flood": write one of slow, cutLength, /],
    ['[{"kind":"status","status":200}]', /^body\[0\]\.status is 200: write an HTTP status from 400 to 599/],
    ['{"kind":"slow","delay":1}', /^body\.delay is not known: use channel, /],
    ['"html"', /^body is not a fault/],
    ['{"kind":', /JSON/],
  ])('refuse the fault %s and say what to write', async (body, message) => {
    const answer = await client.send('POST', '/_simulator/faults', body);
    expect(answer.status).toBe(400);
    expect((JSON.parse(answer.body) as { error: string }).error).toMatch(message);
    expect(sim.faults.list()).toEqual([]);
  });

  test('make changes at once, whatever the rate', async () => {
    const create = async (query: string): Promise<unknown> => {
      return JSON.parse((await client.send('POST', `/_simulator/changes${query}`)).body) as unknown;
    };
    expect(await create('?count=5')).toEqual({ created: 0 });
    await client.subscribe('sip:user00001@fabrikam.example');
    await client.next();
    expect(await create('?count=5&account=sip:svc-presence01@fabrikam.example')).toEqual({ created: 5 });
    expect(eidsOf(await client.next())).toHaveLength(5);
    await client.next();
    expect(await create('?count=1')).toEqual({ created: 1 });
    expect(await create('?count=5&account=sip:nobody@x.example')).toEqual({ created: 0 });
    expect(await create('?count=x')).toMatchObject({ error: expect.stringContaining('changes?count=1000') as unknown });
  });

  test('restart the server', async () => {
    await expect(client.send('POST', '/_simulator/restart')).rejects.toThrow();
    await expect.poll(() => client.poll().then(({ status }) => status, String)).toBe(401);
  });

  test('name themselves when another one is asked for', async () => {
    const answer = await client.send('GET', '/_simulator/tide');
    expect([answer.status, answer.body]).toEqual([404, expect.stringContaining('GET ledger') as unknown]);
  });
});

describe('restart', () => {
  test('goes on with the numbers of sessions, so that the ledger stays unambiguous', async () => {
    await sim.restart();
    client.close(); // Its connections were to the server before.
    await client.signIn();
    await client.initiate();
    expect(client.sid).toBe('413');
    expect(sim.ledger.sessions.map(({ session, sid, reason }) => [session, sid, reason])).toEqual([
      [1, '412', 'restart'],
      [2, '413', null],
    ]);
  });

  test('begins again with the same numbers if told so', async () => {
    client.close();
    await sim.close();
    ({ sim, client } = await openSession({ sidAfterRestart: 'again' }));
    await sim.restart(20);
    client.close();
    await client.signIn();
    await client.initiate();
    expect(sim.ledger.sessions.map(({ session, sid }) => [session, sid])).toEqual([
      [1, '412'],
      [2, '412'],
    ]);
  });

  test('asked for twice at once is one restart, and the simulator can be closed meanwhile', async () => {
    await Promise.all([sim.restart(5), sim.restart(5)]);
    expect(sim.stats.restarts).toBe(1);
    const restarting = sim.restart(60_000);
    await sim.close();
    await restarting;
    await expect(client.poll()).rejects.toThrow('ECONNREFUSED');
  });

  test('keeps what users have published', async () => {
    sim.setPresence('sip:a@x.example', { availability: 9500 });
    await sim.restart();
    client.close(); // Its connections were to the server before.
    await client.signIn();
    await client.initiate();
    await client.subscribe('sip:a@x.example');
    expect((await client.poll(0)).body).toContain('<availability>9500</availability>');
  });
});
