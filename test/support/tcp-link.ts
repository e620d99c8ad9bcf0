import net from 'node:net';

import type { ISocketFactory } from 'kafkajs';

/** Requests at which the link can break. `EndTxn` is the commit. https://kafka.apache.org/protocol#protocol_api_keys */
const API_KEYS = { Produce: 0, EndTxn: 26 } as const;

type RequestName = keyof typeof API_KEYS;

/** Whether the connection breaks before the broker gets the request, or after it has answered. */
export type Cut = 'before' | 'after';

interface Trap {
  readonly name: RequestName;
  readonly spring: (request: Buffer, near: net.Socket, far: net.Socket) => void;
}

/** An `EndTxn` that is stuck on its way. */
export interface HeldCommit {
  /** The client has sent everything, the commit last. */
  readonly sent: Promise<void>;
  /** Lets the broker have it. */
  release(): void;
}

/**
 * A link to Kafka that breaks at a chosen request: a TCP proxy on the way of every connection that its
 * {@link socketFactory} makes, whatever address the brokers advertise.
 */
export class TcpLink {
  readonly #server: net.Server;
  readonly #targets = new Map<number, { readonly host: string; readonly port: number }>();
  readonly #sockets = new Set<net.Socket>();
  #trap: Trap | null = null;
  cuts = 0;

  private constructor(server: net.Server) {
    this.#server = server;
    server.on('connection', (near) => {
      this.#connect(near);
    });
  }

  static async open(): Promise<TcpLink> {
    const server = net.createServer();
    const link = new TcpLink(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  /** Breaks the connection that carries the next such request. */
  cutNext(cut: Cut, name: RequestName = 'EndTxn'): void {
    this.#trap = {
      name,
      spring: (request, near, far) => {
        this.cuts += 1;
        if (cut === 'before') {
          near.destroy();
          return;
        }
        far.removeAllListeners('data');
        // The answer shows that the broker has done it; the client never sees it.
        far.once('data', () => near.destroy());
        far.write(request);
      },
    };
  }

  /** Holds up the next commit between the client and the broker. */
  holdNext(): HeldCommit {
    const sent = Promise.withResolvers<undefined>();
    let release = (): void => undefined;
    this.#trap = {
      name: 'EndTxn',
      spring: (request, _near, far) => {
        release = () => far.write(request);
        sent.resolve(undefined);
      },
    };
    return {
      sent: sent.promise,
      release: () => {
        release();
      },
    };
  }

  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const address = this.#server.address() as net.AddressInfo;
    const socket = net.connect({ host: '127.0.0.1', port: address.port }, onConnect);
    socket.once('connect', () => this.#targets.set(socket.localPort ?? 0, { host, port }));
    return socket;
  };

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(near: net.Socket): void {
    this.#sockets.add(near);
    near.on('error', () => near.destroy());
    let received: Buffer = Buffer.alloc(0);
    let far: net.Socket | null = null;
    near.on('data', (chunk: Buffer) => {
      // The client writes after it is connected, so its target is known by now.
      far ??= this.#connectFar(near);
      received = Buffer.concat([received, chunk]);
      received = this.#forward(received, near, far);
    });
    near.on('close', () => {
      this.#sockets.delete(near);
      far?.destroy();
    });
  }

  #connectFar(near: net.Socket): net.Socket {
    const target = this.#targets.get(near.remotePort ?? 0);
    if (target === undefined) throw new Error('a connection from nowhere');
    const far = net.connect(target);
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    far.on('data', (chunk: Buffer) => near.write(chunk));
    return far;
  }

  /** Passes on whole requests; what is left is the beginning of the next one. */
  #forward(received: Buffer, near: net.Socket, far: net.Socket): Buffer {
    let rest = received;
    while (rest.length >= 6 && rest.length >= 4 + rest.readInt32BE(0)) {
      const request = rest.subarray(0, 4 + rest.readInt32BE(0));
      rest = rest.subarray(request.length);
      const trap = this.#trap;
      if (trap === null || request.readInt16BE(4) !== API_KEYS[trap.name]) {
        far.write(request);
        continue;
      }
      this.#trap = null;
      trap.spring(request, near, far);
    }
    return rest;
  }
}
