import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FaultSpec } from '../../src/simulator/faults.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { plain } from '../../src/simulator/xml-node.ts';
import { ackIdOf, eidsOf, openSession, type RawAnswer, type RawClient } from './support/raw-client.ts';

const ACCOUNT = 'sip:svc-presence01@fabrikam.example';

let sim: Simulator;
let client: RawClient;

/** A session with ten events (7 to 16) that wait. */
beforeEach(async () => {
  ({ sim, client } = await openSession());
  push(10);
});

afterEach(async () => {
  client.close();
  await sim.close();
});

function push(count: number): void {
  for (let i = 0; i < count; i += 1) sim.pushEvent(ACCOUNT, plain('tide', { level: i }));
}

async function struck(spec: FaultSpec): Promise<RawAnswer> {
  sim.faults.arm(spec);
  return client.poll();
}

/** The ten events come whole after all, and the ledger knows the difference. */
async function expectRecovery(): Promise<void> {
  expect(eidsOf(await client.poll())).toEqual(Array.from({ length: 10 }, (_, i) => i + 7));
  const { handedOver } = sim.ledger.events.find(({ eid }) => eid === 7) ?? { handedOver: [] };
  expect(handedOver.at(-1)?.complete).toBe(true);
  expect(handedOver.slice(0, -1).every(({ complete }) => !complete)).toBe(true);
}

