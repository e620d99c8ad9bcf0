import type { Ledger, LedgerEvent, LedgerSession } from './ledger.ts';

/** One session with its events, ready to be looked up. */
export interface IndexedSession {
  readonly session: LedgerSession;
  readonly numbered: ReadonlyMap<number, LedgerEvent>;
  /** Events without eid by name, then by digest: nothing else tells them apart. */
  readonly unnumbered: ReadonlyMap<string, ReadonlyMap<string, readonly LedgerEvent[]>>;
}

interface GrowingSession {
  readonly session: LedgerSession;
  readonly numbered: Map<number, LedgerEvent>;
  readonly unnumbered: Map<string, Map<string, LedgerEvent[]>>;
}

/** The ledger's sessions, found as a record names them: by account and `sid`. */
export class LedgerIndex {
  readonly #bySid = new Map<string, GrowingSession>();

  /**
   * @throws {RangeError} if an account had two sessions with the same `sid`: a record does not say which it means, so
   *   a server that numbers sessions anew after a restart cannot be checked.
   */
  constructor({ sessions, events }: Ledger) {
    const byNumber = new Map<number, GrowingSession>();
    for (const session of sessions) {
      const key = keyOf(session.accountUri, session.sid);
      if (this.#bySid.has(key)) throw new RangeError(`two sessions of ${session.accountUri} have sid ${session.sid}`);
      const indexed = { session, numbered: new Map(), unnumbered: new Map() };
      this.#bySid.set(key, indexed);
      byNumber.set(session.session, indexed);
    }
    for (const event of events) {
      const session = byNumber.get(event.session);
      if (session === undefined) throw new RangeError(`an event names session ${event.session}, which is not there`);
      enter(session, event);
    }
  }

  get sessions(): Iterable<IndexedSession> {
    return this.#bySid.values();
  }

  find(accountUri: string, sid: string | null): IndexedSession | undefined {
    return sid === null ? undefined : this.#bySid.get(keyOf(accountUri, sid));
  }
}

function enter({ numbered, unnumbered }: GrowingSession, event: LedgerEvent): void {
  if (event.eid !== null) {
    numbered.set(event.eid, event);
    return;
  }
  const byDigest = unnumbered.get(event.eventName) ?? new Map<string, LedgerEvent[]>();
  const equals = byDigest.get(event.digest ?? '') ?? [];
  equals.push(event);
  unnumbered.set(event.eventName, byDigest.set(event.digest ?? '', equals));
}

function keyOf(accountUri: string, sid: string): string {
  return `${accountUri.toLowerCase()} ${sid}`;
}
