import { buildConnector } from 'undici';

import type { TlsTroubleSettings } from './tls-trouble.ts';

/** How TLS is spoken to one site. */
export interface SiteTls {
  /** What the settings say, to explain failures by. */
  readonly settings: TlsTroubleSettings;
  /**
   * What the next connection is made with: `ca`, `cert`, `key`, `minVersion` … Asked for each connection, so that
   * new certificates need no restart.
   *
   * @throws what is wrong with a file.
   */
  readonly options: () => buildConnector.BuildOptions;
}

/** Node.js as it comes. */
export const DEFAULT_TLS: SiteTls = {
  settings: { minVersion: 'TLSv1.2', ciphers: null, caFile: null, certFile: null, serverName: null },
  options: () => ({}),
};

/** A connection to an `https:` address did not come about: nothing was sent, and what broke may be the handshake. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  readonly code: string;

  constructor(cause: Error) {
    super(cause.message);
    this.code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
  }
}

/** Connects for undici. Each connection takes the TLS options of its moment. */
export function connectorOf({ options }: SiteTls, timeoutMs: number): buildConnector.connector {
  return (target, callback) => {
    const isSecure = target.protocol === 'https:';
    const fail = (error: Error): void => {
      callback(isSecure ? new HandshakeError(error) : error, null);
    };
    try {
      const connect = buildConnector({ ...(isSecure && options()), allowH2: false, timeout: timeoutMs });
      connect(target, (...[error, socket]) => {
        if (error === null) callback(null, socket);
        else fail(error);
      });
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  };
}
