import type { Clock } from '../lib/clock.ts';
import type { Ledger, SessionEnd } from './ledger.ts';
import type { User } from './user.ts';
import { Session, type SessionOptions } from './session.ts';

export interface RegistryOptions extends SessionOptions {
  /** The first `sid`. */
  readonly firstSid: number;
  /** A session with more unacknowledged events than this is ended: nobody polls it. */
  readonly queueMax: number;
}

/** All sessions that live, found by `sid`, by account and by watched user. */
export class SessionRegistry {
  readonly #options: RegistryOptions;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #bySid = new Map<string, Session>();
  readonly #watchers = new Map<string, Set<Session>>();
  #opened = 0;
  #nextSid: number;

  constructor(options: RegistryOptions, ledger: Ledger, clock: Clock) {
    this.#options = options;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#nextSid = options.firstSid;
  }

  /** How many sessions were opened since the start. */
  get opened(): number {
    return this.#opened;
  }

  open(accountUri: string): Session {
    this.#opened += 1;
    const session = new Session({
      number: this.#opened,
      sid: String(this.#nextSid),
      accountUri,
      options: this.#options,
      ledger: this.#ledger,
      openedAt: this.#clock.now(),
      startedAt: this.#clock.monotonic(),
    });
    this.#nextSid += 1;
    this.#bySid.set(session.sid, session);
    return session;
  }

  /** The live session with this `sid`, if it is the account's, or null. */
  find(sid: string, accountUri: string): Session | null {
    const session = this.#bySid.get(sid.trim());
    return session?.accountUri === accountUri ? session : null;
  }

  /** The live sessions of an account, oldest first. */
  ofAccount(accountUri: string): readonly Session[] {
    return this.all().filter((session) => session.accountUri === accountUri);
  }

  /** All live sessions, oldest first. */
  all(): readonly Session[] {
    return [...this.#bySid.values()];
  }

  /**
   * Adds a subscription; twice is once.
   *
   * @param user the user with this URI, or null if the server does not know it: then nothing ever comes of it.
   */
  subscribe(session: Session, uri: string, user: User | null): void {
    const key = uri.toLowerCase();
    if (session.subscriptions.has(key)) return;
    session.subscriptions.add(key);
    if (user !== null) session.watched = [...session.watched, user];
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(session));
  }

  unsubscribe(session: Session, uri: string): void {
    const key = uri.toLowerCase();
    session.subscriptions.delete(key);
    session.watched = session.watched.filter((user) => user.uri.toLowerCase() !== key);
    this.#watchers.get(key)?.delete(session);
  }

  /** The sessions that are told about this user. */
  watchersOf(uri: string): readonly Session[] {
    return [...(this.#watchers.get(uri.toLowerCase()) ?? [])];
  }

  end(session: Session, reason: SessionEnd): void {
    session.end(reason, this.#clock.now());
    this.#bySid.delete(session.sid);
    for (const uri of session.subscriptions) this.#watchers.get(uri)?.delete(session);
  }

  endAll(reason: SessionEnd): void {
    for (const session of this.all()) this.end(session, reason);
  }

  /** Ends the sessions that nobody empties, and those whose time has run out: these are returned. */
  endIdle(): readonly Session[] {
    const now = this.#clock.monotonic();
    const idle = this.all().filter((session) => session.leftMs(now) === 0);
    for (const session of idle) this.end(session, 'idle');
    for (const session of this.all()) if (session.queue.size > this.#options.queueMax) this.end(session, 'overflow');
    return idle;
  }

  /** Numbers sessions from the first `sid` again, as a server does that kept nothing. */
  restartNumbers(): void {
    this.#nextSid = this.#options.firstSid;
  }
}
