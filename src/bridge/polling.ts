import type { PollResult } from '../cwa/poll.ts';
import { present } from '../lib/assert.ts';
import { failureOf, isAbort, isPollFailure } from './failure.ts';
import { whileKeepingAlive } from './keep-alive.ts';
import type { BridgeParts } from './parts.ts';
import type { Failure } from './phase.ts';
import type { Plan } from './plans/plan.ts';

/**
 * The polls of one account's session, and what the server says about their pace. Each carries the acknowledgement that
 * Kafka has committed, and no other (I1): the `ackId` of the cursor's progress.
 */
export class Polling {
  readonly #parts: BridgeParts;
  readonly #onAlive: () => void;
  #waitMs: number;
  #sessionTimeoutSeconds: number | null = null;

  /** @param onAlive told whenever the server has answered a poll. */
  constructor(parts: BridgeParts, onAlive: () => void) {
    this.#parts = parts;
    this.#onAlive = onAlive;
    this.#waitMs = parts.settings.session.pollWaitMinMs;
  }

  /** Milliseconds from an answer to the next poll: what the server asks for, within the bounds of the configuration. */
  get waitMs(): number {
    return this.#waitMs;
  }

  /** @param askedMs the server's `pollWaitTime`; null if it did not say, then the last one stands. */
  adoptWait(askedMs: number | null): void {
    const { pollWaitMaxMs, pollWaitMinMs } = this.#parts.settings.session;
    this.#waitMs = Math.min(pollWaitMaxMs, Math.max(pollWaitMinMs, askedMs ?? this.#waitMs));
  }

  async poll(signal: AbortSignal): Promise<PollResult> {
    const { client, clock, observer } = this.#parts;
    const startedAt = clock.monotonic();
    const result = await client.poll(this.#request(), signal);
    this.#onAlive();
    const hasEvents = result.kind === 'events' && result.answer.events.length > 0;
    observer.polled(hasEvents ? 'events' : 'nothing', clock.monotonic() - startedAt);
    if (result.kind === 'events') {
      const { pollWaitTimeMs, sessionTimeoutSeconds } = result.answer;
      this.adoptWait(pollWaitTimeMs);
      this.#sessionTimeoutSeconds = sessionTimeoutSeconds ?? this.#sessionTimeoutSeconds;
      observer.answerReceived({ bytes: result.bodyBytes, sessionTimeoutSeconds });
    }
    return result;
  }

  /** Commits a plan, and keeps the session alive with the old `ackId` for as long as that takes (design §4.7). */
  commit(plan: Plan, signal: AbortSignal): Promise<void> {
    const { clock, cursor, observer } = this.#parts;
    const keepAlive = {
      clock,
      intervalMs: this.keepAliveMs,
      poll: async (over: AbortSignal) => {
        await this.keepAlive(over);
      },
      onPending: (pendingMs: number) => observer.unacknowledged(pendingMs),
    };
    return whileKeepingAlive(cursor.advance(plan), keepAlive, signal);
  }

  /** Longest time between two polls that keep the session alive. */
  get keepAliveMs(): number {
    const quarterMs = (this.#sessionTimeoutSeconds ?? Number.POSITIVE_INFINITY) * 250;
    return Math.min(this.#parts.settings.session.keepAliveMs, quarterMs);
  }

  /**
   * One poll whose body is discarded. Whatever it says, it changes nothing: the next real poll finds out.
   *
   * @returns what went wrong; null if nothing did, or if `over` aborted.
   */
  async keepAlive(over: AbortSignal): Promise<Failure | null> {
    const { beat, client, clock, log, observer } = this.#parts;
    beat();
    const startedAt = clock.monotonic();
    try {
      await client.keepAlivePoll({ ...this.#request(), isUserActive: true }, over);
      this.#onAlive();
      observer.polled('keep-alive', clock.monotonic() - startedAt);
      return null;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null && !isAbort(error, over)) throw error;
      if (failure !== null && isPollFailure(failure)) observer.polled(failure, clock.monotonic() - startedAt);
      log.debug({ err: error }, 'keep-alive poll failed');
      return failure;
    }
  }

  #request() {
    const { cursor, settings } = this.#parts;
    const { ackId, sid } = cursor.progress;
    return { sid: present(sid, 'sid of an open session'), ackId, isUserActive: settings.isUserActive };
  }
}
