import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { describe, expect, onTestFinished, test } from 'vitest';

import { RegistryError } from '../../../src/registry/registry-error.ts';
import { SchemaRegistry, type SchemaRegistryOptions } from '../../../src/registry/schema-registry.ts';

interface Asked {
  readonly request: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

interface Answering {
  readonly status?: number;
  readonly body?: string;
  /** Never answers. */
  readonly isSilent?: boolean;
}

/** A registry that gives one answer to everything, and what it was asked. */
async function answering({ status = 200, body = '{"id":7}', isSilent = false }: Answering) {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    void text(request).then((sent) => {
      const { headers, method = '', url = '' } = request;
      asked.push({ request: `${method} ${url}`, authorization: headers.authorization, body: sent });
      if (!isSilent) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, url: `http://127.0.0.1:${String(port)}/api` };
}

function clientOf(url: string, options: Partial<SchemaRegistryOptions> = {}): SchemaRegistry {
  const client = new SchemaRegistry({ url, credentials: null, ca: null, timeoutMs: 5_000, ...options });
  onTestFinished(() => client.close());
  return client;
}

const { signal } = new AbortController();

describe('SchemaRegistry', () => {
  test('registers a schema under its subject', async () => {
    const { asked, url } = await answering({});
    expect(await clientOf(url).register('a/b-value', '{"type":"record"}', signal)).toBe(7);
    expect(asked).toEqual([
      {
        request: 'POST /api/subjects/a%2Fb-value/versions',
        authorization: undefined,
        body: '{"schema":"{\\"type\\":\\"record\\"}"}',
      },
    ]);
  });

  test('looks a schema up without registering it', async () => {
    const { asked, url } = await answering({ body: '{"subject":"s","version":3,"id":9,"schema":"{}"}' });
    expect(await clientOf(url).find('s', '{}', signal)).toBe(9);
    expect(asked[0]?.request).toBe('POST /api/subjects/s');
  });

  test('reads a schema by its id', async () => {
    const { asked, url } = await answering({ body: '{"schema":"{\\"type\\":\\"record\\"}"}' });
    expect(await clientOf(url).schemaOf(12, signal)).toBe('{"type":"record"}');
    expect(asked[0]?.request).toBe('GET /api/schemas/ids/12');
  });

  test('knows an id that the registry does not have from a registry that is not there', async () => {
    const unknown = await answering({ status: 404, body: '{"error_code":40403,"message":"Schema not found"}' });
    expect(await clientOf(unknown.url).schemaOf(12, signal)).toBeNull();
    const elsewhere = await answering({ status: 404, body: '<html>' });
    await expect(clientOf(elsewhere.url).schemaOf(12, signal)).rejects.toMatchObject({ code: 'registry-away' });
  });

  test('sends the name and the password, also with letters beyond ASCII', async () => {
    const { asked, url } = await answering({});
    await clientOf(url, { credentials: { username: 'bridge', password: 'pä:ss' } }).find('s', '{}', signal);
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('bridge:pä:ss').toString('base64')}`);
  });

  test.each([
    [401, '{"error_code":401,"message":"Unauthorized"}', 'registry-denied', /Unauthorized.*schemaRegistry\.username/],
    [403, '', 'registry-denied', /status 403/],
    [409, '{"error_code":409,"message":"reader lacks id"}', 'schema-incompatible', /reader lacks id.*Compare/],
    [404, '{"error_code":40401,"message":"Subject not found"}', 'schema-unknown', /Subject not found.*autoRegister/],
    [422, '{"error_code":42201,"message":"Invalid schema"}', 'registry-refused', /Invalid schema/],
    [500, '{"error_code":50001,"message":"store is down"}', 'registry-away', /store is down/],
    [502, '<html>bad gateway</html>', 'registry-away', /status 502.*address and path/],
    [200, '{"hello":"world"}', 'registry-away', /status 200/],
    [200, 'not JSON', 'registry-away', /status 200/],
  ])('turns status %i and %s into %s', async (status, body, code, message) => {
    const { url } = await answering({ status, body });
    const asking = clientOf(url).register('s-value', '{}', signal);
    await expect(asking).rejects.toBeInstanceOf(RegistryError);
    await expect(asking).rejects.toMatchObject({ code, disposition: 'fatal', message: expect.stringMatching(message) });
    await expect(asking).rejects.toThrow(`registering s-value at ${url}`);
  });

  test('gives up on a registry that does not answer in time', async () => {
    const { url } = await answering({ isSilent: true });
    await expect(clientOf(url, { timeoutMs: 50 }).find('s', '{}', signal)).rejects.toMatchObject({
      code: 'registry-away',
      message: expect.stringContaining('no answer within 50 ms'),
    });
  });

  test('ends with the reason of the signal', async () => {
    const { asked, url } = await answering({ isSilent: true });
    const stop = new AbortController();
    const asking = clientOf(url).find('s', '{}', stop.signal);
    stop.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
    await expect(clientOf(url).find('s', '{}', stop.signal)).rejects.toThrow('enough');
    expect(asked.length).toBeLessThanOrEqual(1);
  });

  test('does not read an answer without end', async () => {
    const { url } = await answering({ body: 'x'.repeat(17 * 1024 * 1024) });
    await expect(clientOf(url).schemaOf(1, signal)).rejects.toThrow('an answer of more than 16777216 bytes');
  });
});
