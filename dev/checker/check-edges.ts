import type { Findings } from './findings.ts';
import { expectedId, numberedIdentity } from './identity.ts';
import type { LedgerIndex } from './ledger-index.ts';
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
  /** Somebody without any edge is not watched, and owes none. */
  hasEdges: boolean;
}

/**
 * Sign-in edges, in three statements: each stands right behind the record that is its cause, with the id that the
 * formula gives; those of one user form a chain, each beginning where the one before ended; and a presence record that
 * says something else than what was known has one.
 */
export function checkEdges(
  installation: string,
  index: LedgerIndex,
  records: readonly PublishedRecord[],
  findings: Findings,
): void {
  const known = new Map<string, Known>();
  const of = (name: string): Known => {
    const entry = known.get(name) ?? { state: 'unknown', owed: null, hasEdges: false };
    known.set(name, entry);
    return entry;
  };
  let before: PublishedRecord | null = null;
  for (const record of records.toSorted(byPlace)) {
    if (record.edge !== null) {
      const subject = of(nameOf(record, record.edge.subject));
      checkChain(record, record.edge, subject, findings);
      checkCause(record, record.edge, before, findings);
      checkId(installation, index, record, findings);
    } else if (record.says !== null) {
      expectEdge(record, record.says, of(nameOf(record, 'user')), findings);
    }
    before = record;
  }
  for (const entry of known.values()) reportOwed(entry, findings);
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
  subject.hasEdges = true;
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

function reportOwed({ hasEdges, owed }: Known, findings: Findings): void {
  if (owed !== null && hasEdges) findings.add('edges', () => `no edge behind ${placeOf(owed)}`);
}

function nameOf({ accountId, key }: PublishedRecord, subject: string): string {
  return `${accountId} ${subject} ${String(key)}`;
}

function byPlace(a: PublishedRecord, b: PublishedRecord): number {
  if (a.accountId !== b.accountId) return a.accountId < b.accountId ? -1 : 1;
  return a.generation - b.generation || a.sequence - b.sequence;
}
