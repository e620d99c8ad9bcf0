import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { isIP } from 'node:net';

import { type TlsTrouble, type TlsTroubleSettings, tlsTroubleOf } from '../../cwa/http/tls-trouble.ts';
import { messageOf } from '../../lib/errors.ts';
import type { DoctorLimits } from './limits.ts';
import { codeOf, type Place } from './network.ts';
import type { StepLimit } from './section.ts';
import { failed, ok, type Verdict } from './verdict.ts';

/** With TLS 1.3 a server judges the client's certificate after the client holds the connection for made. */
const AFTERTHOUGHT_MS = 250;

export interface TlsUse {
  /** For the handshake itself. */
  readonly options: () => ConnectionOptions;
  /** For the words about a handshake that failed. */
  readonly settings: TlsTroubleSettings;
  /** Puts the words that speak of a site's settings into those of whoever asks. */
  readonly reword: (trouble: TlsTrouble) => TlsTrouble;
}

export function handshakeLimit({ host, port, setting }: Place, { handshakeMs }: DoctorLimits): StepLimit {
  const verdict = failed(
    'tls-silent',
    `${host} port ${String(port)} took the connection and did not answer the TLS handshake within ${String(handshakeMs)} ms`,
    `what listens there may not speak TLS, or hang: correct the port in \`${setting}\`, or look at the server`,
  );
  return { ms: handshakeMs, verdict };
}

/** Whether a TLS connection can be made, with all that the configuration asks of it. */
export async function checkHandshake(place: Place, use: TlsUse, signal: AbortSignal): Promise<Verdict> {
  const failure = await shakeHands(place, use.options, signal);
  return 'protocol' in failure ? ok(`${failure.protocol}, ${failure.cipher}`) : explainTls(failure.error, use, failure);
}

/** A verdict on what a TLS connection threw, at whatever stage. */
export function explainTls(error: unknown, use: TlsUse, stage: { readonly hasKeys: boolean }): Verdict {
  const code = codeOf(error);
  const { settings } = use;
  // With keys agreed on, the ciphers cannot be the trouble: older servers ask for a client certificate in these words.
  const isAboutClient = stage.hasKeys && code.includes('ALERT_HANDSHAKE_FAILURE');
  const asked = isAboutClient ? 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' : code;
  const trouble = tlsTroubleOf({ code: asked, message: messageOf(error) }, settings);
  if (trouble === null) {
    const remedy = `look the code up in the log of the server; \`openssl s_client -connect HOST:PORT\` shows the same handshake`;
    return failed('tls-failed', `the TLS handshake failed (${code}: ${messageOf(error)})`, remedy);
  }
  const { kind, cause, remedy } = use.reword(trouble);
  return failed(`tls-${kind}`, cause, remedy);
}

type Handshake =
  { readonly protocol: string; readonly cipher: string } | { readonly error: unknown; readonly hasKeys: boolean };

async function shakeHands(place: Place, options: TlsUse['options'], signal: AbortSignal): Promise<Handshake> {
  const { host, port } = place;
  const { promise, resolve } = Promise.withResolvers<Handshake>();
  let hasKeys = false;
  let socket: TLSSocket | undefined;
  try {
    socket = connect({ host, port, ...(isIP(host) === 0 && { servername: host }), ...options() });
    listen(
      socket,
      resolve,
      () => (hasKeys = true),
      () => hasKeys,
    );
    const opened = socket;
    signal.addEventListener('abort', () => opened.destroy(), { once: true });
    return await promise;
  } catch (error) {
    // Certificates and cipher lists that OpenSSL does not take are thrown, not emitted.
    return { error, hasKeys: false };
  } finally {
    socket?.destroy();
  }
}

function listen(
  socket: TLSSocket,
  resolve: (handshake: Handshake) => void,
  onKeys: () => void,
  hasKeys: () => boolean,
): void {
  socket.once('keylog', onKeys);
  socket.on('error', (error) => {
    resolve({ error, hasKeys: hasKeys() });
  });
  socket.once('secureConnect', () => {
    const made = { protocol: socket.getProtocol() ?? 'TLS', cipher: socket.getCipher().name };
    if (made.protocol !== 'TLSv1.3') resolve(made);
    // A ticket for the next session comes only to a client that was taken.
    socket.once('session', () => {
      resolve(made);
    });
    setTimeout(resolve, AFTERTHOUGHT_MS, made);
  });
}
