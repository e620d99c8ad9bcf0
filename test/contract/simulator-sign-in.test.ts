import { afterEach, describe, expect, test } from 'vitest';

import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { RawClient } from './support/raw-client.ts';

let sim: Simulator;
let client: RawClient;

async function start(options: SimulatorOptions = {}): Promise<void> {
  sim = await startSimulator({ eventsPerSecond: 0, ...options });
  client = new RawClient(sim.url);
}

afterEach(async () => {
  client.close();
  await sim.close();
});

describe('sign-in', () => {
  test('answers the right password with a ticket, the URI and signInData', async () => {
    await start();
    const answer = await client.signIn();
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/xml/);
    expect(answer.body).toMatch(/^<cwaResponses>\n {2}<requestSucceeded eid="0">\n {4}<uri>sip:svc-presence01@/);
    expect(answer.body).toMatch(/<signInData>[A-Za-z0-9+/]+=*<\/signInData>/);
    expect(sim.stats.signIns).toEqual({ ok: 1, refused: 0 });
  });

  test('spells the header exactly CWA-Ticket on every channel', async () => {
    await start();
    const answers = [await client.signIn(), await client.initiate(), await client.poll()];
    for (const { rawHeaders } of answers) expect(rawHeaders).toContain('CWA-Ticket');
  });

  test('compares the user without regard to case, and takes user@domain as it is configured', async () => {
    await start({ accounts: [{ user: 'Bot@fabrikam.example', password: 'p', uri: 'sip:bot@fabrikam.example' }] });
    expect((await client.signIn('bot@FABRIKAM.example', 'p')).headers['cwa-ticket']).toBeDefined();
  });

  test.each([
    ['FABRIKAM\\svc-presence01', 'wrong'],
    ['FABRIKAM\\nobody', 's3cr&t'],
  ])('refuses %s with %s: 200, requestFailed and no ticket', async (user, password) => {
    await start();
    const answer = await client.signIn(user, password);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(/<requestFailed rid="">\s*<error code="18201"/);
    expect(answer.headers['cwa-ticket']).toBeUndefined();
    expect(sim.stats.signIns).toEqual({ ok: 0, refused: 1 });
  });

  test.each(['401', '403'] as const)('refuses with HTTP %s if told so', async (signInRefusal) => {
    await start({ signInRefusal });
    const answer = await client.signIn('FABRIKAM\\svc-presence01', 'wrong');
    expect(answer.status).toBe(Number(signInRefusal));
    expect(answer.headers['cwa-ticket']).toBeUndefined();
  });

  test('refuses a SIP URI that is not the account’s', async () => {
    await start();
    const logon = '<user>FABRIKAM\\svc-presence01</user><password>s3cr&amp;t</password><uri>sip:other@x.example</uri>';
    const answer = await client.send('POST', '/forms/logon.html', `<cwaRequests><logon>${logon}</logon></cwaRequests>`);
    expect(answer.body).toContain('requestFailed');
  });

  test('reads numeric references and CDATA in a password', async () => {
    const password = 'a<b&c"d\'e\u00e9 f';
    await start({ accounts: [{ user: 'u', password, uri: 'sip:u@x.example' }] });
    const logon = `<user>u</user><password>a<![CDATA[<b&]]>c&quot;d&apos;e&#xe9;&#32;f</password>`;
    const answer = await client.send('POST', '/forms/logon.html', `<cwaRequests><logon>${logon}</logon></cwaRequests>`);
    expect(answer.body).toContain('requestSucceeded');
  });

  test('refuses a document that is not well-formed', async () => {
    await start();
    const answer = await client.send('POST', '/forms/logon.html', '<cwaRequests><logon>');
    expect(answer.body).toContain('requestFailed');
  });

  test('does not read more than 4 MiB', async () => {
    await start();
    const answer = await client.send('POST', '/forms/logon.html', ' '.repeat(4 * 1024 * 1024 + 1));
    expect([answer.status, answer.body]).toEqual([500, 'the request is larger than 4 MiB\n']);
  });

  test('takes from a web server in front who has signed in integrated with Windows', async () => {
    await start({ integratedUserHeader: 'X-Signed-In' });
    const post = (user: string): ReturnType<RawClient['send']> =>
      client.send('POST', '/iwa/logon.html', '<cwaRequests><logon/></cwaRequests>', { 'X-Signed-In': user });
    const answer = await post('fabrikam\\svc-presence01');
    expect(answer.body).toContain('<uri>sip:svc-presence01@fabrikam.example</uri>');
    expect(answer.headers['cwa-ticket']).toBeDefined();
    expect((await post('FABRIKAM\\nobody')).headers['cwa-ticket']).toBeUndefined();
    expect(sim.stats.signIns).toEqual({ ok: 1, refused: 1 });
  });

  test('has no such sign-in unless told so', async () => {
    await start();
    expect((await client.send('POST', '/iwa/logon.html', '<cwaRequests><logon/></cwaRequests>')).status).toBe(404);
  });

  test('answers the site root with 200, which a client of 2010 asks for first', async () => {
    await start();
    expect((await client.send('GET', '/')).status).toBe(200);
  });

  test('answers paths that are not part of the API with 404, and wrong methods with 405', async () => {
    await start();
    expect((await client.send('GET', '/cwa/Other.ashx')).status).toBe(404);
    expect((await client.send('GET', '/cwa/MainCommandHandler.ashx')).status).toBe(405);
  });

  test('writes an XML declaration only if told so', async () => {
    await start({ xmlDeclaration: true });
    expect((await client.signIn()).body).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?>\n<cwaResponses>/);
  });
});
