import { afterEach, describe, expect, test } from 'vitest';

import { userUri } from '../../src/simulator/population.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { plain } from '../../src/simulator/xml-node.ts';
import { ManualClock, ackIdOf, eidsOf, openSession, type RawClient } from './support/raw-client.ts';

const ACCOUNT = 'sip:svc-presence01@fabrikam.example';

let sim: Simulator;
let client: RawClient;

/** Opens a session whose first six events were handed over; the next poll acknowledges them. */
async function open(options: SimulatorOptions = {}): Promise<void> {
  ({ sim, client } = await openSession(options));
}

function push(count: number): void {
  for (let i = 0; i < count; i += 1) sim.pushEvent(ACCOUNT, plain('tide', { level: i }));
}

afterEach(async () => {
  client.close();
  await sim.close();
});

describe('ackId', () => {
  test('is the eid of the last event, and stands also in an answer without events', async () => {
    await open();
    expect(client.ackId).toBe('6');
    const empty = await client.poll();
    expect(empty.body).toBe('<cwaEvents pollWaitTime="1000" sessionTimeout="600" ackId="6" sid="412"/>');
  });

  test('below the counter gives everything after it, again and again', async () => {
    await open();
    push(3);
    expect(eidsOf(await client.poll(6))).toEqual([7, 8, 9]);
    expect(eidsOf(await client.poll(6))).toEqual([7, 8, 9]);
    expect(eidsOf(await client.poll(7))).toEqual([8, 9]);
  });

  test('at the counter gives nothing', async () => {
    await open();
    push(2);
    expect(eidsOf(await client.poll(8))).toEqual([]);
  });

  test('above the counter gives nothing until the counter has passed it, and what lies between is lost', async () => {
    await open();
    push(2);
    const tooHigh = await client.poll(10);
    expect([eidsOf(tooHigh), ackIdOf(tooHigh)]).toEqual([[], '8']);
    push(2);
    expect(eidsOf(await client.poll(10))).toEqual([]);
    push(2);
    expect(eidsOf(await client.poll(10))).toEqual([11, 12]);
  });

  test('that is missing, empty or not a number counts as 0', async () => {
    await open();
    push(1);
    for (const query of ['Sid=412&UA=true', 'Sid=412&AckId=&UA=true', 'Sid=412&AckId=x&UA=true']) {
      expect(eidsOf(await client.query(query))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    }
  });

  test('acknowledges only what an answer of limited size has given', async () => {
    await open({ eventsPerAnswer: 2 });
    client.ackId = '0';
    const eids: number[] = [];
    for (let i = 0; i < 3; i += 1) eids.push(...eidsOf(await client.next()));
    expect(eids).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('lags at times if told so, but every event comes and the client gets on', async () => {
    await open({ ackIdStyle: 'lagging' });
    const eids: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      push(3);
      eids.push(...eidsOf(await client.next()));
    }
    while (client.ackId !== '96') eids.push(...eidsOf(await client.next()));
    expect(eids.length).toBeGreaterThan(90);
    expect(new Set([1, 2, 3, 4, 5, 6, ...eids]).size).toBe(96);
  });
});

describe('the query', () => {
  test('of a client of 2010 is understood', async () => {
    await open();
    push(1);
    const answer = await client.query('Sid=412&&AckID=0&UA=false');
    expect(answer.status).toBe(200);
    expect(eidsOf(answer)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test.each(['ua=true&sid=412&ackid=6', 'ACKID=6&UA=TRUE&SID=412&', 'Ck=1&Sid=412%20&AckId=6'])(
    'may be written %s',
    async (query) => {
      await open();
      push(1);
      expect(eidsOf(await client.query(query))).toEqual([7]);
    },
  );

  test('with an unknown sid is answered by error 18100', async () => {
    await open();
    expect((await client.query('Sid=1&AckId=0&UA=true')).body).toMatch(/^<cwaResponses>\n {2}<error code="18100" /);
    expect(sim.stats.pollsRefused).toBe(1);
  });
});

describe('a subscription', () => {
  test('gives the snapshot before its outcome, and nothing of an unknown user', async () => {
    await open({ users: 2 });
    await client.subscribe(userUri(1), 'sip:nobody@elsewhere.example');
    const { body } = await client.next();
    expect(body).toMatch(/<user uri="sip:user00001@fabrikam.example" sourceNetwork="[a-zA-Z]+">/);
    expect(body).toContain('<user uri="sip:nobody@elsewhere.example"/>');
    expect(body.indexOf('<requestSucceeded')).toBeGreaterThan(body.lastIndexOf('</userPresence>'));
  });

  test('gives changes from then on, until it is taken back', async () => {
    await open({ users: 2 });
    await client.subscribe(userUri(1));
    await client.next();
    expect(sim.setPresence(userUri(1), { availability: 9500, note: 'a < b' })).toBe(1);
    const { body } = await client.next();
    expect(body).toContain('<availability>9500</availability>');
    expect(body).toMatch(/<body type="\w+"( uri="")?>a &lt; b<\/body>/);
    await client.command(`<unSubscribePresence rid="3"><uris><uri>${userUri(1)}</uri></uris></unSubscribePresence>`);
    expect(sim.setPresence(userUri(1), { availability: 3500 })).toBe(0);
  });

  test('is for one session: a new one has none', async () => {
    await open({ users: 1 });
    await client.subscribe(userUri(1));
    await client.command('<terminateSession rid="3"/>');
    await client.initiate();
    expect(sim.setPresence(userUri(1), { availability: 3500 })).toBe(0);
  });

  test('twice to one user gives each change once', async () => {
    await open({ users: 1 });
    await client.subscribe(userUri(1));
    await client.subscribe(userUri(1).toUpperCase().replace('SIP:', 'sip:'));
    await client.next();
    sim.setPresence(userUri(1), { availability: 6500 });
    expect(eidsOf(await client.next())).toHaveLength(1);
  });
});

describe('changes', () => {
  test('come at the rate that was asked for, and no more than an answer takes', async () => {
    const clock = new ManualClock();
    await open({ clock, eventsPerSecond: 4, eventsPerAnswer: 10, users: 3 });
    await client.subscribe(userUri(1), userUri(2), userUri(3));
    await client.next();
    clock.advance(1_500);
    expect(eidsOf(await client.next())).toHaveLength(6);
    clock.advance(4_000);
    expect(eidsOf(await client.next())).toHaveLength(10);
    expect(eidsOf(await client.next())).toHaveLength(6);
    expect(eidsOf(await client.next())).toHaveLength(0);
  });

  test('end with the total, shared among the accounts', async () => {
    const other = { user: 'other', password: 'o', uri: 'sip:other@fabrikam.example' };
    const first = { user: 'FABRIKAM\\svc-presence01', password: 's3cr&t', uri: ACCOUNT };
    await open({ accounts: [first, other], eventsPerSecond: Infinity, eventsTotal: 31, users: 3 });
    await client.subscribe(userUri(1));
    const before = sim.stats.eventsCreated;
    await client.next();
    await client.next();
    expect(sim.stats.eventsCreated - before).toBe(16);
    expect(sim.changesLeft).toBe(15);
  });

  test('are told to every session that watches, each with its own numbers', async () => {
    await open({ users: 1 });
    const first = client.sid;
    await client.subscribe(userUri(1));
    await client.initiate();
    await client.subscribe(userUri(1));
    expect(client.sid).not.toBe(first);
    expect(sim.setPresence(userUri(1), { note: null })).toBe(2);
    const [one, two] = sim.ledger.events.slice(-2);
    expect([one?.sid, one?.eid, two?.sid, two?.eid]).toEqual(['412', 9, '413', 9]);
    expect(one?.digest).toBe(two?.digest);
  });
});

describe('an answer', () => {
  test('has events out of order if told so, all of them', async () => {
    await open({ eidOrder: 'shuffled' });
    push(20);
    const eids = eidsOf(await client.poll());
    expect(eids).not.toEqual(eids.toSorted((a, b) => a - b));
    expect(eids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 7));
  });

  test('to a poll that a later one has overtaken is empty and acknowledges nothing', async () => {
    const gate = Promise.withResolvers<undefined>();
    let polls = 0;
    await open({ onPoll: async () => (++polls === 2 ? await gate.promise : undefined) });
    push(1);
    const older = client.poll(6);
    const newer = await client.poll(6);
    gate.resolve(undefined);
    expect(eidsOf(newer)).toEqual([7]);
    expect([eidsOf(await older), ackIdOf(await older)]).toEqual([[], '6']);
  });

  test('waits for the hook that sees every poll', async () => {
    const seen: string[] = [];
    await open({ onPoll: ({ sid, accountUri, ackId }) => void seen.push(`${sid} ${accountUri} ${ackId}`) });
    await client.query('Sid=412&UA=true');
    expect(seen).toEqual([`412 ${ACCOUNT} 0`, `412 ${ACCOUNT} `]);
  });

  test('is 500 if the hook throws', async () => {
    await open();
    client.close();
    await sim.close();
    await open({
      onPoll: ({ ackId }) => {
        if (ackId !== '0') throw new Error('the judge found a violation');
      },
    });
    const answer = await client.poll();
    expect([answer.status, answer.body]).toEqual([500, 'the judge found a violation\n']);
  });
});

describe('a session that the server loses', () => {
  test('is not found by the next poll, nor by one that is waiting', async () => {
    const gate = Promise.withResolvers<undefined>();
    const reached = Promise.withResolvers<undefined>();
    const hold = async (): Promise<void> => {
      reached.resolve(undefined);
      await gate.promise;
    };
    await open({ onPoll: ({ ackId }) => (ackId === '6' ? hold() : undefined) });
    const waiting = client.poll();
    await reached.promise;
    expect(sim.loseSessions(ACCOUNT)).toBe(1);
    gate.resolve(undefined);
    expect((await waiting).body).toContain('code="18100"');
    expect((await client.poll()).body).toContain('code="18100"');
    expect(sim.pushEvent(ACCOUNT, plain('tide'))).toBe(0);
  });
});

describe('a session that nobody polls', () => {
  test('is ended when too many events wait for it', async () => {
    await open({ queueMax: 10 });
    push(11);
    expect((await client.poll()).body).toContain('code="18100"');
    expect(sim.ledger.sessions[0]?.reason).toBe('overflow');
  });
});
