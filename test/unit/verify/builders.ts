import { partitionOf } from '../../../src/lib/murmur2.ts';
import type { ValuedRecord } from '../../../src/lib/outgoing-record.ts';
import { encodeRecord } from '../../../src/records/encode-record.ts';
import { operationsRecord, type OperationType } from '../../../src/records/operations-record.ts';
import { recordId } from '../../../src/records/record-id.ts';
import type { OperationFacts } from '../../../src/records/topics/operations.ts';
import { type LogicalTopic } from '../../../src/records/topics/topics.ts';
import type { CheckedRecord } from '../../../src/verify/checked-record.ts';
import { Verifier, type VerifierOptions } from '../../../src/verify/verifier.ts';
import type { Report } from '../../../src/verify/report.ts';
import { outgoingRecord } from '../../support/outgoing.ts';
import { TOPIC_NAMES } from '../../support/topic-names.ts';

const NAMES = { ...TOPIC_NAMES, presence: 'p', unknown: 'u', operations: 'o', deadletter: 'd' } as const;
const PARTITIONS = 3;
const TOPICS = new Map(['p', 'u', 'o', 'd'].map((name) => [name, PARTITIONS]));

export interface Facts {
  readonly accountId?: string;
  readonly generation?: number;
  readonly sequence: number;
  /** What it is about; makes it a record of the presence topic. */
  readonly subject?: string;
  readonly type?: OperationType;
  readonly operation?: Partial<OperationFacts>;
  readonly timestampMs?: number;
}

/** A record as the bridge encodes it: of the operations topic, or, with a subject, of the presence topic. */
export function outgoing(facts: Facts, topics: Readonly<Record<LogicalTopic, string>> = NAMES): ValuedRecord {
  const { accountId = 'a', generation = 1, sequence, subject = null, timestampMs = 1_000 } = facts;
  const context = {
    installation: 'test',
    site: 's',
    accountId,
    accountUri: `sip:${accountId}@x`,
    generation,
    answer: 1,
    sid: null,
    ackId: null,
    polledAckId: null,
    receivedAt: timestampMs,
    publishedAt: timestampMs,
    firstSequence: sequence,
  };
  const record = operationsRecord(facts.type ?? 'sessionStarted', facts.operation ?? {}, context);
  const encoded = encodeRecord(record, { installation: 'test', topics });
  if (subject === null) return encoded;
  const value = { ...record.value, subjectUri: subject, id: recordId(context, `event:${String(sequence)}`, 0, 0) };
  return outgoingRecord({ ...encoded, topic: topics.presence, key: subject, value: JSON.stringify(value) });
}

/** The same where Kafka puts it, at offset `sequence`. */
export function stored(facts: Facts): CheckedRecord {
  const { key, timestampMs, topic, value } = outgoing(facts);
  return {
    topic,
    partition: partitionOf(key, PARTITIONS),
    offset: BigInt(facts.sequence),
    timestampMs,
    key,
    value: value.toString(),
    valueBytes: value.length,
    fault: null,
  };
}

/** A whole generation: a gap, `events` presence records of some users, and the end of the snapshot in their midst. */
export function generationOf(accountId: string, generation: number, events: number): readonly CheckedRecord[] {
  const gapId = `${accountId}-${String(generation)}`;
  const base = { accountId, generation };
  const records = [stored({ ...base, sequence: 1, type: 'gap', operation: { gapId } })];
  for (let sequence = 2; sequence < 2 + events; sequence += 1) {
    records.push(stored({ ...base, sequence, subject: `sip:user${String(sequence % 5)}@${accountId}` }));
  }
  records.push(stored({ ...base, sequence: 2 + events, type: 'snapshotEnded', operation: { gapId } }));
  return records;
}

export function verifierOf(options: Partial<VerifierOptions> = {}): Verifier {
  return new Verifier({
    topics: TOPICS,
    operationsTopic: NAMES.operations,
    judgedFromMs: null,
    violationsMax: 100,
    ...options,
  });
}

export function check(records: readonly CheckedRecord[], options: Partial<VerifierOptions> = {}): Report {
  const verifier = verifierOf(options);
  for (const record of records) verifier.accept(record);
  return verifier.finish();
}

/** The kinds of violation that were found, each once, in the order of their names. */
export function kindsOf({ counts }: Report): readonly string[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind]) => kind)
    .sort((a, b) => (a < b ? -1 : 1));
}
