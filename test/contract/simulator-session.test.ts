import { afterEach, describe, expect, test } from 'vitest';

import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { ManualClock, RawClient, openSession } from './support/raw-client.ts';

let sim: Simulator;
let client: RawClient;

async function open(options: SimulatorOptions = {}): Promise<void> {
  ({ sim, client } = await openSession(options));
}

async function signedIn(options: SimulatorOptions = {}): Promise<void> {
  sim = await startSimulator({ eventsPerSecond: 0, ...options });
  client = new RawClient(sim.url);
  await client.signIn();
}

afterEach(async () => {
  client.close();
  await sim.close();
});

describe('initiateSession and terminateSession', () => {
  test('are answered by requestAccepted with child elements', async () => {
    await signedIn();
    expect((await client.initiate()).body).toBe(
      [
        '<cwaResponses sid="412" requestProcessed="1">',
        '  <requestAccepted rid="1">',
        '    <sid>412</sid>',
        '    <uri>sip:svc-presence01@fabrikam.example</uri>',
        '    <pollWaitTime>1000</pollWaitTime>',
        '  </requestAccepted>',
        '</cwaResponses>',
      ].join('\n'),
    );
    expect((await client.command('<terminateSession rid="31"/>')).body).toMatch(
      /<requestAccepted rid="31">\s*<sid>412<\/sid>/,
    );
    expect(sim.ledger.sessions[0]?.reason).toBe('terminated');
  });

  test('are answered in the other documented shape if told so', async () => {
    await signedIn({ initiateAnswer: 'initiateSessionAccepted', terminateAnswer: 'requestSucceeded' });
    expect((await client.initiate()).body).toContain(
      '<initiateSessionAccepted rid="1" sid="412" pollWaitTime="1000"/>',
    );
    expect((await client.command('<terminateSession rid="31"/>')).body).toContain('<requestSucceeded rid="31"/>');
  });

  test('give what follows by itself: the outcome, contacts, own presence, containers, subscribers, configuration', async () => {
    await signedIn({ users: 3, subscribedContacts: 1 });
    await client.initiate();
    const { body } = await client.poll(0);
    const names = [...body.matchAll(/^ {2}<(\w+) eid="(\d+)"/gm)].map((match) => `${match[2] ?? ''} ${match[1] ?? ''}`);
    expect(names).toEqual([
      '1 requestSucceeded',
      '2 contactGroup',
      '3 selfPresence',
      '4 containers',
      '5 subscribers',
      '6 configuration',
      '7 userPresence',
    ]);
    expect(body).toContain('<contactGroup eid="2" fullList="true"');
  });

  test('leave the ticket valid', async () => {
    await open();
    await client.command('<terminateSession rid="9"/>');
    expect((await client.poll()).body).toMatch(/<error code="18100"/);
    expect((await client.initiate()).body).toContain('<sid>413</sid>');
  });
});

describe('a command', () => {
  test('may hold several methods, each with an answer of its own', async () => {
    await open();
    const { body } = await client.command(
      '<queryPresence rid="7"><uris><uri>sip:user00001@fabrikam.example</uri></uris></queryPresence>' +
        '<addGroup rid="8"><group name="Watched"/></addGroup><tideTable rid="9"/>',
    );
    expect(body).toContain('<cwaResponses sid="412" requestProcessed="2" unexpectedElement="1">');
    expect(body).toContain('<requestAccepted rid="7"/>');
    expect(body).toContain('<requestAccepted rid="8"/>');
    expect(body).toMatch(/<requestInvalid rid="9">\s*<error code="18001"/);
    const events = (await client.next()).body;
    expect(events).toMatch(/<userPresence eid="7">[\s\S]*<requestSucceeded eid="8" rid="7"\/>/);
    expect(events).toContain('<requestSucceeded eid="9" rid="8"/>');
  });

  test('is carried out again when a rid is used twice', async () => {
    await open();
    const method = '<queryPresence rid="1"><uris><uri>sip:user00001@fabrikam.example</uri></uris></queryPresence>';
    await client.command(method + method);
    expect([...(await client.next()).body.matchAll(/<requestSucceeded eid="\d+" rid="1"\/>/g)]).toHaveLength(2);
  });

  test('with a URI without sip: is rejected', async () => {
    await open();
    expect((await client.subscribe('lena@fabrikam.example')).body).toMatch(
      /<requestRejected rid="2">\s*<error code="18000"/,
    );
  });

  test('without rid is invalid', async () => {
    await open();
    expect((await client.command('<terminateSession/>')).body).toContain('<requestInvalid rid="">');
  });

  test('for an unknown session is answered by error 18100 directly below the root', async () => {
    await open();
    expect((await client.command('<terminateSession rid="1"/>', '999')).body).toMatch(
      /^<cwaResponses>\n {2}<error code="18100"/,
    );
  });

  test('that is not well-formed, has a document type, another root or no namespace is of no use', async () => {
    await open();
    const bodies = ['<cwaRequests', '<!DOCTYPE x><cwaRequests/>', '<other/>', `<cwaRequests sid="${client.sid}"/>`];
    for (const body of bodies) {
      const answer = await client.send('POST', '/cwa/MainCommandHandler.ashx', body);
      expect(answer.body).toMatch(/<error code="18000"/);
    }
  });

  test('is understood with the namespace on a prefix', async () => {
    await signedIn();
    const body = `<q:cwaRequests xmlns:q="http://schemas.microsoft.com/2006/09/rtc/cwa"><q:initiateSession rid="1"/></q:cwaRequests>`;
    expect((await client.send('POST', '/cwa/MainCommandHandler.ashx', body)).body).toContain('<sid>412</sid>');
  });
});

