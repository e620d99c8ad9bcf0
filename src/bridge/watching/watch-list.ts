import type { AccountProgress } from '../progress/account-progress.ts';
import { watchHash } from '../plans/plan-generation.ts';

/** Where a watch list comes from: configuration and files, which may change at any time. */
export interface WatchSource {
  /** Whom the account is to watch now, normalised, each once. The very same array until it changes. */
  readonly users: readonly string[];
  /**
   * Runs `commit`, which may end the current states of these users. Until it settles no other account takes them on:
   * the end of a state must never follow what another account says of the user.
   */
  whileEnding(users: readonly string[], commit: () => Promise<void>): Promise<void>;
}

/** The difference between the list in effect and the one that is configured. At least one of both is not empty. */
export interface WatchChange {
  /** The new list. */
  readonly users: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Whom an account watches. The list in effect is what plans are made with: who is subscribed in this session, and of
 * whom states are kept. It follows the configured one when the bridge adopts a change, which is when its transaction
 * is committed and not before.
 */
export class WatchList {
  readonly #source: WatchSource;
  #users: readonly string[];

  constructor(source: WatchSource, progress: AccountProgress) {
    this.#source = source;
    this.#users = listInEffect(progress, source.users);
  }

  /** The list in effect. */
  get users(): readonly string[] {
    return this.#users;
  }

  /** The list that is configured. */
  get configured(): readonly string[] {
    return this.#source.users;
  }

  /** What is to be adopted; null if the list in effect is the configured one. */
  get change(): WatchChange | null {
    const { users } = this.#source;
    if (users === this.#users) return null;
    const [before, after] = [new Set(this.#users), new Set(users)];
    const added = users.filter((uri) => !before.has(uri));
    const removed = this.#users.filter((uri) => !after.has(uri));
    if (added.length > 0 || removed.length > 0) return { users, added, removed };
    this.#users = users;
    return null;
  }

  /** The change is committed. */
  adopt({ users }: Pick<WatchChange, 'users'>): void {
    this.#users = users;
  }

  /** See {@link WatchSource.whileEnding}. */
  whileEnding(users: readonly string[], commit: () => Promise<void>): Promise<void> {
    return this.#source.whileEnding(users, commit);
  }
}

/**
 * Whom an open session has subscribed. The progress has the list itself only while it is awaited, for it must stay
 * small; but everybody on it is either awaited or has a state of his own, so together they are the list. Who is neither
 * had his only presence go to the dead letters: he counts as new, and subscribing him again does no harm.
 *
 * Without a session nobody is subscribed: there the configured list is in effect at once.
 */
function listInEffect({ state, users, watch }: AccountProgress, configured: readonly string[]): readonly string[] {
  if (state !== 'open' || watch.hash === watchHash(configured)) return configured;
  return [...new Set([...users.keys(), ...watch.pending])];
}
