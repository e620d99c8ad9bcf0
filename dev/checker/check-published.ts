import { CommandCheck } from './check-commands.ts';
import { NumberedCheck } from './check-numbered.ts';
import { checkEdges } from './check-edges.ts';
import { checkHolds } from './check-holds.ts';
import { checkOrder } from './check-order.ts';
import { checkOrders } from './check-orders.ts';
import { UnnumberedCheck } from './check-unnumbered.ts';
import { checkSubscriptions } from './check-watch.ts';
import { type Fault, FAULTS, Findings } from './findings.ts';
import { isHandedOver, type Ledger } from './ledger.ts';
import { LedgerIndex } from './ledger-index.ts';
import type { Operators } from './operators.ts';
import { isCommandRecord, isDataRecord, placeOf, type PublishedRecord } from './published-record.ts';
import { withSignOuts } from './signed-out.ts';

/** What was compared, and what is wrong with it. */
export interface Verdict {
  /** Records read, those of the bridge itself included. */
  readonly records: number;
  /** Events that were handed over completely. */
  readonly eventsHandedOver: number;
  /** Records that these events owe. */
  readonly promised: number;
  /** Events handed over in sessions that the server dropped, or that an order ended, before they were acknowledged. */
  readonly excused: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Numbers of `sequence` that are missing or stand twice. */
  readonly sequence: number;
  readonly wrongId: number;
  /** Records of which the ledger knows nothing, or says otherwise. */
  readonly foreign: number;
  /** Sign-in edges that are missing, too many, or say something else than their presence records. */
  readonly edges: number;
  /** Orders that were not carried out once, and records about orders that are missing or too many. */
  readonly orders: number;
  /** Records of accounts that an operator held back. */
  readonly held: number;
  /** Users whose subscription at the end is not as the list says. */
  readonly subscriptions: number;
  /** Records of events without eid that say of themselves that they may be repeats. */
  readonly replays: number;
  readonly deadLetters: number;
  /** Generations of all accounts: one for each account if no session was lost. */
  readonly generations: number;
  readonly isGood: boolean;
  readonly examples: readonly string[];
}

/**
 * Compares what stands in Kafka with what the server handed over: exactly one record for each promised event and
 * user, with the right id, in order, and nothing else but right answers to requests. Where operators had a part in it,
 * also whether it is what they asked for.
 *
 * @param served what the server handed over.
 * @param records of all topics that carry the head, in any order between partitions.
 * @param installation the bridge's, which is part of every id.
 * @param operators what was ordered and whom watch files named; null where nobody did anything.
 */
export function checkPublished(
  installation: string,
  served: Ledger,
  records: readonly PublishedRecord[],
  operators: Operators | null = null,
): Verdict {
  const ledger = operators === null ? served : withSignOuts(served, records);
  const findings = new Findings();
  const index = new LedgerIndex(ledger);
  const counts = checkEvents(installation, index, records, findings);
  checkOrder(records, findings);
  const byAccount = inOrder(records);
  checkEdges(installation, index, byAccount, operators?.watch ?? new Map(), findings);
  if (operators !== null) checkOperators(operators, byAccount, findings);
  return {
    records: records.length,
    eventsHandedOver: ledger.events.filter(isHandedOver).length,
    ...counts,
    deadLetters: records.filter(({ recordType }) => recordType === 'deadLetter').length,
    generations: new Set(records.map(({ accountId, generation }) => `${accountId} ${generation}`)).size,
    ...resultOf(findings),
  };
}

/** What the server handed over against what there is of it. */
function checkEvents(
  installation: string,
  index: LedgerIndex,
  records: readonly PublishedRecord[],
  findings: Findings,
): Pick<Verdict, 'promised' | 'excused' | 'replays'> {
  const numbered = new NumberedCheck(installation, findings);
  const unnumbered = new UnnumberedCheck(installation, findings);
  const commands = new CommandCheck(installation, findings);
  for (const record of records) {
    if (isCommandRecord(record)) commands.take(record, index);
    if (!isDataRecord(record)) continue;
    const session = index.find(record.accountUri, record.sid);
    if (session === undefined) {
      findings.add('foreign', () => `no session has sid ${String(record.sid)}: ${placeOf(record)}`);
    } else if (record.eid === null) {
      unnumbered.take(record, session);
    } else {
      numbered.take(record, record.eid, session);
    }
  }
  const promised = numbered.finish(index) + unnumbered.finish(index);
  return { promised, excused: numbered.excused + unnumbered.excused, replays: unnumbered.replays };
}

function checkOperators(
  operators: Operators,
  records: ReadonlyMap<string, readonly PublishedRecord[]>,
  findings: Findings,
): void {
  checkOrders(operators, records, findings);
  for (const own of records.values()) checkHolds(own, findings);
  checkSubscriptions(operators, findings);
}

/** By account, in the order of their numbers. */
function inOrder(records: readonly PublishedRecord[]): ReadonlyMap<string, readonly PublishedRecord[]> {
  const byPlace = (a: PublishedRecord, b: PublishedRecord): number =>
    a.generation - b.generation || a.sequence - b.sequence;
  return Map.groupBy(records.toSorted(byPlace), ({ accountId }) => accountId);
}

function resultOf(findings: Findings): Record<Fault, number> & Pick<Verdict, 'isGood' | 'examples'> {
  const counts = FAULTS.map((fault) => [fault, findings.count(fault)] as const);
  return {
    ...(Object.fromEntries(counts) as Record<Fault, number>),
    isGood: findings.total === 0,
    examples: findings.examples,
  };
}