describe('acknowledgeSubscriber', () => {
  const ILSE = 'sip:ilse.brandt@litmar.example';

  test.each([
    ['directly', `<uri>${ILSE}</uri>`],
    ['inside uris', `<uris><uri>SIP:Ilse.Brandt@litmar.example</uri></uris>`],
  ])('names the subscriber %s: no later session announces that one, and only that one', async (_, inside) => {
    await signedIn();
    await client.initiate();
    expect((await client.next()).body).toContain(`<subscriber uri="${ILSE}"`);
    await client.command('<acknowledgeSubscriber rid="7"><uri>sip:lena@fabrikam.example</uri></acknowledgeSubscriber>');
    await client.initiate();
    expect((await client.next()).body).toContain(`<subscriber uri="${ILSE}"`);

    const { body } = await client.command(`<acknowledgeSubscriber rid="8">${inside}</acknowledgeSubscriber>`);
    expect(body).toContain('<requestAccepted rid="8"/>');
    expect((await client.next()).body).toMatch(/<requestSucceeded eid="\d+" rid="8"\/>/);
    await client.initiate();
    const announced = (await client.next()).body;
    expect(announced).not.toContain(ILSE);
    expect(announced).toContain('<subscriber uri="odo@northpier.example"');
  });

  test('without a subscriber is rejected', async () => {
    await open();
    expect((await client.command('<acknowledgeSubscriber rid="8"/>')).body).toMatch(
      /<requestRejected rid="8">\s*<error code="18000"/,
    );
  });
});

describe('tickets', () => {
  test.each([
    ['401', 401],
    ['302', 302],
    ['html', 200],
  ] as const)('that are wrong are refused by %s on both channels', async (ticketRefusal, status) => {
    await open({ ticketRefusal });
    client.ticket = 'wrong';
    for (const answer of [await client.poll(), await client.command('<terminateSession rid="1"/>')]) {
      expect(answer.status).toBe(status);
      expect(answer.headers['cwa-ticket']).toBeUndefined();
      expect(answer.body).not.toContain('<cwa');
    }
    expect(sim.ledger.sessions[0]?.reason).toBeNull();
  });

  test('are renewed on the answers, and older ones stay valid until their own expiry when lenient', async () => {
    const clock = new ManualClock();
    await open({ clock, ticketRenewSeconds: 60, ticketLifetimeSeconds: 300 });
    const first = client.ticket;
    clock.advance(61_000);
    const second = (await client.poll()).headers['cwa-ticket'];
    expect(second).not.toBe(first);
    clock.advance(230_000);
    expect((await client.poll()).status).toBe(200);
    clock.advance(10_000);
    expect((await client.poll()).status).toBe(401);
    client.ticket = String(second);
    expect((await client.poll()).status).toBe(200);
  });

  test('other than the newest are refused when strict, after a grace for what is in flight', async () => {
    const clock = new ManualClock();
    await open({ clock, ticketRotation: 'strict', ticketRenewSeconds: 60, ticketGraceMs: 5_000 });
    clock.advance(61_000);
    const newest = (await client.poll()).headers['cwa-ticket'];
    clock.advance(4_999);
    expect((await client.poll()).status).toBe(200);
    clock.advance(2);
    expect((await client.poll()).status).toBe(401);
    client.ticket = String(newest);
    expect((await client.poll()).status).toBe(200);
  });

  test('of another account do not open a session', async () => {
    const other = { user: 'other', password: 'o', uri: 'sip:other@fabrikam.example' };
    await open({ accounts: [{ user: 'FABRIKAM\\svc-presence01', password: 's3cr&t', uri: 'sip:a@x.example' }, other] });
    await client.signIn('other', 'o');
    expect((await client.poll()).body).toContain('code="18100"');
  });
});

describe('the session time-out', () => {
  test('counts down, starts anew with UA=true, and ends the session', async () => {
    const clock = new ManualClock();
    await open({ clock, sessionTimeoutSeconds: 100, idleEnds: 'session' });
    clock.advance(40_000);
    expect((await client.poll(client.ackId, false)).body).toContain('sessionTimeout="60"');
    expect((await client.poll(client.ackId, true)).body).toContain('sessionTimeout="100"');
    clock.advance(99_000);
    expect((await client.poll(client.ackId, false)).body).toContain('sessionTimeout="1"');
    clock.advance(1_000);
    expect((await client.poll()).body).toContain('code="18100"');
    expect(sim.ledger.sessions[0]?.reason).toBe('idle');
  });

  test('ends the ticket with the session by default', async () => {
    const clock = new ManualClock();
    await open({ clock, sessionTimeoutSeconds: 100 });
    clock.advance(100_000);
    expect((await client.poll()).status).toBe(401);
  });
});

describe('the cookie of a load balancer', () => {
  test('has to come back, or the session is not found', async () => {
    sim = await startSimulator({ affinityCookie: true });
    client = new RawClient(sim.url);
    const cookie = String((await client.signIn()).headers['set-cookie']).split(';')[0] ?? '';
    expect((await client.initiate()).body).toContain('18100');
    const body = `<cwaRequests xmlns="http://schemas.microsoft.com/2006/09/rtc/cwa" sid="0"><initiateSession rid="1"/></cwaRequests>`;
    const answer = await client.send('POST', '/cwa/MainCommandHandler.ashx', body, { Cookie: cookie });
    expect(answer.body).toContain('<sid>412</sid>');
  });
});
