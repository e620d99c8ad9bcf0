import { objectionToUser } from './check-numbered.ts';
import type { Findings } from './findings.ts';
import { expectedId, unnumberedIdentity } from './identity.ts';
import { isHandedOver, isPromised, type LedgerEvent, recordsOf } from './ledger.ts';
import type { IndexedSession, LedgerIndex } from './ledger-index.ts';
import { placeOf, type PublishedRecord } from './published-record.ts';

/** How often each user position of a kind of equal events was published. */
interface Tally {
  readonly certain: number[];
  /** With origin `replay`: what nobody can decide, the named exception to exactly once. */
  readonly replays: number[];
}

/**
 * Events without eid: equal ones cannot be told apart, so they are counted. Of n equal events that were handed over
 * there are at least n records, and at most n that do not say of themselves that they may be repeats.
 */
export class UnnumberedCheck {
  readonly #installation: string;
  readonly #findings: Findings;
  readonly #tallies = new Map<readonly LedgerEvent[], Tally>();
  readonly #ids = new Set<string>();
  replays = 0;
  /** Events that were handed over and are not owed. */
  excused = 0;

  constructor(installation: string, findings: Findings) {
    this.#installation = installation;
    this.#findings = findings;
  }

  take(record: PublishedRecord, session: IndexedSession): void {
    const byDigest = session.unnumbered.get(record.eventName);
    if (byDigest === undefined) {
      this.#findings.add('foreign', () => `${record.eventName} without eid at ${placeOf(record)}`);
      return;
    }
    const equals = this.#kindOf(record, byDigest);
    const event = equals?.find(isHandedOver);
    if (equals === undefined || event === undefined) {
      this.#findings.add('wrongId', () => `${record.eventName} without eid at ${placeOf(record)}`);
      return;
    }
    const objection = objectionToUser(record, event);
    if (objection !== null) this.#findings.add('foreign', () => `${objection} at ${placeOf(record)}`);
    this.#count(record, equals);
  }

  #count(record: PublishedRecord, equals: readonly LedgerEvent[]): void {
    const isReplay = record.origin === 'replay';
    if (isReplay) this.replays += 1;
    else if (this.#ids.has(record.id)) {
      this.#findings.add('duplicated', () => `${record.id} again at ${placeOf(record)}`);
      return;
    }
    this.#ids.add(record.id);
    const tally = this.#tallies.get(equals) ?? { certain: [], replays: [] };
    this.#tallies.set(equals, tally);
    const counts = isReplay ? tally.replays : tally.certain;
    counts[record.userIndex] = (counts[record.userIndex] ?? 0) + 1;
  }

  /** After all records: what is missing or too many. Returns how many records were promised. */
  finish(index: LedgerIndex): number {
    let promised = 0;
    for (const { session, unnumbered } of index.sessions) {
      for (const equals of [...unnumbered.values()].flatMap((byDigest) => [...byDigest.values()])) {
        const [first] = equals;
        if (first === undefined) continue;
        const owed = equals.filter((event) => isPromised(event, session)).length;
        promised += owed * recordsOf(first);
        this.excused += equals.filter(isHandedOver).length - owed;
        this.#compare(equals, first, owed);
      }
    }
    return promised;
  }

  #compare(equals: readonly LedgerEvent[], first: LedgerEvent, owed: number): void {
    const handedOver = equals.filter(isHandedOver).length;
    const tally = this.#tallies.get(equals) ?? { certain: [], replays: [] };
    const what = `${first.eventName} without eid, digest ${String(first.digest)}`;
    for (let user = 0; user < recordsOf(first); user += 1) {
      const certain = tally.certain[user] ?? 0;
      const missing = owed - certain - (tally.replays[user] ?? 0);
      if (missing > 0) this.#findings.add('lost', () => `${missing} of ${owed} ${what}`, missing);
      const excess = certain - handedOver;
      if (excess > 0) this.#findings.add('duplicated', () => `${excess} too many of ${what}`, excess);
    }
  }

  /** The equal events that this record is about: those whose identity gives its id. */
  #kindOf(
    record: PublishedRecord,
    byDigest: ReadonlyMap<string, readonly LedgerEvent[]>,
  ): readonly LedgerEvent[] | undefined {
    const { eventName, polledAckId } = record;
    for (const [digest, equals] of byDigest) {
      for (let occurrence = 0; occurrence < equals.length; occurrence += 1) {
        const identity = unnumberedIdentity(polledAckId ?? '', eventName, digest, occurrence);
        if (expectedId(this.#installation, record, identity) === record.id) return equals;
      }
    }
    return undefined;
  }
}
