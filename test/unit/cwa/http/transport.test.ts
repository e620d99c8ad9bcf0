import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { DEFAULT_TLS } from '../../../../src/cwa/http/connector.ts';
import { DocumentRefusedError } from '../../../../src/cwa/documents/document-refused-error.ts';
import { TransientError } from '../../../../src/cwa/errors.ts';
import { eventsReply, failureOf, logonReply, NEVER, until, useHarness } from '../client-harness.ts';
import { reply } from '../scripted-server.ts';

const harness = useHarness();
const POLL = { sid: '412', ackId: '9', isUserActive: true };
const DOCUMENT = '<cwaEvents ackId="9"><a eid="9"/></cwaEvents>';
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n';

describe('a body that was cut', () => {
  const hex = DOCUMENT.length.toString(16);
  test.each([
    [
      'by length, inside the document',
      { raw: `${HEAD}Content-Length: 500\r\n\r\n${DOCUMENT.slice(0, 25)}`, then: 'end' },
    ],
    ['by length, after a whole document', { raw: `${HEAD}Content-Length: 500\r\n\r\n${DOCUMENT}`, then: 'end' }],
    ['by a reset', { raw: `${HEAD}Content-Length: 500\r\n\r\n${DOCUMENT}`, then: 'reset' }],
    ['by chunk, inside one', { raw: `${HEAD}Transfer-Encoding: chunked\r\n\r\n500\r\n${DOCUMENT}`, then: 'end' }],
    [
      'by chunk, before the last one',
      { raw: `${HEAD}Transfer-Encoding: chunked\r\n\r\n${hex}\r\n${DOCUMENT}\r\n`, then: 'end' },
    ],
    [
      'by a chunk size that is none',
      { raw: `${HEAD}Transfer-Encoding: chunked\r\n\r\n${hex}\r\n${DOCUMENT}\r\nzz\r\n`, then: 'end' },
    ],
  ] as const)('%s is never a document', async (_how, answer) => {
    const { server, client } = harness();
    server.will(answer, eventsReply('ackId="9"'));
    expect(await failureOf(client.poll(POLL, NEVER))).toMatchObject({ reason: 'cut-body', disposition: 'retry' });
    expect(await client.poll(POLL, NEVER)).toMatchObject({ kind: 'events' });
  });

  test('at an end that nobody announced is refused as a document', async () => {
    const { server, client } = harness();
    server.will({ raw: `${HEAD}Connection: close\r\n\r\n${DOCUMENT.slice(0, 33)}`, then: 'end' });
    expect(await failureOf(client.poll(POLL, NEVER))).toMatchObject({ reason: 'malformed' });
  });
});

test('a body that repeats the ticket is read without it', async () => {
  const { server, client } = harness();
  server.will(
    logonReply('a-ticket-that-is-secret'),
    eventsReply('ackId="9"', '<a eid="9">a-ticket-that-is-secret</a>'),
  );
  await client.signIn(NEVER);
  const result = await client.poll(POLL, NEVER);
  expect(JSON.stringify(result)).toContain('***********************');
  expect(JSON.stringify(result)).not.toContain('a-ticket-that-is-secret');
});

describe('no answer', () => {
  test.each([
    ['the connection ends', { raw: '', then: 'end' }],
    ['the connection is reset', { raw: 'HTTP/1.1 2', then: 'reset' }],
    ['something else answers', { raw: 'SSH-2.0-OpenSSH_9\r\n\r\n', then: 'end' }],
  ] as const)('is a matter of the connection when %s', async (_how, answer) => {
    const { server, client } = harness();
    server.will(answer);
    expect(await failureOf(client.poll(POLL, NEVER))).toMatchObject({ reason: 'connection' });
  });

  test('is a matter of the connection when nobody listens', async () => {
    const { server, clientWith } = harness();
    const client = clientWith({ baseUrl: server.url });
    await server.stop();
    const error = await failureOf(client.poll(POLL, NEVER));
    expect(error).toMatchObject({ reason: 'connection', context: { errorCode: 'ECONNREFUSED' } });
  });
});

