import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePorts } from '../../../dev/kafka/free-ports.ts';
import { GuardedProcess } from '../../../dev/kafka/guarded-process.ts';
import { until } from '../until.ts';
import { ensurePackages } from './debian-packages.ts';

const run = promisify(execFile);

export const REALM = 'CWA.TEST';

/** A Kerberos realm of its own, with a key distribution centre on a free port of the loopback interface. */
export class Realm {
  /** For programs that live in the realm: the variable that names its configuration. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #port: number;
  #centre: GuardedProcess | null = null;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.environment = { KRB5_CONFIG: join(folder, 'krb5.conf') };
  }

  static async create(): Promise<Realm> {
    await ensurePackages();
    const folder = await mkdtemp(join(tmpdir(), 'cwa-realm-'));
    const [port = 0] = await freePorts(1);
    const realm = new Realm(folder, port);
    await writeFile(join(folder, 'krb5.conf'), clientConfiguration(port));
    await writeFile(join(folder, 'kdc.conf'), centreConfiguration(port, folder));
    await realm.#run('/usr/sbin/kdb5_util', ['create', '-s', '-r', REALM, '-P', 'only for tests']);
    await realm.startCentre();
    return realm;
  }

  /** Adds an account or a service, whose key is random. */
  async add(principal: string): Promise<void> {
    await this.admin(`addprinc +requires_preauth -randkey ${principal}`);
  }

  /** Runs a command of kadmin on the database itself. */
  async admin(query: string): Promise<void> {
    await this.#run('/usr/sbin/kadmin.local', ['-r', REALM, '-q', query]);
  }

  /** A file with the keys of principals. They get new ones by that: older keytabs are worth nothing any more. */
  async keytab(name: string, ...principals: readonly string[]): Promise<string> {
    const file = join(this.#folder, name);
    for (const principal of principals) await this.admin(`ktadd -k ${file} ${principal}`);
    return file;
  }

  async startCentre(): Promise<void> {
    const output = await open(join(this.#folder, 'kdc.log'), 'a');
    const variables = Object.entries(this.#variables()).map(([name, value]) => `${name}=${value}`);
    const target = { stdout: output.fd, stderr: output.fd, scratch: this.#folder };
    this.#centre = await GuardedProcess.start('/usr/bin/env', [...variables, '/usr/sbin/krb5kdc', '-n'], target);
    await output.close();
    await until('the key distribution centre listens', () => isListening(this.#port));
  }

  async stopCentre(): Promise<void> {
    await this.#centre?.kill();
    this.#centre = null;
  }

  async remove(): Promise<void> {
    await this.stopCentre();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #variables(): Readonly<Record<string, string>> {
    return { ...this.environment, KRB5_KDC_PROFILE: join(this.#folder, 'kdc.conf') };
  }

  async #run(command: string, args: readonly string[]): Promise<void> {
    await run(command, args, { env: { ...process.env, ...this.#variables() } });
  }
}

function clientConfiguration(port: number): string {
  return `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  ${REALM} = {
    kdc = 127.0.0.1:${String(port)}
  }
[domain_realm]
  localhost = ${REALM}
`;
}

function centreConfiguration(port: number, folder: string): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${String(port)}
  kdc_tcp_listen = 127.0.0.1:${String(port)}
[realms]
  ${REALM} = {
    database_name = ${folder}/principal
    key_stash_file = ${folder}/stash
  }
`;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}
