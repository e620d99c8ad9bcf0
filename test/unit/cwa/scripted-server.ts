import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** One request as it arrived. Header names in lower case. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query. */
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Which connection it came over, from 1. */
  readonly connection: number;
}

/** What goes over the wire, byte for byte: so that it can be wrong. */
export interface ScriptedReply {
  readonly raw: string | Buffer;
  /** What happens after the bytes; by default the connection stays open. */
  readonly then?: 'end' | 'reset';
}

export interface ReplyParts {
  readonly status?: number;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** A well-formed response. */
export function reply({ status = 200, headers = [], body = '' }: ReplyParts): ScriptedReply {
  const lines = [`HTTP/1.1 ${String(status)} X`, `Content-Length: ${String(Buffer.byteLength(body))}`, ...headers];
  return { raw: `${lines.join('\r\n')}\r\n\r\n${body}` };
}

/**
 * An HTTP server that answers as it is told, on a free port of the loopback interface. `answers` are used in turn;
 * a null is no answer at all. Everything it has seen stands in `requests`.
 */
export class ScriptedServer {
  readonly requests: SeenRequest[] = [];
  readonly #answers: (ScriptedReply | null)[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #connections = 0;

  private constructor() {
    this.#server = createServer((socket) => {
      this.#serve(socket);
    });
  }

  static async start(): Promise<ScriptedServer> {
    const scripted = new ScriptedServer();
    await new Promise<void>((resolve) => scripted.#server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  get connections(): number {
    return this.#connections;
  }

  will(...answers: readonly (ScriptedReply | null)[]): void {
    this.#answers.push(...answers);
  }

  /** The request that arrived last. */
  get last(): SeenRequest {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('no request has arrived');
    return request;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    let received = '';
    this.#connections += 1;
    const connection = this.#connections;
    this.#sockets.add(socket);
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: string) => {
      received += chunk;
      const request = parseRequest(received);
      if (request === null) return;
      received = '';
      this.requests.push({ ...request, connection });
      const answer = this.#answers.shift();
      if (answer === null) return;
      if (answer === undefined) throw new Error(`unexpected request ${request.method} ${request.target}`);
      socket.write(answer.raw, () => {
        if (answer.then === 'end') socket.end();
        if (answer.then === 'reset') socket.resetAndDestroy();
      });
    });
  }
}

function parseRequest(received: string): Omit<SeenRequest, 'connection'> | null {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [start = '', ...lines] = received.slice(0, end).split('\r\n');
  const [method = '', target = ''] = start.split(' ');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = received.slice(end + 4);
  if (Buffer.byteLength(body) < Number(headers.get('content-length') ?? 0)) return null;
  return { method, target, headers, body };
}
