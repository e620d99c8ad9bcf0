import type { EventsAnswer } from '../../cwa/documents/envelope.ts';
import type { PollResult } from '../../cwa/poll.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { decideAckId, runsAhead } from '../plans/ack-id.ts';
import type { BridgeParts } from '../parts.ts';

/** Less than this part of the longest time that a session was given is too little for one that is kept active. */
const LOW_TIME_SHARE = 0.2;

/**
 * Looks at the attributes of answers for what is legal, perhaps, and bodes ill: each is told once a session, and
 * counted every time (transport §14 rows 6 and 8, design §4.8).
 */
export class EnvelopeWatch {
  readonly #parts: BridgeParts;
  readonly #told = new Set<string>();
  #generation = -1;
  #longestSeconds = 0;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /** @param before the progress with which it was polled. */
  look(result: PollResult, before: AccountProgress): void {
    if (before.generation !== this.#generation) this.#begin(before.generation);
    if (result.kind !== 'events') return;
    this.#lookAtAckId(result.answer, before);
    this.#lookAtWait(result.answer);
    this.#lookAtTimeLeft(result.answer);
  }

  #begin(generation: number): void {
    this.#generation = generation;
    this.#told.clear();
    this.#longestSeconds = 0;
    this.#parts.observer.sessionTimeLow(false);
  }

  #lookAtAckId({ ackId: answered, events, sid }: EventsAnswer, { ackId, sid: ours }: AccountProgress): void {
    const { observer } = this.#parts;
    const { kind, ackId: next } = decideAckId(ackId, answered, sid !== null && sid !== ours);
    const isAhead = kind === 'advanced' && runsAhead(ackId, next, events.length);
    const oddity = isAhead ? 'ran-ahead' : kind;
    if (oddity === 'advanced' || oddity === 'same') return;
    observer.ackIdOdd(oddity);
    if (oddity === 'foreign-session') observer.polled('foreign-session', null);
    // Numbers may be left unused: a canary finds out whether they were.
    if (oddity === 'ran-ahead') return;
    this.#warnOnce(oddity, { ackId, answered, sid: ours, answeredSid: sid }, 'odd ackId: see docs/sessions.md');
  }

  #lookAtWait({ pollWaitTimeMs }: EventsAnswer): void {
    const { pollWaitMaxMs, pollWaitMinMs } = this.#parts.settings.session;
    if (pollWaitTimeMs === null || (pollWaitTimeMs >= pollWaitMinMs && pollWaitTimeMs <= pollWaitMaxMs)) return;
    const bounds = { pollWaitTimeMs, pollWaitMinMs, pollWaitMaxMs };
    this.#warnOnce('pollWaitTime', bounds, 'the server asks for a wait between polls beyond the bounds: they hold');
  }

  /** Polls that say that a person is active should set the time anew; without that it counts down, as it should. */
  #lookAtTimeLeft({ sessionTimeoutSeconds: seconds }: EventsAnswer): void {
    const { observer, settings } = this.#parts;
    if (seconds === null || !settings.isUserActive) return;
    this.#longestSeconds = Math.max(this.#longestSeconds, seconds);
    const isLow = seconds < this.#longestSeconds * LOW_TIME_SHARE;
    observer.sessionTimeLow(isLow);
    if (!isLow) return;
    const times = { secondsLeft: seconds, longestSeconds: this.#longestSeconds };
    this.#warnOnce('sessionTimeout', times, 'the session runs out of time although polls say that a person is active');
  }

  #warnOnce(what: string, fields: object, message: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#parts.log.warn({ what, ...fields }, message);
  }
}
