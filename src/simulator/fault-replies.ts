import { unreachable } from '../lib/assert.ts';
import { deliver, hang, reset } from './delivery.ts';
import { htmlReply, type Exchange, type Reply } from './exchange.ts';
import { REPLACING_KINDS, type FaultSpec, type ReplacingKind } from './faults.ts';
import { logonPage, logonRedirect, sessionNotFound, ticketRefused } from './replies.ts';
import { refusalReply } from './refusals.ts';
import type { Session } from './session.ts';
import type { World } from './world.ts';

/** Whom a fault strikes. */
export interface Victim {
  readonly accountUri: string | null;
  readonly session: Session | null;
  /** Of the requests in the POST; none for polls and sign-ins. */
  readonly rids: readonly string[];
}

/** Stops the server, waits, and starts it again. */
export type Restart = (delayMs: number) => Promise<void>;

/**
 * Carries out a fault that comes before the answer or instead of it.
 *
 * @param restart stops and starts the server.
 * @returns true if nothing is left to answer.
 */
export async function sufferFault(
  world: World,
  exchange: Exchange,
  fault: FaultSpec | null,
  victim: Victim,
  restart: Restart,
): Promise<boolean> {
  if (fault?.kind === 'slow') await wait(world, exchange, fault.delayMs ?? 1000);
  const kind = REPLACING_KINDS.find((replacing) => replacing === fault?.kind);
  if (fault === null || kind === undefined) return false;
  const reply = await replaceAnswer(world, exchange, { ...fault, kind }, victim, restart);
  if (reply !== null) await deliver(exchange, reply, null, world.random);
  return true;
}

/** Waits, but not longer than the client does. */
async function wait({ clock }: World, { response }: Exchange, ms: number): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  await clock.sleep(ms, gone.signal);
}

/** The answer to give instead, or null if there is to be none. */
async function replaceAnswer(
  world: World,
  exchange: Exchange,
  fault: FaultSpec & { readonly kind: ReplacingKind },
  { accountUri, rids, session }: Victim,
  restart: Restart,
): Promise<Reply | null> {
  switch (fault.kind) {
    case 'hang':
      await hang(exchange);
      return null;
    case 'reset':
      reset(exchange);
      return null;
    case 'restart':
      await restart(fault.delayMs ?? 0);
      return null;
    case 'status':
      return unavailable(fault);
    case 'redirect':
      return logonRedirect();
    case 'lostSession':
      if (session !== null) world.registry.end(session, 'lost');
      return sessionNotFound(world.options, ticketFor(world, accountUri));
    case 'revokedTicket':
      if (accountUri !== null) world.tickets.revoke(accountUri);
      return ticketRefused(world.options);
    case 'html':
      return logonPage();
    case 'refusal':
      return refusalReply(world.options, fault, rids, ticketFor(world, accountUri));
    default:
      return unreachable(fault.kind);
  }
}

function ticketFor({ tickets }: World, accountUri: string | null): string | null {
  return accountUri === null ? null : tickets.current(accountUri);
}

function unavailable({ retryAfterSeconds, status = 503 }: FaultSpec): Reply {
  const reply = htmlReply('<html><body>The service is unavailable.</body></html>', status);
  if (retryAfterSeconds === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'Retry-After': String(retryAfterSeconds) } };
}
