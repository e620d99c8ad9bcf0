import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { COMMAND_PATH, DATA_PATH, LOGON_FORMS_PATH, LOGON_IWA_PATH } from '../cwa/protocol.ts';
import { messageOf } from '../lib/errors.ts';
import { serveCommand } from './command-channel.ts';
import { CONTROL_PATH, serveControl } from './control.ts';
import { servePoll } from './data-channel.ts';
import { deliver } from './delivery.ts';
import { htmlReply, type Exchange } from './exchange.ts';
import type { Restart } from './fault-replies.ts';
import { logonPage } from './replies.ts';
import { serveIntegratedSignIn, serveSignIn } from './sign-in.ts';
import type { World } from './world.ts';

/** The HTTP side of a {@link World}: listens, leads requests to their channel, and can be started again. */
export class HttpServer {
  readonly #world: World;
  readonly #restart: Restart = (delayMs) => this.restart(delayMs);
  readonly #closing = new AbortController();
  #server: Server;
  #restarting: Promise<void> | null = null;
  #port = 0;

  constructor(world: World) {
    this.#world = world;
    this.#server = this.#create();
  }

  get port(): number {
    return this.#port;
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for a free one.
   * @throws the operating system's error, for example `EADDRINUSE`.
   */
  async listen(port: number): Promise<void> {
    this.#server.listen({ host: this.#world.options.host, port });
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /**
   * Breaks every connection, forgets sessions and tickets, and listens on the same port again after `delayMs`. While
   * one restart runs, another is the same one.
   */
  restart(delayMs: number): Promise<void> {
    this.#restarting ??= this.#restartOnce(delayMs).finally(() => {
      this.#restarting = null;
    });
    return this.#restarting;
  }

  /** Stops for good. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#restarting;
    if (this.#server.listening) await this.#stop();
  }

  async #restartOnce(delayMs: number): Promise<void> {
    await this.#stop();
    this.#world.forget();
    await this.#world.clock.sleep(delayMs, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    this.#server = this.#create();
    await this.listen(this.#port);
  }

  async #stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #create(): Server {
    const server = createServer((request, response) => void this.#serve(request, response));
    server.keepAliveTimeout = 60_000;
    return server;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', 'http://simulator');
      this.#world.sweep();
      await this.#route({ request, response, url });
    } catch (error) {
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
      if (!response.writableEnded) response.end(`${messageOf(error)}\n`);
    }
  }

  async #route(exchange: Exchange): Promise<void> {
    const { pathname } = exchange.url;
    if (pathname.startsWith(CONTROL_PATH)) {
      await serveControl(this.#world, exchange, this.#restart);
      return;
    }
    switch (`${exchange.request.method ?? ''} ${pathname}`) {
      case 'GET /':
      case `GET ${LOGON_FORMS_PATH}`:
        await deliver(exchange, logonPage(), null, this.#world.random);
        return;
      case `POST ${LOGON_FORMS_PATH}`:
        await serveSignIn(this.#world, exchange, this.#restart);
        return;
      case `POST ${LOGON_IWA_PATH}`:
        await serveIntegratedSignIn(this.#world, exchange, this.#restart);
        return;
      case `POST ${COMMAND_PATH}`:
        await serveCommand(this.#world, exchange, this.#restart);
        return;
      case `GET ${DATA_PATH}`:
        await servePoll(this.#world, exchange, this.#restart);
        return;
      default: {
        const isKnown = [LOGON_FORMS_PATH, COMMAND_PATH, DATA_PATH].includes(pathname);
        const page = htmlReply('<html><body>Not here.</body></html>', isKnown ? 405 : 404);
        await deliver(exchange, page, null, this.#world.random);
      }
    }
  }
}
