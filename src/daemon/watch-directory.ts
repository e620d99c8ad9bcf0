import type { WatchSource } from '../bridge/watching/watch-list.ts';

/**
 * Whom all accounts of the configuration are to watch now. Replaced as a whole, at one instant, so that a user who moves
 * from one account to another is never nobody's: the account that gives him up sees that another one has him, and
 * leaves his current state to it.
 *
 * One order across accounts must hold all the same. When nobody is to watch a user any more, the account that did ends
 * his current state; if another account is given him while that transaction is under way, what it says of him must come
 * later. So a user whose state may be ending is on the list of nobody else until it has ended.
 */
export class WatchDirectory {
  #lists: ReadonlyMap<string, readonly string[]>;
  /** Normalised URI → the accounts that are to watch the user. */
  #watchers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Users whose state is ending → the accounts that end it. */
  readonly #ending = new Map<string, Set<string>>();
  /** Lists without users whose states are ending elsewhere, made when they are asked for. */
  readonly #offered = new Map<string, readonly string[]>();

  /** @param lists users by the id of their account; normalised URIs, each once. */
  constructor(lists: ReadonlyMap<string, readonly string[]>) {
    this.#lists = lists;
    this.#watchers = watchersOf(lists);
  }

  replace(lists: ReadonlyMap<string, readonly string[]>): void {
    this.#lists = lists;
    this.#watchers = watchersOf(lists);
    this.#offered.clear();
  }

  /** The list of one account, as its bridge sees it. */
  sourceFor(accountId: string): WatchSource {
    const usersOf = (): readonly string[] => this.#usersOf(accountId);
    return {
      get users() {
        return usersOf();
      },
      whileEnding: (users, commit) => this.#whileEnding(accountId, users, commit),
    };
  }

  /** Whether an account is to watch the user, other than this one. */
  isWatchedElsewhere(accountId: string, userUri: string): boolean {
    const watchers = this.#watchers.get(userUri);
    return watchers !== undefined && (watchers.size > 1 || !watchers.has(accountId));
  }

  #usersOf(accountId: string): readonly string[] {
    const known = this.#offered.get(accountId);
    if (known !== undefined) return known;
    const all = this.#lists.get(accountId) ?? [];
    const isFree = (uri: string): boolean => [...(this.#ending.get(uri) ?? [])].every((id) => id === accountId);
    const users = all.every(isFree) ? all : all.filter(isFree);
    this.#offered.set(accountId, users);
    return users;
  }

  async #whileEnding(accountId: string, users: readonly string[], commit: () => Promise<void>): Promise<void> {
    // The state of a user whom another account watches does not end.
    const ending = users.filter((uri) => !this.isWatchedElsewhere(accountId, uri));
    for (const uri of ending) addTo(this.#ending, uri, accountId);
    this.#offered.clear();
    try {
      await commit();
    } finally {
      for (const uri of ending) {
        const accounts = this.#ending.get(uri);
        accounts?.delete(accountId);
        if (accounts?.size === 0) this.#ending.delete(uri);
      }
      this.#offered.clear();
    }
  }
}

function watchersOf(lists: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, ReadonlySet<string>> {
  const watchers = new Map<string, Set<string>>();
  for (const [accountId, users] of lists) for (const uri of users) addTo(watchers, uri, accountId);
  return watchers;
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}
