import { ListInEffect } from './check-watch.ts';
import type { Findings } from './findings.ts';
import { expectedId, numberedIdentity } from './identity.ts';
import type { LedgerIndex } from './ledger-index.ts';
import type { WatchHistory } from './operators.ts';
import { type PublishedEdge, type PublishedRecord, placeOf, type SignInWord } from './published-record.ts';

/** What each edge says, and nothing else. */
const STATES: Readonly<Record<string, readonly SignInWord[]>> = {
  signedIn: ['in'],
  signedOut: ['out'],
  baseline: ['in', 'out'],
  lost: ['unknown'],
};

/** What is known of a user, or of an account by its session, while its records are read in order. */
interface Known {
  state: SignInWord;
  /** What the last presence record said that is no state yet: the next record must be its edge. */
  owed: PublishedRecord | null;
  /** On the list in effect, or, where the lists are not known, with an edge. Who is not watched owes no edges. */
  isWatched: boolean;
}

/** By account, and user. */
class Everybody {
  readonly #known = new Map<string, Known>();

  of(accountId: string, subject: string, key: string | null): Known {
    const name = `${accountId} ${subject} ${String(key)}`;
    const entry = this.#known.get(name) ?? { state: 'unknown', owed: null, isWatched: false };
    this.#known.set(name, entry);
    return entry;
  }

  get all(): Iterable<Known> {
    return this.#known.values();
  }
}

/**
 * Sign-in edges, in three statements: each stands right behind the record that is its cause, with the id that the
 * formula gives; those of one user form a chain, each beginning where the one before ended; and a presence record that
 * says something else than what was known has one. Who is taken from the list is forgotten: he owes none any more, and
 * his chain begins anew should he come back.
 *
 * @param records by account, those of one in the order of their numbers.
 * @param watch the lists of accounts, as far as they are known.
 */
export function checkEdges(
  installation: string,
  index: LedgerIndex,
  records: ReadonlyMap<string, readonly PublishedRecord[]>,
  watch: ReadonlyMap<string, WatchHistory>,
  findings: Findings,
): void {
  const known = new Everybody();
  for (const [accountId, own] of records) {
    const lists = watch.get(accountId)?.lists;
    const list = lists === undefined ? null : new ListInEffect(lists);
    let before: PublishedRecord | null = null;
    for (const record of own) {
      if (list !== null) followList(record, list, known, findings);
      if (record.edge !== null) {
        checkChain(record, record.edge, known.of(accountId, record.edge.subject, record.key), findings);
        checkCause(record, record.edge, before, findings);
        checkId(installation, index, record, findings);
      } else if (record.says !== null) {
        expectEdge(record, record.says, known.of(accountId, 'user', record.key), findings);
      }
      before = record;
    }
  }
  for (const entry of known.all) reportOwed(entry, findings);
}

function followList(record: PublishedRecord, list: ListInEffect, known: Everybody, findings: Findings): void {
  const change = list.take(record);
  if (change === null) return;
  if (change === 'unknown') findings.add('edges', () => `a list that nobody wrote: ${placeOf(record)}`);
  else {
    for (const uri of change.gone) {
      const user = known.of(record.accountId, 'user', uri);
      reportOwed(user, findings);
      Object.assign(user, { state: 'unknown', owed: null, isWatched: false });
    }
    for (const uri of change.added) known.of(record.accountId, 'user', uri).isWatched = true;
  }
}

function checkChain(record: PublishedRecord, edge: PublishedEdge, subject: Known, findings: Findings): void {
  const { previousState, state } = edge;
  const isLink = previousState === subject.state && state !== previousState && STATES[edge.edge]?.includes(state);
  const isOwed = edge.subject === 'account' || subject.owed?.says === state;
  if (isLink !== true || !isOwed) {
    const words = `${edge.edge}, ${previousState} to ${state}, where ${subject.state} was known`;
    findings.add('edges', () => `${words}: ${placeOf(record)}`);
  }
  subject.state = state;
  subject.owed = null;
  subject.isWatched = true;
}

/** A cause in parts is known by its first one, which stands further back. */
function checkCause(
  record: PublishedRecord,
  { causeRecordId }: PublishedEdge,
  before: PublishedRecord | null,
  findings: Findings,
): void {
  const isBehind = before?.accountId === record.accountId && before.sequence === record.sequence - 1;
  if (isBehind && (before.id === causeRecordId || before.part > 0)) return;
  findings.add('edges', () => `not behind its cause ${causeRecordId}: ${placeOf(record)}`);
}

function checkId(installation: string, index: LedgerIndex, record: PublishedRecord, findings: Findings): void {
  if (record.channel !== 'data' || record.eid === null) return;
  const event = index.find(record.accountUri, record.sid)?.numbered.get(record.eid);
  if (event === undefined || event.digest === null) return;
  const identity = `signin:${numberedIdentity(record.eid, event.eventName, event.digest)}`;
  const id = expectedId(installation, record, identity);
  if (record.id !== id) findings.add('wrongId', () => `${record.id} instead of ${id} at ${placeOf(record)}`);
}

function expectEdge(record: PublishedRecord, says: SignInWord, user: Known, findings: Findings): void {
  reportOwed(user, findings);
  user.owed = says === user.state ? null : record;
}

function reportOwed({ isWatched, owed }: Known, findings: Findings): void {
  if (owed !== null && isWatched) findings.add('edges', () => `no edge behind ${placeOf(owed)}`);
}
