import { Client } from 'undici';
import type { Dispatcher } from 'undici';

import type { Clock } from '../../lib/clock.ts';
import type { AnswerFacts, Channel } from '../classify.ts';
import { Connection } from './connection.ts';
import { connectorOf } from './connector.ts';
import type { SiteTls } from './connector.ts';
import type { Credentials } from '../credentials.ts';
import { Deadline } from './deadline.ts';
import type { StatusClass } from '../../lib/status-class.ts';
import { DocumentRefusedError } from '../documents/document-refused-error.ts';
import { TransientError } from '../errors.ts';
import { factsOf } from './http-answer.ts';
import type { HttpAnswer } from './http-answer.ts';
import { valuesOf } from './http-headers.ts';
import { isOdd, oddAnswerOf } from './odd-answer.ts';
import type { OddAnswer } from './odd-answer.ts';
import { translateHttpError } from './transport-errors.ts';
import type { ExchangePhase } from './transport-errors.ts';

export interface CwaTimeouts {
  /** Milliseconds for TCP and TLS together. Default 10,000. */
  readonly connectMs: number;
  /**
   * Milliseconds until the head of a response, and between two pieces of its body. Default 120,000: a server may
   * hold a poll open (protocol notes, transport §6.2).
   */
  readonly responseMs: number;
  /** Milliseconds for a whole exchange, so that a body in drops ends too. Default 300,000. */
  readonly exchangeMs: number;
  /**
   * Milliseconds that an idle connection is kept. Default 60,000: longer than a poll wait, and shorter than the
   * 120,000 after which the servers of that generation close it under a request's feet.
   */
  readonly keepAliveMs: number;
}

export const DEFAULT_TIMEOUTS: CwaTimeouts = {
  connectMs: 10_000,
  responseMs: 120_000,
  exchangeMs: 300_000,
  keepAliveMs: 60_000,
};

/** One exchange as metrics see it; without anything secret or personal. */
export interface ExchangeFacts {
  readonly channel: Channel;
  readonly operation: string;
  readonly statusCode: number;
  readonly bodyBytes: number;
  readonly durationMs: number;
  readonly isTicketRenewed: boolean;
}

export interface TransportOptions {
  /** Scheme, host, port and perhaps a path before the paths of the API. */
  readonly baseUrl: string;
  readonly tls: SiteTls;
  readonly timeouts: CwaTimeouts;
  readonly bodyBytesMax: number;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly onExchange: ((exchange: ExchangeFacts) => void) | null;
  readonly onOddAnswer: ((answer: OddAnswer) => void) | null;
  /** What statuses mean where the server differs from the usual. */
  readonly statusClasses: ReadonlyMap<number, StatusClass>;
}

export interface HttpRequest {
  readonly channel: Channel;
  readonly method: 'GET' | 'POST';
  /** Below the base URL, without query. */
  readonly path: string;
  /** With the question mark, or empty. */
  readonly query?: string;
  readonly body?: string;
  /** The `Authorization` header; a secret. */
  readonly authorization?: string;
  /** Bytes of the response body to keep; the rest is read and dropped. Default all. */
  readonly keptBytesMax?: number;
}

/**
 * HTTP for one session: one connection, one exchange at a time, no redirects. Every response hands its ticket and
 * cookies to the credentials as soon as its head is here, whatever its status and whether or not its body arrives.
 *
 * One client for each session, because a shared agent over thousands of sessions doubles sockets and processor time.
 */
export class Transport {
  readonly connection = new Connection();
  readonly #options: TransportOptions;
  readonly #client: Client;
  readonly #pathPrefix: string;