describe('a fault', () => {
  test('cutLength: the body is shorter than its Content-Length', async () => {
    const answer = await struck({ kind: 'cutLength', at: 0.5 });
    expect(answer.isCut).toBe(true);
    expect(answer.bytes.length).toBe(Math.floor(Number(answer.headers['content-length']) / 2));
    await expectRecovery();
  });

  test('cutChunked: the body ends without the last chunk', async () => {
    const answer = await struck({ kind: 'cutChunked', at: 0.5 });
    expect(answer.isCut).toBe(true);
    expect(answer.headers['transfer-encoding']).toBe('chunked');
    expect(answer.bytes.length).toBeGreaterThan(100);
    await expectRecovery();
  });

  test('cuts where nobody knows if no place is named', async () => {
    const answer = await struck({ kind: 'cutLength' });
    expect(answer.isCut).toBe(true);
  });

  test('hang: no answer until the client gives up', async () => {
    sim.faults.arm({ kind: 'hang' });
    const waiting = client.poll();
    await expect(Promise.race([waiting, client.send('GET', '/').then(() => 'first')])).resolves.toBe('first');
    client.close();
    await expect(waiting).rejects.toThrow();
    await expectRecovery();
  });

  test('slow: the answer comes after the time that was named', async () => {
    const before = performance.now();
    const answer = await struck({ kind: 'slow', delayMs: 60 });
    expect(performance.now() - before).toBeGreaterThan(55);
    expect(eidsOf(answer)).toHaveLength(10);
  });

  test('status: a 5xx with a page', async () => {
    expect((await struck({ kind: 'status' })).status).toBe(503);
    expect((await struck({ kind: 'status', status: 500 })).status).toBe(500);
    await expectRecovery();
  });

  test('redirect: 302 to the logon page', async () => {
    const answer = await struck({ kind: 'redirect' });
    expect([answer.status, answer.headers.location]).toEqual([302, '/forms/logon.html']);
    await expectRecovery();
  });

  test('html: 200 with a page', async () => {
    const answer = await struck({ kind: 'html' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(/^<!DOCTYPE html>/);
    await expectRecovery();
  });

  test('reset: the connection breaks without an answer', async () => {
    await expect(struck({ kind: 'reset' })).rejects.toThrow(/ECONNRESET|hang up/);
    await expectRecovery();
  });

  test.each([
    ['blankInTag', /< tide eid="7"/],
    ['strayQuote', /<tide" eid="7"/],
    ['missingEndTag', /<tide eid="16" level="9"\/>\s*$/],
    ['doctype', /^<!DOCTYPE cwaEvents \[<!ENTITY tide "high">\]><cwaEvents /],
    ['undeclaredPrefix', /^<cwaEvents tide:level="3" /],
    // eslint-disable-next-line no-control-regex -- the character is the point
    ['controlCharacter', /\u0001<\/cwaEvents>/],
  ] as const)('malformed: %s', async (malformation, shape) => {
    const answer = await struck({ kind: 'malformed', malformation });
    expect([answer.status, answer.isCut]).toEqual([200, false]);
    expect(answer.body).toMatch(shape);
    await expectRecovery();
  });

  test('malformed: bytes that are not UTF-8', async () => {
    const { bytes } = await struck({ kind: 'malformed', malformation: 'badUtf8' });
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
  });

  test('repeat: the bytes of the answer before', async () => {
    const first = await client.next();
    push(1);
    const again = await struck({ kind: 'repeat' });
    expect(again.body).toBe(first.body);
    expect(eidsOf(await client.next())).toEqual([17]);
    expect(sim.ledger.events.find(({ eid }) => eid === 7)?.handedOver).toHaveLength(2);
  });

  test('lostSession: error 18100 now and from then on', async () => {
    expect((await struck({ kind: 'lostSession' })).body).toContain('code="18100"');
    expect((await client.poll()).body).toContain('code="18100"');
    expect(sim.ledger.sessions[0]?.reason).toBe('lost');
    expect((await client.initiate()).body).toContain('<sid>413</sid>');
  });

  test('revokedTicket: the ticket is refused, the session lives', async () => {
    expect((await struck({ kind: 'revokedTicket' })).status).toBe(401);
    expect((await client.poll()).status).toBe(401);
    await client.signIn();
    await expectRecovery();
  });

  test('restart: sessions and tickets are forgotten, the port is the same', async () => {
    await expect(struck({ kind: 'restart' })).rejects.toThrow();
    await expect.poll(() => sim.stats.restarts).toBe(1);
    await expect.poll(() => client.poll().then(({ status }) => status, String)).toBe(401);
    await client.signIn();
    expect((await client.poll()).body).toContain('code="18100"');
    expect(sim.ledger.sessions[0]?.reason).toBe('restart');
  });

  test('shuffle: all events, not in the order of their eids', async () => {
    const eids = eidsOf(await struck({ kind: 'shuffle' }));
    expect(eids).not.toEqual(eids.toSorted((a, b) => a - b));
    expect(eids).toHaveLength(10);
  });

  test('ackJump: an ackId that is too high, and nothing until the counter has passed it', async () => {
    expect(ackIdOf(await struck({ kind: 'ackJump', by: 5 }))).toBe('21');
    push(4);
    expect(eidsOf(await client.poll(21))).toEqual([]);
    push(3);
    expect(eidsOf(await client.poll(21))).toEqual([22, 23]);
    const lost = sim.ledger.events.filter(({ handedOver }) => handedOver.length === 0).map(({ eid }) => eid);
    expect(lost).toEqual([17, 18, 19, 20, 21]);
  });

  test('envelope: the attributes that were named, and no others, are otherwise', async () => {
    const answer = await struck({ kind: 'envelope', attributes: { ackId: 'x', pollWaitTime: '9', sid: null } });
    expect(answer.body).toMatch(/^<cwaEvents pollWaitTime="9" sessionTimeout="\d+" ackId="x">/);
    expect(eidsOf(answer)).toHaveLength(10);
    expect(ackIdOf(await client.poll())).toBe('16');
  });

  test('status: with Retry-After if it is wanted', async () => {
    expect((await struck({ kind: 'status', status: 429 })).headers['retry-after']).toBeUndefined();
    const answer = await struck({ kind: 'status', status: 429, retryAfterSeconds: 7 });
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '7']);
  });

  test.each([
    [{}, '<requestFailed><error code="18400" subCode="0" reason="Operation failed"/></requestFailed>'],
    [{ form: 'requestRejected', code: null }, '<requestRejected/>'],
    [{ form: 'error', code: 18101 }, '<error code="18101" subCode="0" reason="Operation failed"/>'],
  ] as const)('refusal of a poll %j', async (spec, shape) => {
    const { body } = await struck({ kind: 'refusal', ...spec });
    expect(body.replaceAll(/>\s+</g, '><')).toBe(`<cwaResponses>${shape}</cwaResponses>`);
    await expectRecovery();
  });

  test('refusal of a POST: each request is answered, none is carried out', async () => {
    sim.faults.arm({ kind: 'refusal', channel: 'command', code: 18201, sip: 403 });
    const { body } = await client.command('<addGroup rid="8"/><terminateSession rid="9"/>');
    expect(body).toMatch(
      /<requestFailed rid="8">[^]*code="18201"[^]*<sipResponse code="403"[^]*<requestFailed rid="9">/,
    );
    expect(sim.ledger.sessions[0]?.endedAt).toBeNull();
  });

  test('refusedLater: accepted, and failed on the data channel', async () => {
    await client.next();
    sim.faults.arm({ kind: 'refusedLater', channel: 'command', code: 18201, sip: 486 });
    expect((await client.initiate()).body).toContain('<requestAccepted rid="1">');
    expect((await client.poll()).body).toMatch(/<requestFailed eid="1" rid="1">[^]*code="18201"[^]*code="486"/);
  });

  test('duplicate: one event stands twice in the answer', async () => {
    const eids = eidsOf(await struck({ kind: 'duplicate' }));
    expect([eids.length, new Set(eids).size]).toEqual([11, 10]);
  });

  test('duplicate: never an event without eid, which would be two events', async () => {
    const answer = await client.next();
    sim.faults.arm({ kind: 'duplicate' });
    for (let i = 0; i < 40; i += 1)
      sim.pushEvent(ACCOUNT, { xml: `<swell level="${String(i)}"/>`, eventName: 'swell' });
    push(2);
    const { body } = await client.poll();
    expect([eidsOf(answer).length, eidsOf({ ...answer, body }).length]).toEqual([10, 3]);
    expect(body.match(/<swell level=/g)).toHaveLength(40);
  });
});

describe('a late event', () => {
  test('comes once, after higher eids were acknowledged', async () => {
    sim.faults.arm({ kind: 'late' });
    const first = eidsOf(await client.next());
    const missing = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16].filter((eid) => !first.includes(eid));
    expect([missing.length, client.ackId]).toEqual([1, '16']);
    expect(eidsOf(await client.next())).toEqual(missing);
    expect(client.ackId).toBe('17');
    expect(eidsOf(await client.next())).toEqual([]);
  });

  test('is given again if the answer that carried it was cut', async () => {
    sim.faults.arm({ kind: 'late' });
    await client.next();
    expect((await struck({ kind: 'cutLength', at: 0.9 })).isCut).toBe(true);
    expect(eidsOf(await client.poll())).toHaveLength(1);
    expect(eidsOf(await client.poll())).toHaveLength(1);
  });

  test('needs two events in an answer: until then the fault waits', async () => {
    await client.next();
    sim.faults.arm({ kind: 'late' });
    await client.next();
    expect(sim.faults.list()).toHaveLength(1);
  });
});

