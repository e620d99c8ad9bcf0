import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Ports are taken from below the range that systems hand out for outgoing connections (32768 on Linux, 49152
 * elsewhere). From inside that range a connection to a killed broker could be given the broker's own port and then
 * either talk to itself or keep the broker from coming back.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const ATTEMPTS = 500;

/**
 * `count` different TCP ports of 127.0.0.1 on which nobody listens at this moment.
 *
 * Nothing reserves them: a caller whose program then cannot bind asks again.
 *
 * @throws Error if no free ports are found in 500 attempts.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < ATTEMPTS && found.size < count; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) found.add(port);
  }
  if (found.size < count)
    throw new Error(`no ${String(count)} free ports between ${String(LOWEST)} and ${String(HIGHEST)}`);
  return [...found];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host: '127.0.0.1', port, exclusive: true });
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
