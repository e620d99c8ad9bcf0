import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BridgeError, messageOf } from '../lib/errors.ts';

/** What a probe says. */
export interface ProbeVerdict {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

/** What the server serves; it knows nothing of those who answer. None of these may wait for the network. */
export interface HttpSources {
  /** The page for Prometheus. */
  metrics(): Promise<string>;
  readonly metricsContentType: string;
  /** Whether the loops of the program turn. A dead CWA server is no reason to say no. */
  isLive(): ProbeVerdict;
  /** Whether the replica owns its shards and Kafka answers. A dead CWA server is no reason to say no. */
  isReady(): ProbeVerdict;
  /** The state of the program as JSON. No secrets. */
  status(): object;
}

export interface HttpServer {
  /** Where it listens: the port is the one that was taken if 0 was asked for. */
  readonly address: { readonly host: string; readonly port: number };
  /** Stops listening and closes every connection, busy ones after a moment. Never rejects. */
  close(): Promise<void>;
}

/** The port cannot be listened on. */
class ListenError extends BridgeError {
  constructor(host: string, port: number, cause: unknown) {
    super(
      `Cannot listen on ${host}:${port}: ${messageOf(cause)}. ` +
        'Set http.host and http.port to an address of this machine and a port that nobody else uses.',
      { code: 'http-listen-failed', disposition: 'fatal', cause, context: { host, port } },
    );
  }
}

/** Probes and scrapes are small and quick; whoever is not, is cut off. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8_192,
  connectionsCheckingInterval: 1_000,
} as const;
const CONNECTIONS_MAX = 64;
/** How long an answer that is under way may take at shutdown. */
const CLOSE_GRACE_MS = 500;

interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Starts the HTTP server of the daemon: `/metrics`, `/livez`, `/readyz` and `/status`, for GET and HEAD.
 *
 * @throws {@link ListenError}
 */
export async function startHttpServer(
  options: { readonly host: string; readonly port: number },
  sources: HttpSources,
): Promise<HttpServer> {
  const server = createServer(LIMITS, (request, response) => void answer(request, response, sources));
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, options);
  const { address, port } = server.address() as AddressInfo;
  return { address: { host: address, port }, close: () => close(server) };
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => reject(new ListenError(host, port, error)));
  server.listen({ host, port }, resolve);
  return promise;
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  server.close(() => {
    clearTimeout(grace);
    resolve();
  });
  server.closeIdleConnections();
  return promise;
}

async function answer(request: IncomingMessage, response: ServerResponse, sources: HttpSources): Promise<void> {
  // A body is not read: nothing here takes one.
  request.resume();
  const page = await pageOf(request, sources);
  response.writeHead(page.status, {
    'content-type': page.contentType,
    'content-length': Buffer.byteLength(page.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...page.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

async function pageOf(request: IncomingMessage, sources: HttpSources): Promise<Page> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const make = pageMaker(path, sources);
  if (make === null) return text(404, `Nothing here. There are /metrics, /livez, /readyz and /status.\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { ...text(405, 'Only GET and HEAD.\n'), headers: { allow: 'GET, HEAD' } };
  }
  try {
    return await make();
  } catch (error) {
    return text(500, `Cannot answer: ${messageOf(error)}\n`);
  }
}

function pageMaker(path: string, sources: HttpSources): (() => Page | Promise<Page>) | null {
  switch (path) {
    case '/metrics':
      return async () => ({ status: 200, contentType: sources.metricsContentType, body: await sources.metrics() });
    case '/livez':
      return () => probe(sources.isLive());
    case '/readyz':
      return () => probe(sources.isReady());
    case '/status':
      return () => json(200, sources.status());
    default:
      return null;
  }
}

function probe({ ok, reasons }: ProbeVerdict): Page {
  return json(ok ? 200 : 503, { ok, reasons });
}

function json(status: number, value: object): Page {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value, null, 2)}\n` };
}

function text(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
