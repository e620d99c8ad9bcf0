import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { onTestFinished } from 'vitest';

/** Servers that are not what they should be, on 127.0.0.1; each ends with the test. */

/** A web server. @returns its port. */
export async function startWeb(listener: RequestListener, tls: ServerOptions | null = null): Promise<number> {
  const server = tls === null ? createHttpServer(listener) : createHttpsServer(tls, listener);
  server.on('tlsClientError', () => undefined);
  return listen(server, () => {
    server.closeAllConnections();
  });
}

/** A server that does to each connection what `greet` does. @returns its port. */
export async function startTcp(greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    greet(socket);
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** Takes connections and says nothing: a frozen program. */
export function startSilent(): Promise<number> {
  return startTcp(() => undefined);
}

/** A port at which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface StrangeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A proxy before a web server that changes what passes. @returns its address. */
export async function startProxy(
  target: string,
  change: (answer: StrangeAnswer, request: IncomingMessage, body: string) => StrangeAnswer,
  tls: ServerOptions | null = null,
): Promise<string> {
  const port = await startWeb((request, response) => {
    void (async () => {
      const sent = await bodyOf(request);
      const { method = 'GET', url = '/' } = request;
      const headers = Object.fromEntries(
        ['cwa-ticket', 'content-type', 'cookie'].flatMap((name) => {
          const value = request.headers[name];
          return typeof value === 'string' ? [[name, value]] : [];
        }),
      );
      const got = await fetch(target + url, {
        method,
        headers,
        redirect: 'manual',
        ...(method === 'POST' && { body: sent }),
      });
      const given = Object.fromEntries(
        [...got.headers].filter(([name]) => ['content-type', 'cwa-ticket', 'location', 'set-cookie'].includes(name)),
      );
      const answer = change({ status: got.status, headers: given, body: await got.text() }, request, sent);
      response.sendDate = answer.headers.date === undefined;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    })();
  }, tls);
  return tls === null ? `http://127.0.0.1:${String(port)}` : `https://localhost:${String(port)}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function listen(server: Server, closeAll: () => void): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    closeAll();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}
