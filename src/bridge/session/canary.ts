import type { EventsAnswer } from '../../cwa/documents/envelope.ts';
import type { PollResult } from '../../cwa/poll.ts';
import { BridgeError } from '../../lib/errors.ts';
import { runsAhead } from '../plans/ack-id.ts';
import { failureOf } from '../failure.ts';
import type { CanaryOutcome } from '../observer.ts';
import { outcomesIn, tellsPresenceOf } from '../outcomes.ts';
import type { BridgeParts, Commit } from '../parts.ts';
import { queryPresence } from './query-presence.ts';
import { StarvedError } from './starved-error.ts';

/** The first canary of a session comes after this part of the interval. */
const FIRST_SHARE = 1 / 20;
/** A poll may have crossed the query, so one poll proves nothing. */
const POLLS_MIN = 2;
/** So many sessions are given up in a row for canaries that nobody answered; one, if none was ever answered. */
const REBUILDS_MAX = 3;

interface Flight {
  readonly rid: string;
  /** Answered polls since. */
  polls: number;
  /** Time in which it was polled for; what a commit takes beyond the longest wait between polls does not count. */
  polledMs: number;
  lastPollAt: number;
}

/**
 * The poll health that cannot lie (design §4.10). A session whose acknowledgement ran ahead of the server's counter
 * polls on without an error and hears nothing (transport §6.3 rule 5). So once in a while the account asks for its own
 * presence, and the outcome has to come over the data channel, under the rid of the query. One that is overdue means
 * that the session starves: it is given up for a new one on the same ticket.
 *
 * An answer whose `ackId` moves further than it has events is no proof of anything, for numbers may be left unused; but
 * a canary follows it at once, before the counter can pass what was skipped.
 *
 * A server that has never answered a canary costs one session, not one after the other.
 */
export class Canary {
  readonly #parts: BridgeParts;
  #generation = -1;
  #ackId = '0';
  #dueAt = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #flight: Flight | null = null;
  #wasEverAnswered = false;
  #rebuilds = 0;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /**
   * Once each answered poll of an open session, when its answer is committed.
   *
   * @throws {@link StarvedError} if a canary is overdue; what {@link queryPresence} throws if the session is lost.
   */
  async afterPoll(result: PollResult, commit: Commit, signal: AbortSignal): Promise<void> {
    const { clock, cursor } = this.#parts;
    if (cursor.progress.generation !== this.#generation) this.#begin();
    if (result.kind === 'events') this.#notice(result.answer);
    this.#ackId = cursor.progress.ackId;
    if (this.#flight !== null) this.#waitOn(this.#flight);
    else if (clock.monotonic() >= this.#dueAt) await this.#send(commit, signal);
  }

  /** Another session: what was asked in the one before is answered by nobody. */
  #begin(): void {
    const { clock, cursor, settings } = this.#parts;
    const { generation, ackId } = cursor.progress;
    this.#generation = generation;
    this.#ackId = ackId;
    this.#flight = null;
    this.#dueAt = clock.monotonic() + this.#spread(settings.session.canary.intervalMs * FIRST_SHARE);
  }

  #notice(answer: EventsAnswer): void {
    const { clock, cursor, settings } = this.#parts;
    const outcome = this.#flight === null ? null : this.#outcomeIn(answer, this.#flight.rid);
    if (outcome !== null) {
      this.#wasEverAnswered = true;
      this.#rebuilds = 0;
      this.#end(outcome);
    } else if (runsAhead(this.#ackId, cursor.progress.ackId, answer.events.length)) {
      const soonest = Math.max(clock.monotonic(), this.#sentAt + settings.session.canary.timeoutMs);
      this.#dueAt = Math.min(this.#dueAt, soonest);
    }
  }

  /** The answer to the query proves as much as its outcome, should a server send no outcome of what it did at once. */
  #outcomeIn({ events }: EventsAnswer, canaryRid: string): 'answered' | 'failed' | null {
    const outcome = outcomesIn(events).find(({ rid }) => rid === canaryRid);
    if (outcome !== undefined) return outcome.outcome === 'succeeded' ? 'answered' : 'failed';
    return tellsPresenceOf(events, this.#parts.settings.account.accountUri) ? 'answered' : null;
  }

  #waitOn(flight: Flight): void {
    const { clock, log, settings } = this.#parts;
    const { canary, pollWaitMaxMs } = settings.session;
    const now = clock.monotonic();
    flight.polls += 1;
    flight.polledMs += Math.min(now - flight.lastPollAt, pollWaitMaxMs);
    flight.lastPollAt = now;
    if (flight.polls < POLLS_MIN || flight.polledMs < canary.timeoutMs) return;
    this.#end('overdue');
    if (this.#rebuilds >= (this.#wasEverAnswered ? REBUILDS_MAX : 1)) {
      log.warn(
        { rid: flight.rid },
        'canary not answered, as before: the server may not answer any, the session goes on',
      );
      return;
    }
    this.#rebuilds += 1;
    const { accountId } = settings.account;
    throw new StarvedError(accountId, { rid: flight.rid, polls: flight.polls, timeoutMs: canary.timeoutMs });
  }

  async #send(commit: Commit, signal: AbortSignal): Promise<void> {
    const { clock, log, settings } = this.#parts;
    this.#sentAt = clock.monotonic();
    this.#dueAt = this.#sentAt + this.#spread(settings.session.canary.intervalMs);
    try {
      const { answer, sent } = await queryPresence(this.#parts, commit, [settings.account.accountUri], signal);
      const rid = sent.requests.map((request) => request.rid).join();
      const refusal = answer.responses.find(({ fault, outcome }) => fault !== null || outcome === 'rejected');
      if (refusal === undefined) {
        this.#flight = { rid, polls: 0, polledMs: 0, lastPollAt: clock.monotonic() };
        return;
      }
      log.warn({ rid, fault: refusal.fault }, 'canary refused: whether the session hears anything is not known');
      this.#end('refused');
    } catch (error) {
      // A command that fails on the way says nothing about the data channel; a lost session or ticket does.
      if (!(error instanceof BridgeError) || !isPassing(error)) throw error;
      log.info({ err: error }, 'canary not sent');
      this.#end('unsent');
    }
  }

  #end(outcome: CanaryOutcome): void {
    this.#flight = null;
    this.#parts.observer.canaryEnded(outcome);
  }

  /** Spread by a tenth, so that accounts that began together do not ask together for ever. */
  #spread(ms: number): number {
    return ms * (0.95 + 0.1 * this.#parts.random());
  }
}

function isPassing(error: BridgeError): boolean {
  const failure = failureOf(error);
  return failure === 'transient' || failure === 'wrong-service' || failure === 'refused-document';
}