describe('TLS', () => {
  const fixture = (name: string): Buffer => readFileSync(new URL(`../../../fixtures/cwa/tls/${name}`, import.meta.url));
  const certificate = fixture('test-only.cert.pem');

  test('goes by the options of the site, and says what to check when it fails', async () => {
    const { clientWith } = harness();
    const secure = createSecureServer({ cert: certificate, key: fixture('test-only.key.pem') }, (socket) =>
      socket.on('error', () => undefined).once('data', () => socket.end(eventsReply('ackId="9"').raw)),
    );
    const baseUrl = `https://127.0.0.1:${String(await listen(secure))}`;
    const distrusted = await failureOf(clientWith({ baseUrl }).poll(POLL, NEVER));
    const tls = { ...DEFAULT_TLS, options: () => ({ ca: certificate }) };
    const trusted = await clientWith({ baseUrl, tls }).poll(POLL, NEVER);
    secure.close();
    expect(distrusted).toMatchObject({ reason: 'tls', disposition: 'retry' });
    expect(distrusted.message).toMatch(
      /self-signed certificate.*DEPTH_ZERO_SELF_SIGNED_CERT.*`sites\[\]\.tls\.caFile`/,
    );
    expect(trusted).toMatchObject({ kind: 'events' });
  });

  test('fails with a server that speaks plain HTTP', async () => {
    const { clientWith } = harness();
    const plain = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const baseUrl = `https://127.0.0.1:${String(await listen(plain))}`;
    const error = await failureOf(clientWith({ baseUrl }).poll(POLL, NEVER));
    plain.close();
    expect(error).toMatchObject({ reason: 'tls' });
    expect(error.message).toContain('what answers at this port does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)');
  });
});

