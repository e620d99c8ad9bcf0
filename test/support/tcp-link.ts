import net from 'node:net';

import type { ISocketFactory } from 'kafkajs';

/** `EndTxn`, by which a producer commits. https://kafka.apache.org/protocol#protocol_api_keys */
const END_TXN = 26;

/** How the connection breaks at the next `EndTxn`: before the broker gets it, or after the broker has answered it. */
export type Cut = 'before-commit' | 'after-commit';

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
  #onCommit: ((request: Buffer, near: net.Socket, far: net.Socket) => void) | null = null;
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

  /** Breaks the connection that carries the next commit. */
  cutNext(cut: Cut): void {
    this.#onCommit = (request, near, far) => {
      this.cuts += 1;
      if (cut === 'before-commit') {
        near.destroy();
        return;
      }
      far.removeAllListeners('data');
      // The answer shows that the broker has decided; the client never sees it.
      far.once('data', () => near.destroy());
      far.write(request);
    };
  }

  /** Holds up the next commit between the client and the broker. */
  holdNext(): HeldCommit {
    const sent = Promise.withResolvers<undefined>();
    let release = (): void => undefined;
    this.#onCommit = (request, _near, far) => {
      release = () => far.write(request);
      sent.resolve(undefined);
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
      const onCommit = request.readInt16BE(4) === END_TXN ? this.#onCommit : null;
      if (onCommit === null) {
        far.write(request);
        continue;
      }
      this.#onCommit = null;
      onCommit(request, near, far);
    }
    return rest;
  }
}
