import { UNSUBSCRIBE_PRESENCE, UNSUBSCRIBE_PRESENCE_OTHERWISE } from '../../cwa/protocol.ts';
import { presenceRequestsOf } from '../../cwa/requests.ts';
import { present } from '../../lib/assert.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { SentRequests } from '../progress/own-requests.ts';
import { type BridgeParts, type Commit, planContext } from '../parts.ts';
import type { OpenPhase } from '../phase.ts';
import { planUnwatched } from '../plans/plan-users.ts';
import { planWatchChanged } from '../plans/plan-watch.ts';
import type { Plan } from '../plans/plan.ts';
import { publishResponses } from '../publish-responses.ts';
import type { WatchChange } from './watch-list.ts';

/** The other spelling of each (transport §14, row 17). */
const OTHERWISE = {
  [UNSUBSCRIBE_PRESENCE]: UNSUBSCRIBE_PRESENCE_OTHERWISE,
  [UNSUBSCRIBE_PRESENCE_OTHERWISE]: UNSUBSCRIBE_PRESENCE,
} as const;

type Spelling = keyof typeof OTHERWISE;

/**
 * Takes over a changed watch list, while running and after a restart alike: only the difference goes over the wire.
 *
 * The order is such that a process which dies on the way leaves the rest to the next. Users are unsubscribed first, and
 * the change is committed with the answer: until then the committed list has them, and they are unsubscribed again. New
 * users are committed as awaited first and subscribed then, for who is awaited is subscribed again.
 */
export class WatchChanger {
  readonly #parts: BridgeParts;
  /** What this server has understood. */
  #spelling: Spelling = UNSUBSCRIBE_PRESENCE;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /** At the start of an account, before anything is published for it. */
  async begin(): Promise<void> {
    await this.#forgetAllBut(this.#parts.watch.users);
  }

  /** While no session is open: there is nobody to unsubscribe, and the next session subscribes the new list. */
  async withoutSession({ users }: WatchChange): Promise<void> {
    await this.#forgetAllBut(users);
    this.#parts.watch.adopt({ users });
  }

  /**
   * In an open session.
   *
   * @returns the phase in which the new users are subscribed.
   * @throws the trouble of the server's answer, when it is published; nothing is adopted then.
   */
  async inSession(change: WatchChange, commit: Commit, phase: OpenPhase, signal: AbortSignal): Promise<OpenPhase> {
    const { cursor, log, observer, watch } = this.#parts;
    const { added, removed } = change;
    if (removed.length > 0) await this.#unsubscribe(change, commit, signal);
    else await commit(this.#plan(change, cursor.progress));
    watch.adopt(change);
    observer.usersForgotten(removed);
    log.info({ users: change.users.length, added: added.length, removed: removed.length }, 'watch list changed');
    const left = new Set(cursor.progress.watch.pending);
    return { ...phase, toSubscribe: [...new Set([...phase.toSubscribe, ...added])].filter((uri) => left.has(uri)) };
  }

  async #forgetAllBut(users: readonly string[]): Promise<void> {
    const { cursor, log, observer, watch } = this.#parts;
    const plan = planUnwatched(planContext(this.#parts, users), cursor.progress);
    if (plan === null) return;
    const gone = goneBetween(cursor.progress, plan.next);
    await watch.whileEnding(gone, () => cursor.advance(plan));
    observer.usersForgotten(gone);
    log.info({ users: gone.length }, 'users no longer watched: forgotten');
  }

  async #unsubscribe(change: WatchChange, commit: Commit, signal: AbortSignal): Promise<void> {
    const { log, watch } = this.#parts;
    const first = await this.#send(change.removed, signal);
    if (first.isRefused) {
      await publishResponses(this.#parts, commit, first.answered, first.sent);
      this.#spelling = OTHERWISE[this.#spelling];
    }
    const last = first.isRefused ? await this.#send(change.removed, signal) : first;
    if (last.answered.trouble !== null) {
      await publishResponses(this.#parts, commit, last.answered, last.sent);
      throw last.answered.trouble;
    }
    if (last.isRefused) {
      this.#spelling = OTHERWISE[this.#spelling];
      log.warn(
        { users: change.removed.length },
        'server refused to unsubscribe users: it may speak of them until the session ends, and no state is kept of it',
      );
    }
    const after = (progress: AccountProgress): Plan => this.#plan(change, progress);
    await watch.whileEnding(change.removed, () =>
      publishResponses(this.#parts, commit, last.answered, last.sent, { after }),
    );
  }

  async #send(users: readonly string[], signal: AbortSignal) {
    const { client, clock, cursor, settings } = this.#parts;
    const sid = present(cursor.progress.sid, 'sid of an open session');
    const method = this.#spelling;
    const requests = presenceRequestsOf(users, () => cursor.takeRid(), settings.session.subscribeChunk);
    const sent: SentRequests = { method, sentAt: clock.now(), requests };
    const answered = await client.unsubscribePresence({ sid, requests, method }, signal);
    const isRefused =
      answered.trouble === null &&
      answered.answer.responses.some(({ outcome }) => outcome === 'rejected' || outcome === 'error');
    return { answered, sent, isRefused };
  }

  #plan(change: WatchChange, progress: AccountProgress): Plan {
    return planWatchChanged(planContext(this.#parts, change.users), progress, change);
  }
}

/** Who has a state or is awaited before and not after. */
function goneBetween(before: AccountProgress, after: AccountProgress): readonly string[] {
  const left = new Set([...after.users.keys(), ...after.watch.pending]);
  return [...new Set([...before.users.keys(), ...before.watch.pending])].filter((uri) => !left.has(uri));
}