describe('time', () => {
  test('runs out for the head of a response', async () => {
    const { server, clientWith } = harness();
    server.will(null);
    const client = clientWith({ timeouts: { responseMs: 50 } });
    expect(await failureOf(client.poll(POLL, NEVER))).toMatchObject({ reason: 'timeout' });
  });

  test('runs out for a body that stalls', async () => {
    const { server, clientWith } = harness();
    server.will({ raw: `${HEAD}Content-Length: 500\r\n\r\n<cwaEvents>` });
    const client = clientWith({ timeouts: { responseMs: 50 } });
    expect(await failureOf(client.poll(POLL, NEVER))).toMatchObject({ reason: 'timeout' });
  });

  test('runs out for the whole exchange', async () => {
    const { server, clientWith } = harness();
    server.will({ raw: `${HEAD}Content-Length: 500\r\n\r\n<cwaEvents>` });
    const client = clientWith({ timeouts: { exchangeMs: 50 } });
    const error = await failureOf(client.poll(POLL, NEVER));
    expect(error).toMatchObject({ reason: 'timeout' });
    expect(error.message).toContain('was not answered within 50 ms');
  });

  test('ends at once when the caller aborts, with the reason of the caller', async () => {
    const { server, client } = harness();
    const reason = new Error('draining');
    server.will(null);
    const stop = new AbortController();
    const polling = failureOf(client.poll(POLL, stop.signal));
    await until(() => server.requests.length === 1);
    stop.abort(reason);
    expect(await polling).toBe(reason);
    expect(await failureOf(client.poll(POLL, stop.signal))).toBe(reason);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a body above the limit', () => {
  test('is refused while it is read, however its length was announced', async () => {
    const { server, clientWith } = harness();
    const client = clientWith({ limits: { bodyBytesMax: 1000 } });
    server.will(
      { raw: `${HEAD}Content-Length: 100000000\r\n\r\n${'x'.repeat(2000)}` },
      { raw: `${HEAD}Transfer-Encoding: chunked\r\n\r\n7d0\r\n${'x'.repeat(2000)}\r\n` },
      eventsReply('ackId="9"'),
    );
    expect(await failureOf(client.poll(POLL, NEVER))).toMatchObject({ reason: 'tooLarge' });
    expect(await failureOf(client.poll(POLL, NEVER))).toMatchObject({ reason: 'tooLarge' });
    expect(await client.poll(POLL, NEVER)).toMatchObject({ kind: 'events' });
  });
});

describe('a refused document', () => {
  test('carries what the dead letter needs', async () => {
    const { server, client } = harness();
    const body = '<cwaEvents>\n<a></b>';
    server.will(reply({ headers: ['Content-Type: text/xml; charset=utf-8'], body }));
    const error = await failureOf(client.poll(POLL, NEVER));
    if (!(error instanceof DocumentRefusedError)) throw error;
    expect(error).toMatchObject({ reason: 'malformed', line: 2, column: 7, disposition: 'retry' });
    expect(error.answer).toMatchObject({
      statusCode: 200,
      contentType: 'text/xml; charset=utf-8',
      bodyBytes: body.length,
    });
    expect(Buffer.from(error.answer?.body ?? []).toString()).toBe(body);
  });

  test('carries the whole body for the dead letter, and shows none of it', async () => {
    const { server, client } = harness();
    server.will(reply({ body: `<cwaEvents>canary${'x'.repeat(300_000)}` }));
    const error = await failureOf(client.poll(POLL, NEVER));
    if (!(error instanceof DocumentRefusedError)) throw error;
    expect(error.answer?.body).toHaveLength(300_017);
    expect(error.answer?.bodyBytes).toBe(300_017);
    expect(inspect(error, { showHidden: true, depth: 10 })).not.toContain('canary');
  });

  test('is read by the charset of its header', async () => {
    const { server, client } = harness();
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset="iso-8859-1"\r\nContent-Length: ';
    const body = Buffer.from('<cwaEvents ackId="9"><a>é</a></cwaEvents>', 'latin1');
    server.will({ raw: Buffer.concat([Buffer.from(`${head}${String(body.length)}\r\n\r\n`), body]) });
    expect(await client.poll(POLL, NEVER)).toMatchObject({ answer: { events: [{ children: ['é'] }] } });
  });
});

test('secrets stand in no error, message or inspection, whatever goes wrong', async () => {
  const { server, client } = harness();
  const secret = ['CWA-Ticket: canary-ticket-2', 'Set-Cookie: lb=canary-cookie; path=/'];
  const headed = { headers: secret };
  server.will(
    logonReply('canary-ticket', { headers: ['CWA-Ticket: canary-ticket', ...secret] }),
    reply({ ...headed, status: 503 }),
    reply({ ...headed, status: 302, headers: [...secret, 'Location: /x?t=canary-ticket'] }),
    reply({ ...headed, body: '<cwaEvents>canary-ticket' }),
    { raw: `${HEAD}${secret.join('\r\n')}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n`, then: 'end' },
    { raw: `${HEAD}${secret.join('\r\n')}\r\nbad header canary\u0001\r\n\r\n`, then: 'end' },
    { raw: '', then: 'reset' },
    reply({
      ...headed,
      body: '<cwaResponses><requestFailed><error code="18102" reason="canary-password"/></requestFailed></cwaResponses>',
    }),
    reply({ ...headed, body: '<cwaResponses><requestSucceeded><signInData>canary-data</signInData></cwaResponses>' }),
  );
  await client.signIn(NEVER);
  const errors: Error[] = [];
  for (let attempt = 0; attempt < 6; attempt++) errors.push(await failureOf(client.poll(POLL, NEVER)));
  for (let attempt = 0; attempt < 2; attempt++) errors.push(await failureOf(client.signIn(NEVER)));
  expect(server.requests).toHaveLength(9);
  for (const error of errors) {
    const seen = [error.message, error.stack, JSON.stringify(error), inspect(error, { showHidden: true, depth: 10 })];
    expect(seen.join('\n')).not.toContain('canary');
  }
  expect(errors.slice(0, 2).every((error) => error instanceof TransientError)).toBe(true);
  expect(inspect(client, { showHidden: true, depth: 10 })).not.toContain('canary');
  expect(JSON.stringify(client)).not.toContain('canary');
  expect(errors.at(-1)).toMatchObject({ reason: 'malformed', answer: null });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
