import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';

/** An engine on the same machine answers in milliseconds; without one the question must not slow down a test run. */
const ANSWER_TIMEOUT_MS = 700;

/**
 * Whether a container engine answers, asked at the places where Testcontainers looks: `DOCKER_HOST`, else the
 * sockets of Docker, Docker Desktop and rootless Docker. A client program alone, without an engine, does not count.
 */
export async function containerEngineAnswers(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const address = env.DOCKER_HOST;
  if (address !== undefined && address !== '' && !address.startsWith('unix://')) return tcpAnswers(address);
  const sockets = address ? [address.slice('unix://'.length)] : localSockets(env);
  const socketPath = sockets.find((candidate) => existsSync(candidate));
  return socketPath !== undefined && (await pingAnswers(socketPath));
}

function localSockets(env: NodeJS.ProcessEnv): readonly string[] {
  return [
    '/var/run/docker.sock',
    ...(env.XDG_RUNTIME_DIR ? [path.join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
    path.join(homedir(), '.docker', 'run', 'docker.sock'),
    path.join(homedir(), '.docker', 'desktop', 'docker.sock'),
    `/run/user/${String(process.getuid?.() ?? 0)}/docker.sock`,
  ];
}

/** `GET /_ping` of the Docker Engine API. */
function pingAnswers(socketPath: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const ping = request({ socketPath, path: '/_ping', timeout: ANSWER_TIMEOUT_MS });
  ping.on('response', (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  ping.on('timeout', () => ping.destroy());
  ping.on('error', () => {
    resolve(false);
  });
  ping.on('close', () => {
    resolve(false);
  });
  ping.end();
  return promise;
}

/** A remote engine may want TLS: an accepted connection is enough of an answer. */
function tcpAnswers(address: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  if (!URL.canParse(address)) return Promise.resolve(false);
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port || 2375), timeout: ANSWER_TIMEOUT_MS });
  const settle = (answers: boolean) => () => {
    resolve(answers);
    socket.destroy();
  };
  socket.on('connect', settle(true));
  socket.on('timeout', settle(false));
  socket.on('error', settle(false));
  return promise;
}
