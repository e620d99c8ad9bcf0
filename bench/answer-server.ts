import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { COMMAND_PATH, DATA_PATH, LOGON_FORMS_PATH, TICKET_HEADER } from '../src/cwa/protocol.ts';
import { EventSupply } from './event-supply.ts';

const USERS_PER_SESSION = 40;
const FIRST_SID = 1000;

/** One account of the benchmark, which has one session. */
export interface BenchAccount {
  readonly id: string;
  readonly user: string;
  readonly uri: string;
  readonly users: readonly string[];
}

interface Session {
  readonly account: BenchAccount;
  readonly sid: string;
  readonly supply: EventSupply;
  /** Highest eid that a poll has acknowledged. */
  acknowledged: number;
}

export function makeAccounts(count: number): readonly BenchAccount[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `session-${index}`,
    user: `BENCH\\session-${index}`,
    uri: `sip:session-${index}@bench.example`,
    users: Array.from({ length: USERS_PER_SESSION }, (_user, user) => `sip:user${index}-${user}@bench.example`),
  }));
}

/**
 * A CWA server that costs as little as it can, so that it is not what is measured: texts are written in advance, every
 * poll is answered at once with the next events after its ackId, and nothing is remembered but that number.
 */
export class AnswerServer {
  readonly #server: Server;
  readonly #sessions: readonly Session[];
  #eventsPerAnswer = 1;

  private constructor(accounts: readonly BenchAccount[]) {
    this.#sessions = accounts.map((account, index) => ({
      account,
      sid: String(FIRST_SID + index),
      supply: new EventSupply(account.users, account.id),
      acknowledged: 0,
    }));
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(accounts: readonly BenchAccount[]): Promise<AnswerServer> {
    const server = new AnswerServer(accounts);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Events that polls have acknowledged, over all sessions since the last {@link begin}. */
  get acknowledged(): number {
    return this.#sessions.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  /** Forgets all sessions; from now on answers hold so many events. */
  begin(eventsPerAnswer: number): void {
    this.#eventsPerAnswer = eventsPerAnswer;
    for (const session of this.#sessions) session.acknowledged = 0;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    if (url.startsWith(DATA_PATH)) {
      this.#answerPoll(url, response);
      return;
    }
    const body = await text(request);
    if (url.startsWith(LOGON_FORMS_PATH)) this.#answerLogon(body, response);
    else if (url.startsWith(COMMAND_PATH)) this.#answerCommand(request, body, response);
    else response.writeHead(404).end();
  }

  #answerPoll(url: string, response: ServerResponse): void {
    const [, sid = ''] = /[?&]Sid=(\d+)/i.exec(url) ?? [];
    const ackId = Number(/[?&]AckID=(\d+)/i.exec(url)?.[1] ?? 0);
    const session = this.#sessions[Number(sid) - FIRST_SID];
    if (session === undefined) {
      response.writeHead(404).end();
      return;
    }
    session.acknowledged = Math.max(session.acknowledged, ackId);
    const last = ackId + this.#eventsPerAnswer;
    const events = session.supply.write(ackId + 1, last);
    send(
      response,
      `<cwaEvents pollWaitTime="0" sessionTimeout="600" ackId="${last}" sid="${sid}">${events}\n</cwaEvents>`,
    );
  }

  #answerLogon(body: string, response: ServerResponse): void {
    const session = this.#sessions.find(({ account }) => body.includes(`>${account.user}<`));
    const uri = session?.account.uri ?? '';
    response.setHeader(TICKET_HEADER, session?.sid ?? '');
    send(response, `<cwaResponses><requestSucceeded eid="0"><uri>${uri}</uri></requestSucceeded></cwaResponses>`);
  }

  #answerCommand(request: IncomingMessage, body: string, response: ServerResponse): void {
    const sid = String(request.headers[TICKET_HEADER.toLowerCase()]);
    const opening = body.includes('<initiateSession') ? `<sid>${sid}</sid><pollWaitTime>0</pollWaitTime>` : '';
    const accepted = [...body.matchAll(/ rid="(\d+)"/g)]
      .map(([, rid]) => `<requestAccepted rid="${rid}">${opening}</requestAccepted>`)
      .join('');
    send(response, `<cwaResponses sid="${sid}">${accepted}</cwaResponses>`);
  }
}

function send(response: ServerResponse, document: string): void {
  const bytes = Buffer.from(document);
  response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': bytes.length });
  response.end(bytes);
}
