import type { IncomingMessage, ServerResponse } from 'node:http';

import { TICKET_HEADER } from '../cwa/protocol.ts';

/** A request and the answer to it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/** An answer before anything goes wrong with it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The most that a request may hold, in bytes. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;

/** An XML answer with status 200, carrying a ticket if there is one. */
export function xmlReply(body: string, ticket: string | null, status = 200): Reply {
  return { status, headers: { 'Content-Type': 'text/xml; charset=utf-8', ...ticketHeader(ticket) }, body };
}

/** An HTML page, which no channel of the API answers when all is well. */
export function htmlReply(body: string, status = 200): Reply {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body };
}

/** The ticket that the client sent, or undefined. */
export function ticketOf({ request }: Exchange): string | undefined {
  const value = request.headers[TICKET_HEADER.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The text of the request.
 *
 * @throws {@link RangeError} if it is larger than 4 MiB.
 */
export async function bodyOf({ request }: Exchange): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX) throw new RangeError('the request is larger than 4 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The case of the header is kept on the wire: a client of 2010 looks for exactly `CWA-Ticket` (transport §2.2). */
function ticketHeader(ticket: string | null): Readonly<Record<string, string>> {
  return ticket === null ? {} : { [TICKET_HEADER]: ticket };
}
