import { unreachable } from '../lib/assert.ts';
import { conferenceMessage, contactDelta, selfPresence, subscriptionState } from './account-events.ts';
import { oddEvent } from './oddities.ts';
import type { Random } from './random.ts';
import type { SessionRegistry } from './session-registry.ts';
import type { Session } from './session.ts';
import { userElement, userPresence } from './user-presence.ts';
import { changeUser, type User, type WatchedCategory } from './user.ts';
import type { Element } from './xml-node.ts';

/** What can happen, in proportion. */
const CHANGES = {
  state: 70,
  note: 10,
  contactCard: 4,
  calendarData: 4,
  services: 2,
  severalUsers: 4,
  severalCategories: 2,
  subscriptionState: 1,
  contactGroup: 1,
  selfPresence: 1,
  conference: 1,
} as const;

type Change = keyof typeof CHANGES;

/** What a source works on. */
export interface ChangeParts {
  readonly random: Random;
  readonly registry: SessionRegistry;
  readonly options: ChangeOptions;
}

export interface ChangeOptions {
  /** Changes a second and session; `Infinity`: as many as an answer takes. */
  readonly eventsPerSecond: number;
  /** The most unacknowledged events of a session to which changes are added. */
  readonly eventsPerAnswer: number;
  readonly oddities: boolean;
}

/**
 * The seeded changes around one account: what its watched users do, and what happens to the account itself.
 *
 * Changes are made when a poll asks, for the time that has passed since the last poll: so there is no timer, a session
 * that nobody polls costs nothing, and one account's stream depends on the seed and its polls' order alone.
 */
export class ChangeSource {
  readonly #accountUri: string;
  readonly #random: Random;
  readonly #registry: SessionRegistry;
  readonly #options: ChangeOptions;
  #left: number;
  #made = 0;

  /** @param total how many changes are made before the source runs dry; may be `Infinity`. */
  constructor(accountUri: string, total: number, parts: ChangeParts) {
    this.#accountUri = accountUri;
    this.#left = total;
    this.#random = parts.random;
    this.#registry = parts.registry;
    this.#options = parts.options;
  }

  /** How many changes are still to come. */
  get left(): number {
    return this.#left;
  }

  /**
   * Makes the changes that are due for a session. Those that the answer's limit leaves no room for stay due.
   *
   * @param monotonicMs now, on the clock that measures.
   * @param wallMs now, as users write it.
   */
  createDue(session: Session, monotonicMs: number, wallMs: number): void {
    if (session.watched.length === 0 || this.#options.eventsPerSecond === 0) {
      session.changesMadeUntil = monotonicMs;
      return;
    }
    const intervalMs = 1000 / this.#options.eventsPerSecond;
    const room = this.#options.eventsPerAnswer - session.queue.size;
    const due = intervalMs === 0 ? room : Math.floor((monotonicMs - session.changesMadeUntil) / intervalMs);
    const madeUntil = session.changesMadeUntil;
    const count = this.create(session, Math.min(due, room), (index) => {
      return intervalMs === 0 ? wallMs : Math.round(wallMs - (monotonicMs - madeUntil - (index + 1) * intervalMs));
    });
    if (intervalMs > 0) session.changesMadeUntil += count * intervalMs;
  }

  /**
   * Makes changes now, whether due or not, for a session that watches someone.
   *
   * @param timeOf wall time of the change with this index, from 0.
   * @returns how many were made: fewer than asked for when the total is reached.
   */
  create(session: Session, wanted: number, timeOf: (index: number) => number): number {
    const count = session.watched.length === 0 ? 0 : Math.max(0, Math.min(wanted, this.#left));
    for (let index = 0; index < count; index += 1) this.#create(session, timeOf(index));
    this.#left -= count;
    return count;
  }

  #create(session: Session, atMs: number): void {
    this.#made += 1;
    if (this.#options.oddities && this.#random.chance(0.02)) {
      const { element, hasEid } = oddEvent(this.#random, this.#watchedUser(session).uri);
      session.emit(element, atMs, hasEid);
      return;
    }
    for (const { element, sessions } of this.#change(session, this.#random.weighted(CHANGES), atMs)) {
      for (const other of sessions) other.emit(element, atMs);
    }
  }

  #change(session: Session, change: Change, atMs: number): readonly Happening[] {
    const user = this.#watchedUser(session);
    const own = (element: Element): readonly Happening[] => [
      { element, sessions: this.#registry.ofAccount(this.#accountUri) },
    ];
    switch (change) {
      case 'state':
      case 'note':
      case 'contactCard':
      case 'calendarData':
      case 'services':
        return [this.#presence(user, [change], atMs)];
      case 'severalCategories':
        return [this.#presence(user, ['state', 'note', 'contactCard'], atMs)];
      case 'severalUsers':
        return this.#severalUsers(session, atMs);
      case 'subscriptionState':
        return own(subscriptionState([user.uri], this.#made % 2 === 0 ? 'subscribed' : 'retrying'));
      case 'contactGroup':
        return own(contactDelta(user, this.#made + 1));
      case 'selfPresence':
        return own(selfPresence(this.#random.pick([3500, 6500, 15500]), this.#made, atMs));
      case 'conference':
        return own(conferenceMessage(this.#random, user));
      default:
        return unreachable(change);
    }
  }

  #presence(user: User, categories: readonly WatchedCategory[], atMs: number): Happening {
    for (const category of categories) changeUser(user, category);
    const element = userPresence([userElement(user, categories, atMs)]);
    return { element, sessions: this.#registry.watchersOf(user.uri) };
  }

  /** Several users in one event for this session; whoever else watches one of them gets an event of their own. */
  #severalUsers(session: Session, atMs: number): readonly Happening[] {
    const count = Math.min(session.watched.length, this.#random.between(2, 4));
    const users = [...new Set(Array.from({ length: count }, () => this.#watchedUser(session)))];
    for (const user of users) changeUser(user, 'state');
    const elements = users.map((user) => userElement(user, ['state'], atMs));
    const others = users.map((user, index) => ({
      element: userPresence(elements.slice(index, index + 1)),
      sessions: this.#registry.watchersOf(user.uri).filter((other) => other !== session),
    }));
    return [{ element: userPresence(elements), sessions: [session] }, ...others];
  }

  #watchedUser(session: Session): User {
    return this.#random.pick(session.watched);
  }
}

/** An event and the sessions that get it, each with a number of its own. */
interface Happening {
  readonly element: Element;
  readonly sessions: readonly Session[];
}
