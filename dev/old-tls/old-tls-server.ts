import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { findJava } from '../kafka/java.ts';

const PROGRAM = fileURLToPath(new URL('OldTlsServer.java', import.meta.url));

export interface OldTlsOptions {
  /** PKCS #12 file with certificate and key, and its password. */
  readonly keyStore: string;
  readonly password: string;
  /** As Java names them, such as `SSLv3`. */
  readonly protocols: readonly string[];
  /** As Java names them, such as `SSL_RSA_WITH_RC4_128_SHA`. */
  readonly ciphers: readonly string[];
  /** Whether it knows RFC 5746. */
  readonly hasSecureRenegotiation: boolean;
}

export interface OldTlsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts `OldTlsServer.java` and waits until it listens.
 *
 * @throws {@link DevelopmentKafkaError} if there is no Java; an error with its words if it does not start.
 */
export async function startOldTlsServer(options: OldTlsOptions): Promise<OldTlsServer> {
  const { ciphers, hasSecureRenegotiation, keyStore, password, protocols } = options;
  const { command } = await findJava();
  const renegotiation = hasSecureRenegotiation ? [] : ['-Djdk.tls.server.disableExtensions=renegotiation_info'];
  const jvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx64m', ...renegotiation];
  const child = spawn(command, [...jvm, PROGRAM, keyStore, password, protocols.join(','), ciphers.join(',')]);
  const ended = once(child, 'exit');
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  for await (const line of createInterface({ input: child.stdout })) {
    const stop = async (): Promise<void> => {
      child.kill();
      await ended;
    };
    return { port: Number(line), stop };
  }
  await ended;
  throw new Error(`the old TLS server did not start: ${words.slice(0, 2_000)}`);
}
