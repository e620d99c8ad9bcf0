import type { Dispatcher } from 'undici';

import type { StatusClass } from '../../lib/status-class.ts';
import type { AnswerFacts, Channel } from '../classify.ts';
import { valuesOf } from './http-headers.ts';
import type { ResponseHeaders } from './http-headers.ts';
import { retryAfterMs } from './retry-after.ts';

/** A complete answer: nothing of its body is missing, though its end may not have been kept. */
export interface HttpAnswer extends AnswerFacts {
  readonly body: Uint8Array;
  /** Bytes that arrived, kept or not. */
  readonly bodyBytes: number;
  /** Milliseconds since the epoch, when the last byte was here. */
  readonly receivedAt: number;
  /** The `WWW-Authenticate` headers. Some hold secrets of a handshake. */
  readonly challenges: readonly string[];
  /** The connection that it came over, as {@link Connection.number}. */
  readonly connection: number;
}

/** What is known once the head of a response is here. */
export function factsOf(
  channel: Channel,
  operation: string,
  response: Dispatcher.ResponseData,
  statusClasses: ReadonlyMap<number, StatusClass>,
): AnswerFacts {
  const headers: ResponseHeaders = response.headers;
  return {
    channel,
    operation,
    statusCode: response.statusCode,
    contentType: headerOf(headers, 'content-type'),
    location: headerOf(headers, 'location'),
    retryAfterMs: retryAfterMs(headerOf(headers, 'retry-after'), headerOf(headers, 'date')),
    configuredClass: statusClasses.get(response.statusCode),
  };
}

function headerOf(headers: ResponseHeaders, name: string): string | null {
  return valuesOf(headers[name])[0] ?? null;
}
