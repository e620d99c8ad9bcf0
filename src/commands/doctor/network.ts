import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';

import { messageOf } from '../../lib/errors.ts';
import type { DoctorLimits } from './limits.ts';
import type { StepLimit } from './section.ts';
import { failed, ok, type Verdict } from './verdict.ts';

/** Where something should listen, and the setting that says so. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly setting: string;
}

export function dnsLimit(place: Place, { dnsMs }: DoctorLimits): StepLimit {
  return { ms: dnsMs, verdict: unresolved(place, `no answer within ${String(dnsMs)} ms`) };
}

/** Whether the name has an address. */
export async function checkName(place: Place): Promise<Verdict> {
  const { host } = place;
  if (isIP(host) !== 0) return ok(`${host} is an address`);
  try {
    const addresses = await lookup(host, { all: true });
    return ok(`${host} is ${addresses.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    return unresolved(place, codeOf(error));
  }
}

function unresolved({ host, setting }: Place, why: string): Verdict {
  return failed(
    'name-unresolved',
    `the name ${host} has no address (${why})`,
    `correct the host in \`${setting}\`; if it is right, look at the name servers of this machine (\`getent hosts ${host}\`)`,
  );
}

export function portLimit({ host, port, setting }: Place, { connectMs }: DoctorLimits): StepLimit {
  const verdict = failed(
    'port-silent',
    `nothing came back from ${host} port ${String(port)} within ${String(connectMs)} ms`,
    `a firewall drops the packets, or the machine is down: open the way, or correct \`${setting}\``,
  );
  return { ms: connectMs, verdict };
}

/** Whether something listens. */
export async function checkPort(place: Place, signal: AbortSignal): Promise<Verdict> {
  const { host, port, setting } = place;
  const where = `${host} port ${String(port)}`;
  const code = await connectionError(place, signal);
  switch (code) {
    case null:
      return ok(`${where} takes connections`);
    case 'ECONNREFUSED':
      return failed(
        'port-closed',
        `nothing listens at ${where}`,
        `correct the port in \`${setting}\`, or start the server there`,
      );
    default:
      return failed(
        'port-unreachable',
        `${where} cannot be reached (${code})`,
        `look at routes and firewalls between here and there, or correct \`${setting}\``,
      );
  }
}

/** Null if the connection stood. */
function connectionError({ host, port }: Place, signal: AbortSignal): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = connect({ host, port, signal });
  socket.once('connect', () => {
    resolve(null);
    socket.destroy();
  });
  socket.on('error', (error) => {
    resolve(codeOf(error));
  });
  return promise;
}

/** The code that Node gives an error; its words if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : messageOf(error);
}
