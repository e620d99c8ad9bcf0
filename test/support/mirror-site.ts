import { createServer, type ServerOptions } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';

import { COMMAND_PATH, LOGON_FORMS_PATH, LOGON_IWA_PATH, TICKET_HEADER } from '../../src/cwa/protocol.ts';
import { CHALLENGE_MESSAGE } from '../unit/cwa/sign-in/ntlm/published-example.ts';

/** What the server hands out. */
export interface MirrorSecrets {
  readonly ticket: string;
  readonly cookie: string;
  readonly signInData: string;
}

/** How it answers, one after the other; the last one stays. */
type Answer = 'error' | 'html' | 'malformed' | 'refusal' | 'good' | 'redirect';

const FORMS: readonly Answer[] = ['error', 'malformed', 'good', 'good', 'good', 'html'];
const COMMANDS: readonly Answer[] = ['error', 'malformed', 'refusal', 'redirect', 'html'];

/**
 * The worst of servers: whatever it is told stands in its answers again, with the secrets that it gives away, in bodies,
 * headers and addresses, and hardly anything of that can be read. It speaks NTLM, as far as asking goes.
 */
export class MirrorSite {
  readonly url: string;
  /** The values of `Authorization` headers that came. */
  readonly authorizations: string[] = [];
  readonly #asked = new Map<string, number>();

  private constructor(url: string) {
    this.url = url;
  }

  static async start(tls: ServerOptions, secrets: MirrorSecrets): Promise<MirrorSite> {
    const server = createServer(tls);
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const site = new MirrorSite(`https://localhost:${String((server.address() as AddressInfo).port)}`);
    server.on('request', (request, response) => void site.#answer(request, response, secrets));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return site;
  }

  /** How often a path was asked for. */
  asked(path: string): number {
    return this.#asked.get(path) ?? 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, secrets: MirrorSecrets): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    const asked = this.asked(path);
    this.#asked.set(path, asked + 1);
    if (path === LOGON_IWA_PATH) {
      const { authorization } = request.headers;
      if (authorization !== undefined) this.authorizations.push(authorization);
      const challenge = authorization === undefined ? 'NTLM' : `NTLM ${CHALLENGE_MESSAGE.toString('base64')}`;
      response.writeHead(401, { 'WWW-Authenticate': challenge, 'Content-Type': 'text/html' });
      response.end(echoOf(request, body, secrets));
      return;
    }
    const answers = path === LOGON_FORMS_PATH ? FORMS : path === COMMAND_PATH ? COMMANDS : ['error' as const];
    reply(answers[Math.min(asked, answers.length - 1)] ?? 'error', response, echoOf(request, body, secrets), secrets);
  }
}

function echoOf(request: IncomingMessage, body: string, secrets: MirrorSecrets): string {
  return [request.url, JSON.stringify(request.rawHeaders), body, Object.values(secrets).join(' ')].join('\n');
}

function reply(answer: Answer, response: ServerResponse, echo: string, secrets: MirrorSecrets): void {
  const given = { [TICKET_HEADER]: secrets.ticket, 'Set-Cookie': `Node=${secrets.cookie}; path=/` };
  const data = `<signInData>${secrets.signInData}</signInData>`;
  // Only what it gave away itself: a password that a server repeats in a whole document is published as it says it.
  const detail = `<exceptionDetail>${Object.values(secrets).join(' ')}</exceptionDetail>`;
  const fault = `<requestFailed eid="0"><errorInfo code="x"/>${detail}</requestFailed>`;
  switch (answer) {
    case 'error':
      response.writeHead(500, { ...given, 'Content-Type': 'text/plain' }).end(echo);
      break;
    case 'html':
      response.writeHead(200, { ...given, 'Content-Type': 'text/html' }).end(`<html>${escaped(echo)}</html>`);
      break;
    case 'malformed':
      response.writeHead(200, { ...given, 'Content-Type': 'text/xml' }).end(`<cwaResponses>${data}${echo}`);
      break;
    case 'refusal':
      response.writeHead(200, { ...given, 'Content-Type': 'text/xml' }).end(`<cwaResponses>${fault}</cwaResponses>`);
      break;
    case 'good':
      response.writeHead(200, { ...given, 'Content-Type': 'text/xml' });
      response.end(`<cwaResponses><requestSucceeded eid="0">${data}</requestSucceeded></cwaResponses>`);
      break;
    case 'redirect':
      response.writeHead(302, { ...given, Location: `${LOGON_FORMS_PATH}?echo=${encodeURIComponent(echo)}` }).end();
      break;
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
