import { CommandCheck } from './check-commands.ts';
import { NumberedCheck } from './check-numbered.ts';
import { checkEdges } from './check-edges.ts';
import { checkOrder } from './check-order.ts';
import { UnnumberedCheck } from './check-unnumbered.ts';
import { Findings } from './findings.ts';
import { isHandedOver, isPromised, type Ledger } from './ledger.ts';
import { LedgerIndex } from './ledger-index.ts';
import { isCommandRecord, isDataRecord, placeOf, type PublishedRecord } from './published-record.ts';

/** What was compared, and what is wrong with it. */
export interface Verdict {
  /** Records read, those of the bridge itself included. */
  readonly records: number;
  /** Events that were handed over completely. */
  readonly eventsHandedOver: number;
  /** Records that these events owe. */
  readonly promised: number;
  /** Events handed over in sessions that the server dropped before they were acknowledged: nothing is owed. */
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
 * user, with the right id, in order, and nothing else but right answers to requests.
 *
 * @param records of all topics that carry the head, in any order between partitions.
 * @param installation the bridge's, which is part of every id.
 */
export function checkPublished(installation: string, ledger: Ledger, records: readonly PublishedRecord[]): Verdict {
  const findings = new Findings();
  const index = new LedgerIndex(ledger);
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
  checkOrder(records, findings);
  checkEdges(installation, index, records, findings);
  return { ...countsOf(ledger, records), promised, replays: unnumbered.replays, ...resultOf(findings) };
}

function countsOf(
  ledger: Ledger,
  records: readonly PublishedRecord[],
): Pick<Verdict, 'records' | 'eventsHandedOver' | 'excused' | 'deadLetters' | 'generations'> {
  const sessions = new Map(ledger.sessions.map((session) => [session.session, session]));
  const handedOver = ledger.events.filter(isHandedOver);
  const isExcused = (event: (typeof handedOver)[number]): boolean => {
    const session = sessions.get(event.session);
    return session !== undefined && !isPromised(event, session);
  };
  return {
    records: records.length,
    eventsHandedOver: handedOver.length,
    excused: handedOver.filter(isExcused).length,
    deadLetters: records.filter(({ recordType }) => recordType === 'deadLetter').length,
    generations: new Set(records.map(({ accountId, generation }) => `${accountId} ${generation}`)).size,
  };
}

function resultOf(
  findings: Findings,
): Pick<
  Verdict,
  'lost' | 'duplicated' | 'reordered' | 'sequence' | 'wrongId' | 'foreign' | 'edges' | 'isGood' | 'examples'
> {
  return {
    lost: findings.count('lost'),
    duplicated: findings.count('duplicated'),
    reordered: findings.count('reordered'),
    sequence: findings.count('sequence'),
    wrongId: findings.count('wrongId'),
    foreign: findings.count('foreign'),
    edges: findings.count('edges'),
    isGood: findings.total === 0,
    examples: findings.examples,
  };
}
