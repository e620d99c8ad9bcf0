import { Agent, request } from 'node:http';

import type { Clock } from '../../../src/lib/clock.ts';
import { DEFAULT_ACCOUNT, type SimulatorOptions } from '../../../src/simulator/options.ts';
import { startSimulator, type Simulator } from '../../../src/simulator/simulator.ts';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names as the server spelt them. */
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bytes: Buffer;
  readonly body: string;
  /** The connection ended before the body did. */
  readonly isCut: boolean;
}

const NAMESPACE = 'http://schemas.microsoft.com/2006/09/rtc/cwa';

/** A client made of hand-written requests and regular expressions: it shares no code with the bridge's. */
export class RawClient {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  ticket = '';
  sid = '0';
  ackId = '0';

  constructor(url: string) {
    this.#url = url;
  }

  /** Signs in and keeps the ticket. */
  async signIn(user: string = DEFAULT_ACCOUNT.user, password: string = DEFAULT_ACCOUNT.password): Promise<RawAnswer> {
    const logon = `<logon><user>${escape(user)}</user><password>${escape(password)}</password></logon>`;
    const answer = await this.send('POST', '/forms/logon.html', `<cwaRequests>${logon}</cwaRequests>`);
    const ticket = answer.headers['cwa-ticket'];
    if (typeof ticket === 'string') this.ticket = ticket;
    return answer;
  }

  /** Sends methods to the command channel. */
  command(methods: string, sid = this.sid): Promise<RawAnswer> {
    const body = `<cwaRequests xmlns="${NAMESPACE}" sid="${sid}">${methods}</cwaRequests>`;
    return this.send('POST', '/cwa/MainCommandHandler.ashx', body);
  }

  /** Opens a session and keeps its sid. */
  async initiate(): Promise<RawAnswer> {
    const answer = await this.command('<initiateSession rid="1"/>', '0');
    this.sid = /<sid>(\d+)<|sid="(\d+)" pollWaitTime/.exec(answer.body)?.slice(1).find(Boolean) ?? '';
    this.ackId = '0';
    return answer;
  }

  subscribe(...uris: readonly string[]): Promise<RawAnswer> {
    const list = uris.map((uri) => `<uri>${uri}</uri>`).join('');
    return this.command(`<subscribePresence rid="2"><uris>${list}</uris></subscribePresence>`);
  }

  /** Polls with this ackId. */
  poll(ackId: string | number = this.ackId, isUserActive = true): Promise<RawAnswer> {
    return this.query(`Sid=${this.sid}&AckId=${String(ackId)}&UA=${String(isUserActive)}`);
  }

  /** Polls with this query as it stands. */
  query(query: string): Promise<RawAnswer> {
    return this.send('GET', `/cwa/AsyncDataChannel.ashx?${query}`);
  }

  /** Polls and acknowledges, and returns the answer. */
  async next(): Promise<RawAnswer> {
    const answer = await this.poll();
    this.ackId = ackIdOf(answer);
    return answer;
  }

  /** Resolves when the answer is complete or cut; rejects if there is none. */
  send(method: string, path: string, body = '', headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
    const length = Buffer.byteLength(body);
    const ticket = this.ticket === '' ? {} : { 'CWA-Ticket': this.ticket };
    const all = { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': length, ...ticket, ...headers };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.#url}${path}`, { method, agent: this.#agent, headers: all }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', () => undefined);
        incoming.on('close', () => {
          const bytes = Buffer.concat(chunks);
          const { statusCode: status = 0, rawHeaders, headers: received, complete } = incoming;
          resolve({ status, rawHeaders, headers: received, bytes, body: bytes.toString('utf8'), isCut: !complete });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A simulator and a client of it that has signed in, opened a session and read what comes by itself. */
export async function openSession(options: SimulatorOptions = {}): Promise<{ sim: Simulator; client: RawClient }> {
  const sim = await startSimulator({ eventsPerSecond: 0, ...options });
  const client = new RawClient(sim.url);
  await client.signIn();
  await client.initiate();
  await client.next();
  return { sim, client };
}

/** The `ackId` of the envelope. */
export function ackIdOf({ body }: RawAnswer): string {
  return /ackId="([^"]*)"/.exec(body)?.[1] ?? '';
}

/** The eids of the events, in document order. */
export function eidsOf({ body }: RawAnswer): readonly number[] {
  return [...body.matchAll(/ eid="(\d+)"/g)].map((match) => Number(match[1]));
}

/** A clock that only moves when told. Sleeping takes no time. */
export class ManualClock implements Clock {
  #ms = 1_235_981_700_000;

  advance(ms: number): void {
    this.#ms += ms;
  }

  now(): number {
    return this.#ms;
  }

  monotonic(): number {
    return this.#ms;
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
