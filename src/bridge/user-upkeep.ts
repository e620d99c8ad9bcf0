import type { BridgeParts, Commit } from './parts.ts';
import { planContext } from './parts.ts';
import type { Plan } from './plans/plan.ts';
import { planFresh, planStale } from './plans/plan-users.ts';

/**
 * Keeps the states of an account's users true where no event does: a session that has been down for
 * `presence.staleAfterMs` makes what is known of its users stale, until it is up.
 *
 * The session is up whenever the server answers a poll; sign-ins do not count, for nothing comes of them. Time is
 * measured, not read: a clock that is set makes nobody stale.
 */
export class UserUpkeep {
  readonly #parts: BridgeParts;
  #aliveAt: number;

  /**
   * A session that was given up before the process began has been down since then. One that is open in the progress
   * may have been polled until the process began: how long ago the last commit was says nothing about it.
   */
  constructor(parts: BridgeParts) {
    this.#parts = parts;
    const { clock, cursor } = parts;
    const { committedAt, state } = cursor.progress;
    const downMs = state === 'open' ? 0 : Math.max(0, clock.now() - committedAt);
    this.#aliveAt = clock.monotonic() - downMs;
  }

  /** The server has answered a poll. */
  polled(): void {
    this.#aliveAt = this.#parts.clock.monotonic();
  }

  /** A session that was down went on, and everything that it brought is published. */
  async afterPoll(commit: Commit): Promise<void> {
    const { cursor } = this.#parts;
    const plan = planFresh(planContext(this.#parts), cursor.progress);
    if (plan !== null) await commit(plan);
  }

  /** Flags everybody, once, if the session has been down for long. */
  async flagIfDown(signal: AbortSignal): Promise<void> {
    const { cursor, log } = this.#parts;
    if (signal.aborted || this.#leftMs() > 0) return;
    const plan = this.#planStale();
    if (plan === null) return;
    await cursor.advance(plan);
    log.warn({ users: cursor.progress.users.size }, 'session down for long: its users are stale');
  }

  /** Waits, not longer than for an order, and flags everybody in the midst of it if that is when the time is over. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const { orders } = this.#parts;
    const leftMs = this.#leftMs();
    if (leftMs <= 0 || leftMs >= ms) {
      await orders.sleep(ms, signal);
      return;
    }
    await orders.sleep(leftMs, signal);
    await this.flagIfDown(signal);
    await orders.sleep(ms - leftMs, signal);
  }

  #planStale(): Plan | null {
    return planStale(planContext(this.#parts), this.#parts.cursor.progress);
  }

  #leftMs(): number {
    const { clock, settings } = this.#parts;
    return this.#aliveAt + settings.userState.staleAfterMs - clock.monotonic();
  }
}