  constructor(options: TransportOptions) {
    const { timeouts } = options;
    const url = new URL(options.baseUrl);
    this.#options = options;
    this.#pathPrefix = url.pathname.replace(/\/+$/, '');
    this.#client = new Client(url.origin, {
      pipelining: 1,
      allowH2: false,
      connect: this.connection.watched(connectorOf(options.tls, timeouts.connectMs)),
      headersTimeout: timeouts.responseMs,
      bodyTimeout: timeouts.responseMs,
      keepAliveTimeout: timeouts.keepAliveMs,
      keepAliveMaxTimeout: timeouts.keepAliveMs,
      keepAliveTimeoutThreshold: 1_000,
    });
  }

  /**
   * @throws {@link TransientError} if there is no complete answer; {@link DocumentRefusedError} (`tooLarge`) if the
   * body passes its limit; the signal's reason if it aborts.
   */
  async exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    signal.throwIfAborted();
    const { clock, credentials, onExchange, onOddAnswer, statusClasses, timeouts } = this.#options;
    const startedAt = clock.monotonic();
    const operation = `${request.method} ${request.path}`;
    const deadline = new Deadline(signal, timeouts.exchangeMs);
    let phase: ExchangePhase = 'head';
    try {
      const response = await this.#send(request, deadline.signal);
      phase = 'body';
      const connection = this.connection.number;
      const challenges = valuesOf(response.headers['www-authenticate']);
      const isTicketRenewed = credentials.absorb(response.headers, this.#pathPrefix + request.path);
      const facts = factsOf(request.channel, operation, response, statusClasses);
      const { body: received, bodyBytes } = await this.#readBody(response, request, facts);
      // What is answered to a sign-in is published nowhere, and what it holds is needed.
      const body = request.channel === 'signIn' ? received : credentials.masked(received);
      const durationMs = clock.monotonic() - startedAt;
      const { channel, statusCode } = facts;
      onExchange?.({ channel, operation, statusCode, bodyBytes, durationMs, isTicketRenewed });
      if (onOddAnswer !== null && isOdd(facts)) onOddAnswer(oddAnswerOf(facts, response.headers, body, credentials));
      return { ...facts, body, bodyBytes, receivedAt: clock.now(), challenges, connection };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DocumentRefusedError) throw error;
      throw deadline.isExpired
        ? unanswered(operation, timeouts.exchangeMs)
        : translateHttpError(error, operation, phase, this.#options.tls.settings);
    } finally {
      deadline.end();
    }
  }

  /** Ends the connection and whatever is in flight on it. */
  async close(): Promise<void> {
    await this.#client.destroy();
  }

  #send(request: HttpRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const path = this.#pathPrefix + request.path;
    return this.#client.request({
      method: request.method,
      path: path + (request.query ?? ''),
      headers: {
        Accept: '*/*',
        'User-Agent': this.#options.userAgent,
        ...(request.body === undefined ? {} : { 'Content-Type': 'text/xml; charset=utf-8' }),
        ...(request.authorization === undefined ? {} : { Authorization: request.authorization }),
        ...this.#options.credentials.headersFor(path),
      },
      body: request.body ?? null,
      signal,
    });
  }

  /** Counts while reading, so that a body above the limit never stands in memory. Leaving the loop ends the stream. */
  async #readBody(
    response: Dispatcher.ResponseData,
    request: HttpRequest,
    facts: AnswerFacts,
  ): Promise<{ body: Uint8Array; bodyBytes: number }> {
    const { bodyBytesMax } = this.#options;
    const keptBytesMax = request.keptBytesMax ?? bodyBytesMax;
    const chunks: Buffer[] = [];
    let bodyBytes = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      if (bodyBytes < keptBytesMax) chunks.push(chunk);
      bodyBytes += chunk.length;
      if (bodyBytes > bodyBytesMax) {
        const body = this.#options.credentials.masked(Buffer.concat(chunks));
        throw tooLarge(facts, body, bodyBytes, bodyBytesMax);
      }
    }
    return { body: joined(chunks).subarray(0, keptBytesMax), bodyBytes };
  }
}

/** A sign-in answer is refused without its body: it would stand in the dead letter with the secrets in it. */
function tooLarge(facts: AnswerFacts, body: Uint8Array, bodyBytes: number, bodyBytesMax: number): DocumentRefusedError {
  const detail = `the body is larger than ${String(bodyBytesMax)} bytes (limits.bodyBytesMax)`;
  const refused = new DocumentRefusedError('tooLarge', detail, { line: null, column: null });
  const { channel, statusCode, contentType } = facts;
  return channel === 'signIn' ? refused : refused.withAnswer({ body, bodyBytes, statusCode, contentType });
}

function unanswered(operation: string, timeoutMs: number): TransientError {
  const what = `${operation} was not answered within ${String(timeoutMs)} ms`;
  return new TransientError(`${what}; it is repeated after a wait`, { reason: 'timeout', context: { operation } });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}
