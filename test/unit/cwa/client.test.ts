import { describe, expect, test } from 'vitest';

import { DocumentRefusedError } from '../../../src/cwa/documents/document-refused-error.ts';
import {
  SessionLostError,
  SessionRefusedError,
  SignInRefusedError,
  TicketLostError,
  TransientError,
} from '../../../src/cwa/errors.ts';
import type { ExchangeFacts } from '../../../src/cwa/http/transport.ts';
import { eventsReply, failureOf, logonReply, NEVER, PASSWORD, until, useHarness } from './client-harness.ts';
import { reply } from './scripted-server.ts';
import { firstChild } from './xml.ts';
import { elementsOf, textOf } from '../../../src/lib/xml.ts';

const harness = useHarness();
const POLL = { sid: '412', ackId: '9', isUserActive: true };

describe('signIn', () => {
  test('posts user and password exactly, and takes ticket, uri and signInData', async () => {
    const { server, client } = harness();
    server.will(logonReply());
    expect(await client.signIn(NEVER)).toMatchObject({ uri: 'sip:svc@fabrikam.example' });
    expect(server.last).toMatchObject({ method: 'POST', target: '/forms/logon.html' });
    expect(server.last.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    expect(elementsOf(firstChild(server.last.body)).map(textOf)).toEqual(['FABRIKAM\\svc', PASSWORD]);
    expect(client.credentials().reveal()).toEqual({ ticket: 'canary-ticket', cookies: [], signInData: 'canary-data' });
  });

  test('succeeds by the ticket alone, without a body', async () => {
    const { server, client } = harness();
    server.will(reply({ headers: ['CWA-Ticket: t'] }));
    expect(await client.signIn(NEVER)).toMatchObject({ uri: null });
  });

  test('reads the password anew at each attempt', async () => {
    const { server, clientWith } = harness();
    const passwords = ['old', 'new'];
    const client = clientWith({ password: () => Promise.resolve(passwords.shift() ?? '') });
    server.will(logonReply(), logonReply());
    await client.signIn(NEVER);
    await client.signIn(NEVER);
    expect(server.requests.map(({ body }) => /<password>(.*)<\/password>/.exec(body)?.[1])).toEqual(['old', 'new']);
  });

  test.each([
    ['no ticket', reply({ body: '<cwaResponses><requestSucceeded eid="0"/></cwaResponses>' })],
    ['an empty answer', reply({})],
    ['a blank ticket', logonReply('  ')],
    ['a web page', reply({ body: '<html><body>Sign in</body></html>' })],
    ['something unreadable', reply({ body: 'denied' })],
    ['requestFailed', reply({ body: '<cwaResponses><requestFailed/></cwaResponses>' })],
    ['requestRejected beside a ticket', logonReply('t', { body: '<cwaResponses><requestRejected/></cwaResponses>' })],
    ['401', reply({ status: 401 })],
    ['401 beside a ticket', reply({ status: 401, headers: ['CWA-Ticket: t'] })],
    ['403', reply({ status: 403 })],
  ])('is refused by %s', async (_what, answer) => {
    const { server, client } = harness();
    server.will(answer);
    const error = await failureOf(client.signIn(NEVER));
    expect(error).toBeInstanceOf(SignInRefusedError);
    expect(error.message).toContain('check user, password and uri of the account');
    expect(client.credentials().reveal().ticket).toBeNull();
  });

  test('is not refused but failed by trouble of the server', async () => {
    const { server, client } = harness();
    const throttled = '<cwaResponses><requestFailed><error code="18101"/></requestFailed></cwaResponses>';
    server.will(reply({ body: throttled }), reply({ status: 503 }));
    expect(await failureOf(client.signIn(NEVER))).toBeInstanceOf(TransientError);
    expect(await failureOf(client.signIn(NEVER))).toBeInstanceOf(TransientError);
  });

  test('does not take an old ticket for the answer', async () => {
    const { server, client } = harness();
    server.will(logonReply('old'), reply({ body: '<cwaResponses><requestSucceeded/></cwaResponses>' }));
    await client.signIn(NEVER);
    expect(await failureOf(client.signIn(NEVER))).toBeInstanceOf(SignInRefusedError);
    expect(server.last.headers.has('cwa-ticket')).toBe(false);
  });
});

describe('a session', () => {
  test('is opened with signInData, polled and ended', async () => {
    const { server, client } = harness();
    const opened =
      '<cwaResponses><requestAccepted rid="1"><sid>412</sid><pollWaitTime>3000</pollWaitTime></requestAccepted></cwaResponses>';
    server.will(logonReply(), reply({ body: opened }), eventsReply('sid="412" ackId="11"', '<a eid="11"/>'), reply({}));
    await client.signIn(NEVER);
    expect(await client.initiateSession({ rid: '1' }, NEVER)).toMatchObject({
      session: { sid: '412', uri: null, pollWaitTimeMs: 3000 },
      answer: { responses: [{ outcome: 'accepted', rid: '1' }] },
      trouble: null,
    });
    expect(server.last.body).toContain('<signInData>canary-data</signInData>');
    expect(await client.poll({ ...POLL, ackId: '0' }, NEVER)).toMatchObject({
      kind: 'events',
      answer: { ackId: '11' },
    });
    expect(server.last.target).toBe('/cwa/AsyncDataChannel.ashx?Sid=412&AckId=0&UA=true');
    await client.terminateSession({ sid: '412', rid: '2' }, NEVER);
    expect(server.last.body).toContain('<terminateSession rid="2"/>');
    expect(server.connections).toBe(1);
  });

  test.each([
    ['<requestRejected rid="1"/>', SessionRefusedError],
    ['<requestFailed rid="1"><error code="18100"/></requestFailed>', SessionRefusedError],
    ['<error code="18000"/>', SessionRefusedError],
    ['<requestFailed rid="1"><error code="18203"/></requestFailed>', TransientError],
    ['<requestAccepted rid="1"/>', TransientError],
  ])('is not opened by %s', async (inner, expected) => {
    const { server, client } = harness();
    server.will(reply({ body: `<cwaResponses>${inner}</cwaResponses>` }));
    const { answer, session, trouble } = await client.initiateSession({ rid: '1' }, NEVER);
    expect(session).toBeNull();
    expect(trouble).toBeInstanceOf(expected);
    expect(answer.responses).toHaveLength(1);
  });

  test.each([
    ['nothing', reply({}), null],
    ['a web page', reply({ body: '<html/>', headers: ['Content-Type: text/html'] }), null],
    [
      'a session that it does not know',
      reply({ status: 500, body: '<cwaResponses><error code="18100"/></cwaResponses>' }),
      null,
    ],
    [
      'a refusal',
      reply({ body: '<cwaResponses><requestFailed rid="2"><error code="18102"/></requestFailed></cwaResponses>' }),
      ['requestFailed'],
    ],
    ['its end', reply({ body: '<cwaResponses><requestSucceeded rid="2"/></cwaResponses>' }), ['requestSucceeded']],
  ])('is ended by %s, and the answer is there if it can be read', async (_, answer, names) => {
    const { server, client } = harness();
    server.will(answer);
    const ended = await client.terminateSession({ sid: '412', rid: '2' }, NEVER);
    expect(ended?.answer.responses.map(({ name }) => name) ?? null).toEqual(names);
  });
});

describe('presence commands', () => {
  const requests = {
    sid: '412',
    requests: [
      { rid: '7', uris: ['sip:a@b.example'] },
      { rid: '8', uris: ['sip:c@b.example'] },
    ],
  };

  test('give each request its own fate', async () => {
    const { server, client } = harness();
    const inner = '<requestFailed rid="8"><error code="18201"/></requestFailed><requestAccepted rid="7"/>';
    server.will(reply({ body: `<cwaResponses>${inner}</cwaResponses>` }));
    const { answer, receivedAt, trouble } = await client.subscribePresence(requests, NEVER);
    expect({ receivedAt, trouble }).toEqual({ receivedAt: expect.any(Number), trouble: null });
    expect(answer.responses.map(({ rid, outcome }) => [rid, outcome])).toEqual([
      ['8', 'failed'],
      ['7', 'accepted'],
    ]);
    expect(server.last.target).toBe('/cwa/MainCommandHandler.ashx');
  });

  test.each([
    ['<error code="18100" reason="Session not found"/>', SessionLostError],
    ['<requestAccepted rid="7"/><requestRejected rid="8"><error code="18100"/></requestRejected>', SessionLostError],
    ['<error code="18101"/>', TransientError],
  ])('are in trouble as a whole by %s, which stands beside the answer', async (inner, expected) => {
    const { server, client } = harness();
    server.will(reply({ body: `<cwaResponses>${inner}</cwaResponses>` }));
    const { answer, trouble } = await client.queryPresence(requests, NEVER);
    expect(trouble).toBeInstanceOf(expected);
    expect(answer.responses).not.toEqual([]);
  });

  test('name the method that unsubscribes', async () => {
    const { server, client } = harness();
    server.will(reply({ body: '<cwaResponses/>' }));
    await client.unsubscribePresence({ ...requests, method: 'unSubscribePresence' }, NEVER);
    expect(server.last.body).toContain('<unSubscribePresence rid="7">');
  });
});

describe('poll', () => {
  test('echoes sid and ackId as text, escaped for the query', async () => {
    const { server, client } = harness();
    server.will(eventsReply('ackId="1"'));
    await client.poll({ sid: '4 1&2', ackId: '009', isUserActive: false }, NEVER);
    expect(server.last.target).toBe('/cwa/AsyncDataChannel.ashx?Sid=4%201%262&AckId=009&UA=false');
  });

  test('brings the events with the bytes they came in', async () => {
    const { server, client } = harness();
    server.will(eventsReply('ackId="9"', '<a eid="8"/><b eid="2"/>'));
    const result = await client.poll(POLL, NEVER);
    if (result.kind !== 'events') throw new Error('no events');
    expect(result.answer.events.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(result.bodyBytes).toBe(result.body.length);
    expect(Buffer.from(result.body).toString()).toContain('<a eid="8"/>');
  });

  test.each([reply({}), { raw: 'HTTP/1.1 204 No Content\r\n\r\n' }, reply({ body: '\r\n ' })])(
    'takes an answer without content for nothing',
    async (answer) => {
      const { server, client } = harness();
      server.will(answer);
      expect(await client.poll(POLL, NEVER)).toMatchObject({ kind: 'nothing' });
    },
  );

  test('unwraps events that come in cwaResponses', async () => {
    const { server, client } = harness();
    server.will(reply({ body: '<cwaResponses><cwaEvents ackId="3"><a eid="3"/></cwaEvents></cwaResponses>' }));
    expect(await client.poll(POLL, NEVER)).toMatchObject({ kind: 'events', answer: { ackId: '3' } });
  });

  test.each([
    ['<cwaResponses><error code="18100"/></cwaResponses>', SessionLostError],
    ['<cwaResponses><requestRejected/></cwaResponses>', SessionLostError],
    ['<cwaEvents><error code="18100"/></cwaEvents>', SessionLostError],
    ['<cwaResponses><error code="18101"/></cwaResponses>', TransientError],
    ['<html><body>Sign in</body></html>', TicketLostError],
  ])('fails by %s', async (body, expected) => {
    const { server, client } = harness();
    server.will(reply({ body }));
    expect(await failureOf(client.poll(POLL, NEVER))).toBeInstanceOf(expected);
  });

  test.each([
    ['text/html', '<div id="exception">canary</div>', TicketLostError],
    ['text/html; charset=utf-8', 'Please sign in', TicketLostError],
    ['text/html', '<cwaEvents ackId="9"><a>', DocumentRefusedError],
    ['text/plain', 'Please wait', DocumentRefusedError],
  ])('tells by the type %s what %s is', async (type, body, expected) => {
    const { server, client } = harness();
    server.will(reply({ headers: [`Content-Type: ${type}`], body }));
    expect(await failureOf(client.poll(POLL, NEVER))).toBeInstanceOf(expected);
  });

  test('reads events whatever type they come with', async () => {
    const { server, client } = harness();
    server.will(eventsReply('ackId="9"', '<a eid="9"/>', { headers: ['Content-Type: text/html'] }));
    expect(await client.poll(POLL, NEVER)).toMatchObject({ kind: 'events' });
  });

  test('keeps an error element that comes among events', async () => {
    const { server, client } = harness();
    server.will(eventsReply('ackId="9"', '<a eid="9"/><error code="18100"/>'));
    expect(await client.poll(POLL, NEVER)).toMatchObject({ answer: { events: [{ name: 'a' }, { name: 'error' }] } });
  });

  test('refuses cwaResponses in which there is nothing for it', async () => {
    const { server, client } = harness();
    server.will(reply({ body: '<cwaResponses/>' }));
    expect(await failureOf(client.poll(POLL, NEVER))).toMatchObject({ reason: 'wrongRoot' });
  });

  test('is one at a time', async () => {
    const { server, client } = harness();
    server.will(null);
    const stop = new AbortController();
    const first = client.poll(POLL, stop.signal);
    await expect(client.poll(POLL, NEVER)).rejects.toThrow('a poll is in flight already');
    await until(() => server.requests.length === 1);
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    server.will(eventsReply('ackId="9"'));
    await client.poll(POLL, NEVER);
  });
});

describe('keepAlivePoll', () => {
  test('reads envelope and ticket and drops the events unread', async () => {
    const { server, client } = harness();
    const events = `${'<a eid="8">é</a>'.repeat(20_000)}<not well-formed`;
    server.will(eventsReply('sid="412" ackId="11" sessionTimeout="594"', events, { headers: ['CWA-Ticket: newer'] }));
    const { envelope } = await client.keepAlivePoll(POLL, NEVER);
    expect(envelope).toMatchObject({ sid: '412', ackId: '11', sessionTimeoutSeconds: 594 });
    expect(client.credentials().reveal().ticket).toBe('newer');
  });

  test.each([
    ['<cwaResponses><error code="18100"/></cwaResponses>', SessionLostError],
    ['<html>', TicketLostError],
  ])('sees that the session is gone by %s', async (body, expected) => {
    const { server, client } = harness();
    server.will(reply({ body }));
    expect(await failureOf(client.keepAlivePoll(POLL, NEVER))).toBeInstanceOf(expected);
  });

  test('refuses a body that is no document, and accepts none', async () => {
    const { server, client } = harness();
    server.will(reply({ body: 'Service Unavailable' }), reply({}));
    expect(await failureOf(client.keepAlivePoll(POLL, NEVER))).toMatchObject({ reason: 'malformed' });
    expect(await client.keepAlivePoll(POLL, NEVER)).toMatchObject({ envelope: null });
  });
});

describe('tickets and cookies', () => {
  test('come from every response of every channel, errors included', async () => {
    const { server, client } = harness();
    const headers = (ticket: string): readonly string[] => [`CWA-Ticket: ${ticket}`];
    server.will(
      logonReply('one', { headers: ['CWA-Ticket: one', 'Set-Cookie: lb=node3; path=/'] }),
      reply({ body: '<cwaResponses/>', headers: headers('two') }),
      reply({ status: 503, headers: headers('three') }),
      eventsReply('ackId="9"', '', { headers: ['CWA-Ticket: '] }),
      { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\ncwa-ticket: four\r\n\r\n<cwa', then: 'end' },
      eventsReply('ackId="9"'),
    );
    await client.signIn(NEVER);
    await client.queryPresence({ sid: '412', requests: [] }, NEVER);
    await failureOf(client.poll(POLL, NEVER));
    await client.poll(POLL, NEVER);
    await failureOf(client.poll(POLL, NEVER));
    await client.poll(POLL, NEVER);
    expect(server.requests.map(({ headers: sent }) => sent.get('cwa-ticket'))).toEqual([
      undefined,
      'one',
      'two',
      'three',
      'three',
      'four',
    ]);
    expect(server.last.headers.get('cookie')).toBe('lb=node3');
  });

  test('let another client go on', async () => {
    const { server, client, clientWith } = harness();
    server.will(logonReply('t', { headers: ['CWA-Ticket: t', 'Set-Cookie: lb=1; path=/'] }), eventsReply('ackId="9"'));
    await client.signIn(NEVER);
    const next = clientWith({});
    next.restore(client.credentials());
    await next.poll(POLL, NEVER);
    expect([server.last.headers.get('cwa-ticket'), server.last.headers.get('cookie')]).toEqual(['t', 'lb=1']);
  });
});

test('a path in the base URL stands before every path, cookies included', async () => {
  const { server, clientWith } = harness();
  const client = clientWith({ baseUrl: `${server.url}/site/` });
  server.will(logonReply('t', { headers: ['CWA-Ticket: t', 'Set-Cookie: a=1; path=/site'] }), eventsReply('ackId="9"'));
  await client.signIn(NEVER);
  await client.poll(POLL, NEVER);
  expect(server.requests.map(({ target }) => target)).toEqual([
    '/site/forms/logon.html',
    '/site/cwa/AsyncDataChannel.ashx?Sid=412&AckId=9&UA=true',
  ]);
  expect(server.last.headers.get('cookie')).toBe('a=1');
});

test('every complete exchange is told, without query', async () => {
  const { server, clientWith } = harness();
  const seen: ExchangeFacts[] = [];
  const client = clientWith({ onExchange: (exchange) => seen.push(exchange) });
  server.will(eventsReply('ackId="9"', '', { headers: ['CWA-Ticket: t'] }), reply({ status: 500, body: 'x' }));
  await client.poll(POLL, NEVER);
  await failureOf(client.poll(POLL, NEVER));
  expect(seen).toMatchObject([
    { channel: 'data', operation: 'GET /cwa/AsyncDataChannel.ashx', statusCode: 200, isTicketRenewed: true },
    { statusCode: 500, bodyBytes: 1, isTicketRenewed: false },
  ]);
});
