import { partitionOf } from '../lib/murmur2.ts';
import { AccountLedger, type MissingSequences } from './account-ledger.ts';
import type { CheckedRecord } from './checked-record.ts';
import { GapLedger } from './gap-ledger.ts';
import { IdSet } from './id-set.ts';
import { type CheckedHead, type HeadReading, readHead } from './read-head.ts';
import type { AccountReport, Report, TopicReport } from './report.ts';
import { ViolationLog } from './violation.ts';

export interface VerifierOptions {
  /** The topics by name, with the number of partitions of each. */
  readonly topics: ReadonlyMap<string, number>;
  /** The one of them that holds `gap` and `snapshotEnded`. */
  readonly operationsTopic: string;
  /** Null if everything was read; else only holes behind a record of this time or later are judged. */
  readonly judgedFromMs: number | null;
  /** So many violations are kept; all are counted. */
  readonly violationsMax: number;
}

interface Position {
  readonly generation: number;
  readonly sequence: number;
}

/**
 * Proves of a set of topics what the design promises to their consumers. It is given the records one by one, those of
 * a partition in their order and the partitions in any, and keeps of each its id and one bit.
 *
 * What it cannot see: that the last records of a past generation are missing. Nothing that remains refers to them. Of
 * the current generation the committed progress does: see {@link expect}.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #log: ViolationLog;
  readonly #ids = new IdSet();
  readonly #gaps = new GapLedger();
  readonly #accounts = new Map<string, AccountLedger>();
  readonly #topics: ReadonlyMap<string, { records: number; bytes: number }>;
  /** By partition, by account: the highest position so far. */
  readonly #reached = new Map<string, Map<string, Position>>();

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#log = new ViolationLog(options.violationsMax);
    this.#topics = new Map([...options.topics.keys()].map((topic) => [topic, { records: 0, bytes: 0 }]));
  }

  accept(record: CheckedRecord): void {
    this.#count(record);
    const reading = readingOf(record);
    if (reading.kind === 'unreadable') {
      this.#log.add('unreadable', record, null, `the record cannot be read: ${reading.reason}`);
      return;
    }
    const { head } = reading;
    this.#checkKey(record, head);
    this.#checkIdentity(record, head);
    this.#checkOrder(record, head);
    if (record.topic === this.#options.operationsTopic) this.#checkGap(record, head);
  }

  /**
   * Takes a record behind the ends that count. A transaction becomes visible partition by partition, so a record may
   * be missing only because its partition was looked at a moment too early: what came since closes such holes.
   */
  acceptLater(record: CheckedRecord): void {
    const reading = readingOf(record);
    if (reading.kind === 'unreadable') return;
    const { accountId, generation, sequence } = reading.head;
    this.#accounts.get(accountId)?.fill(generation, sequence);
  }

  /** The generation must have all numbers up to this one: something that was committed with them says so. */
  expect(accountId: string, generation: number, lastSequence: number): void {
    this.#ledgerOf(accountId).expect(generation, lastSequence);
  }

  /** Whether {@link acceptLater} could still mend something. */
  get hasHoles(): boolean {
    return [...this.#accounts.values()].some((ledger) => this.#missing(ledger).some(({ isJudged }) => isJudged));
  }

  /** The verdict over everything that was accepted; ends the check. */
  finish(): Report {
    this.#gaps.judge(this.#log, this.#isWhole);
    let unjudged = 0;
    for (const [accountId, ledger] of this.#accounts) {
      for (const missing of this.#missing(ledger)) {
        if (missing.isJudged) this.#log.add('missing-sequence', null, accountId, describeMissing(accountId, missing));
        else unjudged += missing.range[1] - missing.range[0] + 1;
      }
    }
    const { counts, kept } = this.#log;
    const topics = this.#topicReports();
    return {
      isFlawless: Object.values(counts).every((count) => count === 0),
      records: topics.reduce((sum, { records }) => sum + records, 0),
      bytes: topics.reduce((sum, { bytes }) => sum + bytes, 0),
      topics,
      accounts: this.#accountReports(),
      unjudged,
      counts,
      violations: kept,
    };
  }

  get #isWhole(): boolean {
    return this.#options.judgedFromMs === null;
  }

  #missing(ledger: AccountLedger): Generator<MissingSequences, void, undefined> {
    return ledger.missing(this.#isWhole);
  }

  #count({ topic, key, valueBytes }: CheckedRecord): void {
    const counts = this.#topics.get(topic);
    if (counts === undefined) return;
    counts.records += 1;
    counts.bytes += Buffer.byteLength(key ?? '') + valueBytes;
  }

  #checkKey(record: CheckedRecord, { accountId, expectedKey }: CheckedHead): void {
    const { key, partition, topic } = record;
    if (key !== expectedKey) {
      const message = `its key is ${key === null ? 'missing' : `"${key}"`} and should be "${expectedKey}"`;
      this.#log.add('wrong-key', record, accountId, message);
      return;
    }
    const partitions = this.#options.topics.get(topic) ?? 1;
    const expected = partitionOf(key, partitions);
    if (partition === expected) return;
    const message =
      `of ${String(partitions)} partitions its key "${key}" belongs to ${String(expected)}; if partitions were added, ` +
      'verify with --since from then on';
    this.#log.add('wrong-partition', record, accountId, message);
  }

  #checkIdentity(record: CheckedRecord, { accountId, generation, id, isReplay, sequence }: CheckedHead): void {
    // What goes out as a possible repeat, or by an operator's order, says so: its id may be there already.
    if (!isReplay && !this.#ids.add(id))
      this.#log.add('duplicate-id', record, accountId, `the id ${id} occurred before`);
    const { judgedFromMs } = this.#options;
    const isJudged = judgedFromMs === null || record.timestampMs >= judgedFromMs;
    if (this.#ledgerOf(accountId).add(generation, sequence, isJudged)) return;
    const message = `generation ${String(generation)} has the sequence ${String(sequence)} twice`;
    this.#log.add('duplicate-sequence', record, accountId, message);
  }

  #checkOrder(record: CheckedRecord, { accountId, generation, sequence }: CheckedHead): void {
    const name = `${String(record.partition)}/${record.topic}`;
    const reached = this.#reached.get(name) ?? new Map<string, Position>();
    this.#reached.set(name, reached);
    const before = reached.get(accountId);
    if (before === undefined || compare(before, { generation, sequence }) <= 0) {
      reached.set(accountId, { generation, sequence });
      return;
    }
    const message = `generation ${String(generation)}, sequence ${String(sequence)} comes after generation ${String(before.generation)}, sequence ${String(before.sequence)}`;
    this.#log.add('out-of-order', record, accountId, message);
  }

  #checkGap(record: CheckedRecord, head: CheckedHead): void {
    const { accountId, gapId, previousGeneration, recordType } = head;
    if (recordType === 'snapshotEnded' && gapId !== null) this.#gaps.closed(head, gapId, record);
    if (recordType !== 'gap') return;
    // The generation before had a record at least: its own gap.
    if (previousGeneration !== null) this.expect(accountId, previousGeneration, 1);
    if (gapId === null) this.#log.add('unreadable', record, accountId, 'a gap without gapId can never be closed');
    else this.#gaps.opened(head, gapId, record);
  }

  #ledgerOf(accountId: string): AccountLedger {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const ledger = new AccountLedger();
    this.#accounts.set(accountId, ledger);
    return ledger;
  }

  #topicReports(): readonly TopicReport[] {
    return [...this.#topics].map(([topic, counts]) => ({ topic, ...counts }));
  }

  #accountReports(): readonly AccountReport[] {
    const accounts = [...this.#accounts].map(([accountId, ledger]) => {
      const { opened, closed } = this.#gaps.countOf(accountId);
      const violations = this.#log.countOf(accountId);
      return { accountId, ...ledger.counts, gapsOpened: opened, gapsClosed: closed, violations };
    });
    return accounts.sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
  }
}

function readingOf({ fault, value }: CheckedRecord): HeadReading {
  return fault === null ? readHead(value) : { kind: 'unreadable', reason: fault };
}

function compare(a: Position, b: Position): number {
  return a.generation === b.generation ? a.sequence - b.sequence : a.generation - b.generation;
}

function describeMissing(accountId: string, { generation, range: [from, to] }: MissingSequences): string {
  const which = from === to ? `sequence ${String(from)} is` : `sequences ${String(from)} to ${String(to)} are`;
  return `${which} in no topic: account ${accountId}, generation ${String(generation)}`;
}
