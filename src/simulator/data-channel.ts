import { composeAnswer, emptyAnswer, type AnswerParts } from './answer.ts';
import { deliver } from './delivery.ts';
import { ticketOf, xmlReply, type Exchange } from './exchange.ts';
import { sufferFault, type Restart } from './fault-replies.ts';
import type { FaultKind, FaultSpec } from './faults.ts';
import type { HandOver } from './ledger.ts';
import { readPollQuery, type PollQuery } from './poll-query.ts';
import { sessionNotFound, ticketRefused } from './replies.ts';
import type { Answer, Session } from './session.ts';
import { hasAffinity } from './sign-in.ts';
import type { World } from './world.ts';

/** Answers a poll (transport §6). */
export async function servePoll(world: World, exchange: Exchange, restart: Restart): Promise<void> {
  const { options, tickets, registry } = world;
  const accountUri = tickets.accountOf(ticketOf(exchange));
  const query = readPollQuery(exchange.url.searchParams);
  const session = accountUri === null || !hasAffinity(world, exchange) ? null : registry.find(query.sid, accountUri);
  if (accountUri === null || session === null) {
    world.count('pollsRefused');
    const refusal =
      accountUri === null ? ticketRefused(options) : sessionNotFound(options, tickets.current(accountUri));
    await deliver(exchange, refusal, null, world.random);
    return;
  }
  const poll = await notePoll(world, session, query);
  const fault = world.faults.strike('data', accountUri, (kind) => isPossible(session, kind));
  if (await sufferFault(world, exchange, fault, { accountUri, session, rids: [] }, restart)) return;
  await giveAnswer(world, exchange, session, { poll, query, fault });
}

interface Poll {
  /** Its number within the session, from 1. */
  readonly poll: number;
  readonly query: PollQuery;
  readonly fault: FaultSpec | null;
}

async function notePoll(world: World, session: Session, query: PollQuery): Promise<number> {
  const { record, sid, accountUri } = session;
  const at = world.clock.now();
  world.count('polls');
  record.polls += 1;
  record.lastPoll = { ackId: query.ackId, at, ua: query.isUserActive };
  if (query.isUserActive) session.touch(world.clock.monotonic());
  const poll = record.polls;
  await world.options.onPoll?.({ sid, accountUri, ackId: query.ackId, at });
  return poll;
}

function isPossible(session: Session, kind: FaultKind): boolean {
  return kind !== 'repeat' || session.previousAnswer !== null;
}

async function giveAnswer(world: World, exchange: Exchange, session: Session, poll: Poll): Promise<void> {
  if (!session.isLive) {
    const reply = sessionNotFound(world.options, world.tickets.current(session.accountUri));
    await deliver(exchange, reply, null, world.random);
    return;
  }
  const at = world.clock.now();
  const answer = makeAnswer(world, session, poll);
  session.previousAnswer = answer;
  const reply = xmlReply(answer.body, world.tickets.current(session.accountUri));
  // Entered before it is known to be complete: the next poll may be read before the end of this answer is noticed.
  const handOver: HandOver = { at, poll: poll.poll, ackIdAnswered: answer.ackId, complete: false };
  for (const { entry } of answer.events) entry.handedOver.push(handOver);
  handOver.complete = await deliver(exchange, reply, poll.fault, world.random);
  if (handOver.complete) world.count('eventsHandedOver', answer.events.length);
}

function makeAnswer(world: World, session: Session, { poll, query, fault }: Poll): Answer {
  const { options, random, clock } = world;
  const parts: AnswerParts = { options, random, faults: world.faults, monotonicMs: clock.monotonic() };
  if (fault?.kind === 'repeat' && session.previousAnswer !== null) return session.previousAnswer;
  if (poll !== session.record.polls) return emptyAnswer(session, query.ackNumber, parts);
  session.queue.acknowledge(query.ackNumber, clock.now());
  session.queue.releaseHeld(query.ackNumber);
  world.sourceOf(session.accountUri)?.createDue(session, parts.monotonicMs, clock.now());
  return composeAnswer(session, query.ackNumber, parts);
}
