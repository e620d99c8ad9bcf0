import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { Exchange, Reply } from './exchange.ts';
import { MALFORMATIONS, type FaultSpec } from './faults.ts';
import { malform } from './malformations.ts';
import type { Random } from './random.ts';

/**
 * Writes an answer, damaged if a fault says so.
 *
 * @returns true if the whole, undamaged answer was written and the socket took it to the end.
 */
export async function deliver(
  { response }: Exchange,
  { status, headers, body }: Reply,
  fault: FaultSpec | null,
  random: Random,
): Promise<boolean> {
  const bytes = Buffer.from(body);
  if (fault?.kind === 'cutLength' || fault?.kind === 'cutChunked') {
    const size = fault.kind === 'cutLength' ? { 'Content-Length': bytes.length } : {};
    const sent = Math.min(bytes.length - 1, Math.floor(bytes.length * (fault.at ?? random.next())));
    response.writeHead(status, { ...headers, ...size });
    await cutAfter(response, bytes.subarray(0, sent));
    return false;
  }
  if (fault?.kind === 'malformed') {
    await send(response, status, headers, malform(body, fault.malformation ?? random.pick(MALFORMATIONS)));
    return false;
  }
  return send(response, status, headers, bytes);
}

/** Breaks the connection without any answer, by a reset. */
export function reset({ request }: Exchange): void {
  request.socket.resetAndDestroy();
}

/** Waits until the client has given up. */
export async function hang({ response }: Exchange): Promise<void> {
  if (!response.destroyed) await once(response, 'close');
}

async function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<boolean> {
  if (response.destroyed) return false;
  const closed = once(response, 'close');
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  response.end(body);
  await closed;
  return response.writableFinished;
}

/** The headers and these bytes go out, then the connection ends before the body has. */
async function cutAfter(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed) return;
  response.flushHeaders();
  if (bytes.length > 0)
    await new Promise<void>((resolve) =>
      response.write(bytes, () => {
        resolve();
      }),
    );
  response.destroy();
}
