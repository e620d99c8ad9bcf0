import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { startHttpServer } from '../../../src/http/server.ts';
import type { HttpServer, HttpSources } from '../../../src/http/server.ts';

const GOOD = { ok: true, reasons: [] };

let server: HttpServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

async function started(sources: Partial<HttpSources> = {}): Promise<string> {
  server = await startHttpServer(
    { host: '127.0.0.1', port: 0 },
    {
      metrics: () => Promise.resolve('up 1\n'),
      metricsContentType: 'text/plain; version=0.0.4; charset=utf-8',
      isLive: () => GOOD,
      isReady: () => GOOD,
      status: () => ({ accounts: [] }),
      ...sources,
    },
  );
  return `http://127.0.0.1:${server.address.port}`;
}

describe('the HTTP server', () => {
  test('serves the metrics with the content type that Prometheus expects', async () => {
    const answer = await fetch(`${await started()}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toBe('up 1\n');
  });

  test('answers a probe with 200, or with 503 and the reasons', async () => {
    const base = await started({ isReady: () => ({ ok: false, reasons: ['Kafka does not answer.'] }) });
    expect((await fetch(`${base}/livez`)).status).toBe(200);
    const readiness = await fetch(`${base}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toEqual({ ok: false, reasons: ['Kafka does not answer.'] });
  });

  test('serves the status as JSON, also with a query behind the path', async () => {
    const answer = await fetch(`${await started()}/status?pretty`);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual({ accounts: [] });
  });

  test('answers HEAD with the headers of GET and without a body', async () => {
    const base = await started();
    const get = await fetch(`${base}/status`);
    const head = await fetch(`${base}/status`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    expect(await head.text()).toBe('');
  });

  test.each(['/', '/nothing', '/metrics/', '/constructor', '/__proto__'])('has nothing at %s', async (path) => {
    expect((await fetch(`${await started()}${path}`)).status).toBe(404);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s and says what is allowed', async (method) => {
    const answer = await fetch(`${await started()}/metrics`, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  test('answers 500 and goes on when a page cannot be made', async () => {
    const base = await started({ metrics: () => Promise.reject(new Error('no registry')) });
    expect((await fetch(`${base}/metrics`)).status).toBe(500);
    expect((await fetch(`${base}/livez`)).status).toBe(200);
  });

  test('refuses headers larger than a probe ever sends', async () => {
    const answer = await fetch(`${await started()}/livez`, { headers: { 'x-large': 'x'.repeat(10_000) } });
    expect(answer.status).toBe(431);
  });

  test('closes promptly although a client never finishes its request', async () => {
    await started();
    const port = server?.address.port ?? 0;
    const client = connect({ host: '127.0.0.1', port });
    client.on('error', () => undefined);
    await new Promise((resolve) => client.once('connect', resolve));
    client.write('GET /livez HTTP/1.1\r\nhost: x\r\n');
    const before = performance.now();
    await server?.close();
    expect(performance.now() - before).toBeLessThan(3_000);
    client.destroy();
  });

  test('says which setting to change when the port is taken', async () => {
    await started();
    const port = server?.address.port ?? 0;
    const second = startHttpServer(
      { host: '127.0.0.1', port },
      {
        metrics: () => Promise.resolve(''),
        metricsContentType: 'text/plain',
        isLive: () => GOOD,
        isReady: () => GOOD,
        status: () => ({}),
      },
    );
    await expect(second).rejects.toMatchObject({ code: 'http-listen-failed', disposition: 'fatal' });
    await expect(second).rejects.toThrow(/http\.port/);
  });
});
