import type { DataRecord } from '../records/topics/topics.ts';
import type { AccountObserver } from './observer.ts';
import type { RecordBatch } from './plans/record-batch.ts';

/** Counts committed records and what is noticed in them. */
export function tally(observer: AccountObserver, batch: RecordBatch, receivedAt: number): void {
  for (const { outgoing, record } of batch.entries) {
    observer.recordPublished(outgoing.topic, outgoing.value?.length ?? 0);
    if (record !== null) tallyRecord(observer, record, receivedAt);
  }
}

function tallyRecord(observer: AccountObserver, record: DataRecord, receivedAt: number): void {
  for (const code of record.value.warnings) observer.warned(code);
  if (record.topic === 'signin') {
    observer.signInEdgeSeen(record.value.edge);
    return;
  }
  for (const { path } of record.value.extensions) observer.unknownSeen(path.includes('@') ? 'attribute' : 'element');
  if (record.topic === 'presence') {
    for (const { rawXml } of record.value.categories) if (rawXml !== null) observer.unknownSeen('category');
  }
  // What the parts of a record repeat counts once.
  if (record.value.part > 0) return;
  if (record.value.origin === 'replay') observer.possibleRepeat(1);
  if (record.topic === 'deadletter') observer.deadLettered(record.value.reason, 1);
  if (record.topic === 'unknown') observer.unknownSeen('event');
  if (record.topic !== 'presence') return;
  const { availabilityName, statePublishedAt, subjectUri } = record.value;
  if (statePublishedAt !== null) observer.publishTimeSeen(receivedAt - statePublishedAt);
  if (subjectUri !== null) observer.availabilitySeen(subjectUri, availabilityName);
}
