import { afterEach, beforeEach } from 'vitest';

import { CwaClient } from '../../../src/cwa/client.ts';
import type { CwaClientOptions } from '../../../src/cwa/client.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { reply, ScriptedServer } from './scripted-server.ts';
import type { ReplyParts, ScriptedReply } from './scripted-server.ts';

export const PASSWORD = 'canary-password & "<]]>';
export const NEVER = new AbortController().signal;

export interface Harness {
  readonly server: ScriptedServer;
  readonly client: CwaClient;
  /** A client of its own with other options; closed with the test. */
  readonly clientWith: (options: Partial<CwaClientOptions>) => CwaClient;
}

/** A server and a client for each test of the file. */
export function useHarness(): () => Harness {
  let server: ScriptedServer | null = null;
  let clients: CwaClient[] = [];

  beforeEach(async () => {
    server = await ScriptedServer.start();
  });
  afterEach(async () => {
    for (const client of clients) await client.close();
    clients = [];
    await server?.stop();
  });

  return () => {
    const running = server;
    if (running === null) throw new Error('the server runs only inside a test');
    const clientWith = (options: Partial<CwaClientOptions>): CwaClient => {
      const client = new CwaClient({
        baseUrl: running.url,
        user: 'FABRIKAM\\svc',
        password: () => Promise.resolve(PASSWORD),
        uri: null,
        clock: systemClock,
        ...options,
      });
      clients.push(client);
      return client;
    };
    return { server: running, client: clientWith({}), clientWith };
  };
}

/** A good logon answer. */
export function logonReply(ticket = 'canary-ticket', more: ReplyParts = {}): ScriptedReply {
  return reply({
    headers: [`CWA-Ticket: ${ticket}`],
    body: '<cwaResponses><requestSucceeded eid="0"><uri>sip:svc@fabrikam.example</uri><signInData>canary-data</signInData></requestSucceeded></cwaResponses>',
    ...more,
  });
}

/** An answer of the data channel with these attributes and events. */
export function eventsReply(attributes: string, events = '', more: ReplyParts = {}): ScriptedReply {
  return reply({
    headers: ['Content-Type: text/xml'],
    body: `<cwaEvents ${attributes}>${events}</cwaEvents>`,
    ...more,
  });
}

/** The error that a promise ends in. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Waits for a condition that others make true. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
