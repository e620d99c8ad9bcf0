import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface CertificateRequest {
  /** Common name. Default `localhost`. */
  readonly name?: string;
  /** Alternative names as OpenSSL writes them; null: none, as certificates of 2007 have it. Default that of `name`. */
  readonly alternativeNames?: string | null;
  /** Bits of the RSA key. Default 2048. */
  readonly bits?: number;
  /** What it is signed with. Default `sha256`. */
  readonly digest?: 'sha256' | 'sha1' | 'md5';
  /** Days from now to its end; negative: it has expired. Default 100. */
  readonly days?: number;
}

/** A certificate and its key, as files and as texts. */
export interface MadeCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A private certificate authority in a folder of its own, kept by the `openssl` program. */
export class CertificateAuthority {
  readonly folder: string;
  readonly caFile: string;
  readonly #keyFile: string;
  #made = 0;

  private constructor(folder: string) {
    this.folder = folder;
    this.caFile = join(folder, 'ca.pem');
    this.#keyFile = join(folder, 'ca.key');
  }

  static async create({ bits = 2048, digest = 'sha256' }: CertificateRequest = {}): Promise<CertificateAuthority> {
    const authority = new CertificateAuthority(await mkdtemp(join(tmpdir(), 'cwa-ca-')));
    const { caFile, folder } = authority;
    const key = ['-newkey', `rsa:${String(bits)}`, '-nodes', '-keyout', join(folder, 'ca.key')];
    await openssl('req', '-x509', ...key, '-out', caFile, '-subj', '/CN=Private CA', `-${digest}`, '-days', '3650');
    return authority;
  }

  async issue(request: CertificateRequest = {}): Promise<MadeCertificate> {
    const { name = 'localhost', bits = 2048, digest = 'sha256', days = 100 } = request;
    const { alternativeNames = `DNS:${name}` } = request;
    this.#made += 1;
    const base = join(this.folder, String(this.#made));
    const [certFile, keyFile] = [`${base}.pem`, `${base}.key`];
    const ask = ['-newkey', `rsa:${String(bits)}`, '-nodes', '-keyout', keyFile, '-out', `${base}.csr`];
    await openssl('req', ...ask, '-subj', `/CN=${name}`);
    const names = alternativeNames === null ? '' : `\nsubjectAltName=${alternativeNames}`;
    await writeFile(`${base}.ext`, `basicConstraints=CA:FALSE${names}`);
    const signer = ['-CA', this.caFile, '-CAkey', this.#keyFile, '-CAcreateserial', '-extfile', `${base}.ext`];
    const paper = ['-req', '-in', `${base}.csr`, '-out', certFile, `-${digest}`, '-days', String(days)];
    await openssl('x509', ...paper, ...signer);
    return { certFile, keyFile, cert: await readFile(certFile), key: await readFile(keyFile) };
  }

  /** The key under a passphrase, as another file. */
  async encrypt({ keyFile }: MadeCertificate, passphrase: string): Promise<string> {
    const encrypted = `${keyFile}.encrypted`;
    await openssl('rsa', '-in', keyFile, '-aes256', '-passout', `pass:${passphrase}`, '-out', encrypted);
    return encrypted;
  }

  /** Certificate and key in one PKCS #12 file, as Java takes it. */
  async bundle({ certFile, keyFile }: MadeCertificate, password: string): Promise<string> {
    const file = `${keyFile}.p12`;
    const out = ['-out', file, '-passout', `pass:${password}`];
    await openssl('pkcs12', '-export', '-in', certFile, '-inkey', keyFile, ...out);
    return file;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', args);
}
