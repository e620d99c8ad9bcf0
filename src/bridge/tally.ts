import type { AccountObserver } from './observer.ts';
import type { RecordBatch } from './record-batch.ts';

/** Counts committed records and what is noticed in them. */
export function tally(observer: AccountObserver, batch: RecordBatch, receivedAt: number): void {
  batch.contents.forEach((record, i) => {
    const outgoing = batch.records[i];
    if (outgoing !== undefined) observer.recordPublished(outgoing.topic, outgoing.value?.length ?? 0);
    for (const code of record.value.warnings) observer.warned(code);
    if (record.value.origin === 'replay') observer.possibleRepeat(1);
    if (record.topic === 'deadletter') observer.deadLettered(record.value.reason, 1);
    if (record.topic === 'unknown') observer.unknownSeen('event');
    for (const { path } of record.value.extensions) observer.unknownSeen(path.includes('@') ? 'attribute' : 'element');
    if (record.topic !== 'presence') return;
    for (const { rawXml } of record.value.categories) if (rawXml !== null) observer.unknownSeen('category');
    const { availabilityName, statePublishedAt, subjectUri } = record.value;
    if (statePublishedAt !== null) observer.publishTimeSeen(receivedAt - statePublishedAt);
    if (subjectUri !== null) observer.availabilitySeen(subjectUri, availabilityName);
  });
}
