import { changeUser, makeUser, type User, type WatchedCategory } from './user.ts';

/** What a test can set of a user; what is left out stays. */
export interface PresenceUpdate {
  readonly availability?: number;
  readonly activityToken?: string | null;
  readonly activityText?: string | null;
  /** Null: no note; "": an empty one. */
  readonly note?: string | null;
  readonly noteType?: 'personal' | 'OOF';
  readonly displayName?: string;
  readonly title?: string;
  readonly office?: string;
}

const CATEGORY_OF: Readonly<Record<keyof PresenceUpdate, WatchedCategory>> = {
  availability: 'state',
  activityToken: 'state',
  activityText: 'state',
  note: 'note',
  noteType: 'note',
  displayName: 'contactCard',
  title: 'contactCard',
  office: 'contactCard',
};

/** The users that the server knows. A user is made when first asked for, always the same for one seed and URI. */
export class Population {
  readonly #seed: string;
  readonly #uris: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #users = new Map<string, User>();

  /** @param users their number (`sip:user00001@fabrikam.example`, …) or their URIs. */
  constructor(seed: string, users: number | readonly string[]) {
    this.#seed = seed;
    this.#uris = typeof users === 'number' ? Array.from({ length: users }, (_, i) => userUri(i + 1)) : users;
    this.#known = new Set(this.#uris.map((uri) => uri.toLowerCase()));
  }

  /** The URIs of all users of the population. */
  get uris(): readonly string[] {
    return this.#uris;
  }

  /** The user with this URI (without regard to case), or null if the server does not know it. */
  find(uri: string): User | null {
    const key = uri.toLowerCase();
    return this.#users.get(key) ?? (this.#known.has(key) ? this.#make(uri) : null);
  }

  /** The first users, for contact lists. */
  first(count: number): readonly User[] {
    return this.#uris.slice(0, count).map((uri) => this.find(uri) ?? this.#make(uri));
  }

  /**
   * Sets what a test wants to be true of a user, who is made known if need be.
   *
   * @returns the user and the categories that have new contents.
   */
  set(uri: string, update: PresenceUpdate): { readonly user: User; readonly categories: readonly WatchedCategory[] } {
    const user = this.find(uri) ?? this.#make(uri);
    const names = Object.keys(update) as (keyof PresenceUpdate)[];
    const categories = new Set(names.map((name) => CATEGORY_OF[name]));
    for (const category of categories) changeUser(user, category);
    Object.assign(user, update);
    return { user, categories: [...categories] };
  }

  #make(uri: string): User {
    const user = makeUser(this.#seed, uri);
    this.#users.set(uri.toLowerCase(), user);
    return user;
  }
}

/** `sip:user00001@fabrikam.example` for 1. */
export function userUri(number: number): string {
  return `sip:user${String(number).padStart(5, '0')}@fabrikam.example`;
}
