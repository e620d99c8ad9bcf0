import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';

import type { ISocketFactory, KafkaConfig, SASLOptions } from 'kafkajs';

/** How a connection to a broker is secured. */
export interface KafkajsSecurity {
  /** What the next connection is made with; null: plain text. */
  readonly ssl: (() => ConnectionOptions) | null;
  /** Its password is asked for in each SASL exchange. */
  readonly sasl: SASLOptions | null;
}

const KEEP_ALIVE_DELAY_MS = 60_000;

/** The same as kafkajs takes it. */
export function securityOf({ ssl, sasl }: KafkajsSecurity): Pick<KafkaConfig, 'ssl' | 'sasl' | 'socketFactory'> {
  return {
    ...(ssl !== null && { ssl: true, socketFactory: tlsSocketFactory(ssl) }),
    ...(sasl !== null && { sasl }),
  };
}

/**
 * TLS sockets as kafkajs makes them, but with the options of their moment: kafkajs itself takes certificates once, and
 * one that is renewed would need a restart. What `ssl` throws is a connection that failed.
 */
function tlsSocketFactory(ssl: () => ConnectionOptions): ISocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = connect({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl() }, onConnect);
    return socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  };
}
