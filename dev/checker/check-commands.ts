import type { Findings } from './findings.ts';
import { commandIdentity, expectedId } from './identity.ts';
import type { LedgerIndex } from './ledger-index.ts';
import { placeOf, type PublishedRecord } from './published-record.ts';

/**
 * Answers of the command channel. The ledger does not hold them and none is owed: the server does not send such an
 * answer again, so that a bridge that dies before its commit has no record of it. But what is there must be right: of
 * a session that the server had, or of none where it refused to open one; with the id that the formula gives; and no
 * answer twice, neither by its id nor under another one by the request that it answers.
 */
export class CommandCheck {
  readonly #installation: string;
  readonly #findings: Findings;
  readonly #seen = new Set<string>();

  constructor(installation: string, findings: Findings) {
    this.#installation = installation;
    this.#findings = findings;
  }

  take(record: PublishedRecord, index: LedgerIndex): void {
    const { accountId, accountUri, answer, eid, eventIndex, eventName, id, part, rid, sid } = record;
    if (sid !== null && index.find(accountUri, sid) === undefined)
      this.#findings.add('foreign', () => `no session has sid ${sid}: ${placeOf(record)}`);
    if (eid !== null) this.#findings.add('foreign', () => `an answer with eid ${eid} at ${placeOf(record)}`);
    const expected = expectedId(this.#installation, record, commandIdentity(answer, eventIndex));
    if (id !== expected) this.#findings.add('wrongId', () => `${id} instead of ${expected} at ${placeOf(record)}`);
    const isAgain = this.#isAgain(id);
    // Request ids of an account are never used again. One request has one answer of a kind.
    const isAnsweredAgain = rid !== null && part === 0 && this.#isAgain(`${accountId} ${eventName} ${rid}`);
    if (isAgain || isAnsweredAgain)
      this.#findings.add('duplicated', () => `${eventName} rid ${String(rid)} again at ${placeOf(record)}`);
  }

  #isAgain(name: string): boolean {
    if (this.#seen.has(name)) return true;
    this.#seen.add(name);
    return false;
  }
}