describe('faults', () => {
  test('strike as often as they were armed for', async () => {
    sim.faults.arm({ kind: 'status', count: 2 });
    const statuses = [await client.poll(), await client.poll(), await client.poll()].map(({ status }) => status);
    expect(statuses).toEqual([503, 503, 200]);
    expect(sim.faults.strikes).toEqual({ status: 2 });
  });

  test('strike with the probability that was named', async () => {
    sim.faults.arm({ kind: 'status', count: null, probability: 0.5 });
    const statuses: number[] = [];
    for (let i = 0; i < 60; i += 1) statuses.push((await client.poll()).status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
  });

  test('strike one account only if it is named', async () => {
    sim.faults.arm({ kind: 'status', account: 'sip:other@fabrikam.example' });
    expect((await client.poll()).status).toBe(200);
    sim.faults.arm({ kind: 'status', account: ACCOUNT.toUpperCase() });
    expect((await client.poll()).status).toBe(503);
  });

  test('strike the channel that is named', async () => {
    sim.faults.arm({ kind: 'status', channel: 'command' });
    sim.faults.arm({ kind: 'malformed', malformation: 'missingEndTag', channel: 'signIn' });
    expect((await client.poll()).status).toBe(200);
    expect((await client.command('<addGroup rid="1"/>')).status).toBe(503);
    expect((await client.signIn()).body).not.toContain('</cwaResponses>');
  });

  test('can be taken back', async () => {
    const id = sim.faults.arm({ kind: 'status' });
    sim.faults.arm({ kind: 'html' });
    sim.faults.disarm(id);
    expect(sim.faults.list().map(({ kind }) => kind)).toEqual(['html']);
    sim.faults.clear();
    expect(ackIdOf(await client.poll())).toBe('16');
  });
});
