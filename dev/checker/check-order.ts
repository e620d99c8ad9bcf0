import type { Findings } from './findings.ts';
import { isDataRecord, placeOf, type PublishedRecord } from './published-record.ts';

/**
 * Order, in four statements: `sequence` is contiguous from 1 in each generation of an account, over all topics;
 * `answer` never falls; within an answer the numbers of the events ascend and events without one come last; and in
 * each partition the records of one key and account stand in the order of (generation, sequence).
 */
export function checkOrder(records: readonly PublishedRecord[], findings: Findings): void {
  for (const generation of groupBy(records, ({ accountId, generation: of }) => `${accountId} ${of}`).values()) {
    checkGeneration(
      generation.toSorted((a, b) => a.sequence - b.sequence),
      findings,
    );
  }
  const streamOf = (record: PublishedRecord): string =>
    `${record.topic} ${record.partition} ${record.accountId} ${String(record.key)}`;
  for (const stream of groupBy(records, streamOf).values()) {
    checkStream(
      stream.toSorted((a, b) => Number(a.offset - b.offset)),
      findings,
    );
  }
}

/** @param records of one generation, by sequence. */
function checkGeneration(records: readonly PublishedRecord[], findings: Findings): void {
  let before: PublishedRecord | null = null;
  let event: PublishedRecord | null = null;
  for (const record of records) {
    checkSequence(before, record, findings);
    before = record;
    if (!isDataRecord(record)) continue;
    if (event !== null) checkEvents(event, record, findings);
    event = record;
  }
}

function checkSequence(before: PublishedRecord | null, record: PublishedRecord, findings: Findings): void {
  const last = before?.sequence ?? 0;
  const missing = record.sequence - last - 1;
  if (missing < 0) findings.add('sequence', () => `number ${record.sequence} twice: ${placeOf(record)}`);
  if (missing > 0) findings.add('sequence', () => `${missing} missing before ${placeOf(record)}`, missing);
}

/** @param before the record of an event before `record` by sequence. */
function checkEvents(before: PublishedRecord, record: PublishedRecord, findings: Findings): void {
  if (record.answer < before.answer)
    findings.add('reordered', () => `answer ${record.answer} after ${before.answer} at ${placeOf(record)}`);
  if (record.answer !== before.answer) return;
  const isAscending = record.eid === null || (before.eid !== null && before.eid <= record.eid);
  if (!isAscending)
    findings.add('reordered', () => `eid ${String(record.eid)} after ${String(before.eid)} at ${placeOf(record)}`);
  if (record.eid === null || before.eid !== record.eid) return;
  if (record.userIndex < before.userIndex)
    findings.add('reordered', () => `user ${record.userIndex} after ${before.userIndex} at ${placeOf(record)}`);
}

/** @param records of one key and account in one partition, by offset. */
function checkStream(records: readonly PublishedRecord[], findings: Findings): void {
  let before: PublishedRecord | null = null;
  for (const record of records) {
    if (before !== null && !isAfter(record, before))
      findings.add('reordered', () => `${placeOf(record)} stands behind sequence ${before?.sequence ?? 0}`);
    before = record;
  }
}

function isAfter(record: PublishedRecord, before: PublishedRecord): boolean {
  if (record.generation !== before.generation) return record.generation > before.generation;
  return record.sequence > before.sequence;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
