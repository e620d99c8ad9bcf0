import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the proxy asks for. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A proxy that runs, and what a client needs of it. */
export interface RegistryProxy {
  /** With the path of what it stands before; the certificate is for this address, 127.0.0.1. */
  readonly url: string;
  /** File with the certificate of its authority, PEM. */
  readonly caFile: string;
  /** File with the certificate of an authority that knows nothing of the proxy. */
  readonly otherCaFile: string;
  stop(): Promise<void>;
}

/**
 * Puts TLS and a password (HTTP basic) before a registry, as companies do. Keys and certificates are made by the
 * program openssl and live for a day, in a folder that goes with the proxy.
 */
export async function startRegistryProxy(registryUrl: string, login: Login): Promise<RegistryProxy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cwa-registry-proxy-'));
  const caFile = await makeAuthority(folder, 'authority');
  const otherCaFile = await makeAuthority(folder, 'stranger');
  const server = https.createServer(await makeCertificate(folder, 'authority'), (request, response) => {
    void answer(request, response, registryUrl, login);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${String(port)}${new URL(registryUrl).pathname}`,
    caFile,
    otherCaFile,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];

/** @returns the file of its certificate; its key lies beside. */
async function makeAuthority(folder: string, name: string): Promise<string> {
  const [key, pem] = filesOf(folder, name);
  await run('openssl', ['req', '-x509', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', pem]);
  return pem;
}

async function makeCertificate(
  folder: string,
  authority: string,
): Promise<{ readonly key: Buffer; readonly cert: Buffer }> {
  const [key, pem] = filesOf(folder, 'server');
  const [authorityKey, authorityPem] = filesOf(folder, authority);
  const names = ['-subj', '/CN=registry', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const signer = ['-CA', authorityPem, '-CAkey', authorityKey];
  await run('openssl', ['req', '-x509', ...NEW_KEY, ...names, ...signer, '-keyout', key, '-out', pem]);
  return { key: await readFile(key), cert: await readFile(pem) };
}

function filesOf(folder: string, name: string): readonly [key: string, pem: string] {
  return [path.join(folder, `${name}.key`), path.join(folder, `${name}.pem`)];
}

/** Hands a request on as it is, if whoever asks has the password. */
async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  registryUrl: string,
  { username, password }: Login,
): Promise<void> {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const { authorization, ...headers } = request.headers;
  if (authorization !== expected) {
    response.writeHead(401, { 'content-type': 'text/html', 'www-authenticate': 'Basic realm="registry"' });
    response.end('<html><body>Unauthorized</body></html>');
    return;
  }
  const { host } = new URL(registryUrl);
  const url = new URL(request.url ?? '/', registryUrl);
  const onward = http.request(url, { method: request.method ?? 'GET', headers: { ...headers, host } });
  try {
    const [answered] = await Promise.all([
      once(onward, 'response').then(([message]) => message as http.IncomingMessage),
      pipeline(request, onward),
    ]);
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    await pipeline(answered, response);
  } catch {
    response.destroy();
  }
}
