import type { Findings } from './findings.ts';
import { expectedId, numberedIdentity } from './identity.ts';
import { isHandedOver, type LedgerEvent, recordsOf } from './ledger.ts';
import type { IndexedSession, LedgerIndex } from './ledger-index.ts';
import { placeOf, type PublishedRecord } from './published-record.ts';
import { owedEvents } from './signed-out.ts';

/**
 * Exactly once, for events with an eid: each (session, eid, user position) that the server promised has one record,
 * with the id that the formula gives, from an answer that did hand the event over; and no record has none.
 */
export class NumberedCheck {
  readonly #installation: string;
  readonly #findings: Findings;
  /** How often each user position of an event was published. */
  readonly #published = new Map<LedgerEvent, number[]>();
  /** Events that were handed over and are not owed. */
  excused = 0;

  constructor(installation: string, findings: Findings) {
    this.#installation = installation;
    this.#findings = findings;
  }

  /** @param eid of the record. */
  take(record: PublishedRecord, eid: number, session: IndexedSession): void {
    const event = session.numbered.get(eid);
    const objection = event === undefined ? 'the ledger has no such event' : objectionTo(record, event);
    if (event === undefined || objection !== null) {
      this.#findings.add('foreign', () => `eid ${eid} at ${placeOf(record)}: ${objection ?? ''}`);
      return;
    }
    const { digest, eventName } = event;
    if (digest !== null) {
      const id = expectedId(this.#installation, record, numberedIdentity(eid, eventName, digest));
      if (record.id !== id) this.#findings.add('wrongId', () => `${record.id} instead of ${id} at ${placeOf(record)}`);
    }
    const counts = this.#published.get(event) ?? Array.from({ length: recordsOf(event) }, () => 0);
    this.#published.set(event, counts);
    const count = (counts[record.userIndex] ?? 0) + 1;
    counts[record.userIndex] = count;
    if (count > 1)
      this.#findings.add('duplicated', () => `eid ${eid}, user ${record.userIndex} again at ${placeOf(record)}`);
  }

  /** After all records: what is missing. Returns how many records were promised. */
  finish(index: LedgerIndex): number {
    let promised = 0;
    for (const { session, numbered } of index.sessions) {
      const owed = owedEvents(session, numbered.values(), (event) => this.#published.has(event));
      this.excused += numbered
        .values()
        .filter(isHandedOver)
        .reduce((sum) => sum + 1, -owed.length);
      for (const event of owed) {
        const counts = this.#published.get(event) ?? [];
        const found = counts.filter((count) => count > 0).length;
        const missing = recordsOf(event) - found;
        promised += recordsOf(event);
        if (missing === 0) continue;
        const what = `${missing} of ${recordsOf(event)} records of ${event.eventName} eid ${String(event.eid)}`;
        this.#findings.add('lost', () => `${what}, sid ${session.sid} of ${session.accountUri}`, missing);
      }
    }
    return promised;
  }
}

/** Why this record cannot be about this event, or null. */
function objectionTo(record: PublishedRecord, event: LedgerEvent): string | null {
  if (record.eventName !== event.eventName) return `a ${record.eventName}, in the ledger a ${event.eventName}`;
  if (!isHandedOver(event)) return 'it was never handed over completely';
  if (!event.handedOver.some(({ ackIdAnswered }) => String(ackIdAnswered) === record.ackId))
    return `no answer with ackId ${String(record.ackId)} held it`;
  if (record.part !== 0) return `part ${record.part} of a small event`;
  return objectionToUser(record, event);
}

/** The record must stand for the user at its position. An event that names none, or is about the account, has one. */
export function objectionToUser(record: PublishedRecord, { users }: LedgerEvent): string | null {
  if (record.userCount !== users.length) return `${record.userCount} users, in the ledger ${users.length}`;
  const user = users[record.userIndex];
  if (record.userIndex > 0 && user === undefined) return `no user ${record.userIndex} is in the event`;
  if (user !== undefined && record.subjectUriRaw !== user)
    return `about ${String(record.subjectUriRaw)}, in the ledger about ${user}`;
  return null;
}
