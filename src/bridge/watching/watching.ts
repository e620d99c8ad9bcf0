import type { PollResult } from '../../cwa/poll.ts';
import { outcomesIn } from '../outcomes.ts';
import type { BridgeParts, Commit } from '../parts.ts';
import type { OpenPhase, Phase } from '../phase.ts';
import { Subscriber } from './subscriber.ts';
import { WatchChanger } from './watch-change.ts';

/**
 * Keeps the subscriptions of an account's session at its watch list. One step at a time, between polls: the loop asks
 * whether there is one.
 */
export class Watching {
  readonly #parts: BridgeParts;
  readonly #changer: WatchChanger;
  readonly #subscriber: Subscriber;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
    this.#changer = new WatchChanger(parts);
    this.#subscriber = new Subscriber(parts);
  }

  /** See {@link WatchChanger.begin}. */
  begin(): Promise<void> {
    return this.#changer.begin();
  }

  /** Adopts a changed list where there is no session that it could be subscribed in. */
  async withoutSession(phase: Phase): Promise<void> {
    const change = phase.kind === 'open' ? null : this.#parts.watch.change;
    if (change !== null) await this.#changer.withoutSession(change);
  }

  /**
   * The next step of an open session. A changed list waits while a snapshot runs: what ends then must not list users as
   * missing who have only just been asked for.
   *
   * @returns null if there is nothing to do: poll.
   */
  async step(commit: Commit, phase: OpenPhase, signal: AbortSignal): Promise<OpenPhase | null> {
    const { cursor, watch } = this.#parts;
    const change = cursor.progress.snapshotSince === null ? watch.change : null;
    if (change !== null) return this.#changer.inSession(change, commit, phase, signal);
    if (phase.toSubscribe.length > 0) return this.#subscriber.subscribe(commit, phase, signal);
    const due = this.#subscriber.takeDue();
    return due.length === 0 ? null : { ...phase, toSubscribe: due };
  }

  /** An answer that is committed. */
  heard(result: PollResult): void {
    if (result.kind === 'events') this.#subscriber.heard(outcomesIn(result.answer.events));
  }

  /** For the metrics. */
  countUsers(): void {
    const { cursor, observer, watch: list } = this.#parts;
    const { snapshotSince, users, watch } = cursor.progress;
    const subscribed = watch.hash === null ? 0 : list.users.length;
    const awaited = watch.pending.length;
    observer.usersChanged({
      configured: list.configured.length,
      subscribed,
      seen: Math.max(0, subscribed - awaited),
      missing: snapshotSince === null ? awaited : 0,
      refused: this.#subscriber.refusedCount,
      stale: [...users.values()].filter(({ current }) => current.isStale).length,
    });
  }
}
