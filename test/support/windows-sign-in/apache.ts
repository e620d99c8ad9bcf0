import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from '../../../dev/kafka/free-ports.ts';
import { GuardedProcess } from '../../../dev/kafka/guarded-process.ts';
import { until } from '../until.ts';
import { ensurePackages } from './debian-packages.ts';

/** The header in which Apache tells the server behind it who has signed in. */
export const USER_HEADER = 'X-Signed-In';

export interface ApacheOptions {
  /** Where everything is passed on to. */
  readonly backend: string;
  /** Who may sign in, and how. One mechanism for a server: with both in one place its processes crash at times. */
  readonly mechanism:
    | { readonly kind: 'ntlm'; readonly domain: string; readonly users: Readonly<Record<string, string>> }
    | { readonly kind: 'kerberos'; readonly keytab: string; readonly environment: Readonly<Record<string, string>> };
}

/**
 * Apache before a CWA server, as IIS is before the real one: it authenticates who comes to `/iwa/` by NTLM or Kerberos
 * (mod_auth_gssapi, gss-ntlmssp) on a free port of the loopback interface, and passes everything on.
 *
 * One process with threads (`-X`), so that ending it ends all of it. It does not outlive this program.
 */
export class Apache {
  readonly url: string;
  readonly #process: GuardedProcess;
  readonly #folder: string;

  private constructor(url: string, apache: GuardedProcess, folder: string) {
    this.url = url;
    this.#process = apache;
    this.#folder = folder;
  }

  static async start(options: ApacheOptions): Promise<Apache> {
    await ensurePackages();
    const folder = await mkdtemp(join(tmpdir(), 'cwa-apache-'));
    const [port = 0] = await freePorts(1);
    await writeFile(join(folder, 'apache.conf'), configuration(options, folder, port));
    const environment = await environmentOf(options, folder);
    const output = await open(join(folder, 'output.log'), 'w');
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const command = [...variables, '/usr/sbin/apache2', '-X', '-f', join(folder, 'apache.conf')];
    const target = { stdout: output.fd, stderr: output.fd, scratch: folder };
    const apache = new Apache(
      `http://localhost:${String(port)}`,
      await GuardedProcess.start('/usr/bin/env', command, target),
      folder,
    );
    await output.close();
    try {
      await until('Apache answers', () => apache.#answers());
      return apache;
    } catch (error) {
      const log = await apache.#log();
      await apache.stop();
      throw new Error(`Apache did not come up.\n${log}`, { cause: error });
    }
  }

  /** How often an account was refused: each is an attempt that a directory would count. */
  async refusals(): Promise<number> {
    return (await this.#log()).split('gss_accept_sec_context() failed').length - 1;
  }

  async stop(): Promise<void> {
    await this.#process.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    if (!this.#process.isRunning) throw new Error('Apache has ended');
    try {
      return (await fetch(this.url)).status < 500;
    } catch {
      return false;
    }
  }

  async #log(): Promise<string> {
    return readFile(join(this.#folder, 'error.log'), 'utf8').catch(() =>
      readFile(join(this.#folder, 'output.log'), 'utf8'),
    );
  }
}

async function environmentOf({ mechanism }: ApacheOptions, folder: string): Promise<Readonly<Record<string, string>>> {
  if (mechanism.kind === 'kerberos') return mechanism.environment;
  const file = join(folder, 'users');
  const { domain, users } = mechanism;
  await writeFile(
    file,
    Object.entries(users).map(([user, password]) => `${domain}:${user}:${password}\n`),
  );
  return { NTLM_USER_FILE: file };
}

function configuration({ backend, mechanism }: ApacheOptions, folder: string, port: number): string {
  const modules = [
    'mpm_event',
    'authz_core',
    'authz_user',
    'authn_core',
    'auth_gssapi',
    'headers',
    'proxy',
    'proxy_http',
  ];
  const how =
    mechanism.kind === 'ntlm'
      ? ['GssapiAllowedMech ntlmssp', 'GssapiConnectionBound On']
      : ['GssapiAllowedMech krb5', `GssapiCredStore keytab:${mechanism.keytab}`];
  return `${[
    `ServerRoot ${folder}`,
    `PidFile ${folder}/pid`,
    `Listen 127.0.0.1:${String(port)}`,
    'ServerName localhost',
    ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    `ErrorLog ${folder}/error.log`,
    'LogLevel warn auth_gssapi:info',
    'KeepAlive On',
    'KeepAliveTimeout 60',
    `ProxyPass / ${backend}/`,
    // Nobody says so himself.
    `RequestHeader unset ${USER_HEADER}`,
    '<Location /iwa>',
    'AuthType GSSAPI',
    'AuthName CWA',
    ...how,
    'Require valid-user',
    `RequestHeader set ${USER_HEADER} expr=%{REMOTE_USER}`,
    '</Location>',
  ].join('\n')}\n`;
}
