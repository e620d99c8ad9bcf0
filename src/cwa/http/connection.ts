import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import type { buildConnector } from 'undici';

/**
 * Knows the connection under a transport: NTLM authenticates a connection, not a request, and the HTTP client replaces
 * one that has ended without telling.
 */
export class Connection {
  #socket: Socket | null = null;
  #number = 0;

  /** Looks on at how the HTTP client connects. */
  watched(connect: buildConnector.connector): buildConnector.connector {
    return (target, callback) => {
      connect(target, (...result) => {
        const [error, socket] = result;
        if (error === null) {
          this.#socket = socket;
          this.#number += 1;
        }
        callback(...result);
      });
    };
  }

  /** Which connection it is, from 1; 0 before the first. */
  get number(): number {
    return this.#number;
  }

  /** Whether a request would go over the same connection as the one before, as far as that can be known. */
  get isOpen(): boolean {
    return this.#socket !== null && !this.#socket.destroyed && this.#socket.readyState === 'open';
  }

  /** The server's own certificate as DER; null without TLS. */
  get certificate(): Buffer | null {
    if (!(this.#socket instanceof TLSSocket)) return null;
    return this.#socket.getPeerX509Certificate()?.raw ?? null;
  }
}
