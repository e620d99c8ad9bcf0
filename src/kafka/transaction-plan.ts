import { assert, present } from '../lib/assert.ts';
import { partitionOf } from '../lib/murmur2.ts';
import type { OutgoingRecord, SizedRecord } from '../lib/outgoing-record.ts';
import type { ClusterLayout, PartitionBatch, Send, TransactionPlan } from './port.ts';
import { BATCH_OVERHEAD_BYTES } from './progress-record.ts';

export interface PlanOptions {
  readonly progress: { readonly topic: string; readonly partition: number; readonly records: readonly SizedRecord[] };
  /** In the order of publication; the partition follows from the key and the layout. */
  readonly records: readonly OutgoingRecord[];
  readonly layout: ClusterLayout;
  /** Largest record batch of one partition in one send, in bytes; a single larger record still goes, alone. */
  readonly batchBytesMax: number;
  /** One partition in a send, so that a refusal names it. Costs a round trip for each. */
  readonly isIsolated: boolean;
}

/**
 * Cuts what one transaction holds into sends, here to the leaders 1 and 2:
 *
 *     1: progress a/0 a/3 b/2 | 2: a/1 | 1: a/0 (what did not fit) | commit
 *
 * A send goes to one leader only, because kafkajs sends to several at once and, when one fails, sends to all again
 * with new sequence numbers: silent duplicates (kafka-facts §4). The order within a partition is kept: its second
 * batch goes out after its first was acknowledged.
 */
export function planTransaction(options: PlanOptions): TransactionPlan {
  const { progress, layout, batchBytesMax, isIsolated } = options;
  assert(progress.records.length > 0, 'a transaction without progress');
  const queues = [progress, ...byPartition(options.records, layout)].map((batch) => cut(batch, batchBytesMax));
  const sends: Send[] = [];
  for (let wave = 0; queues.some((batches) => batches.length > wave); wave += 1) {
    const batches = queues.map((queue) => queue[wave]).filter((batch) => batch !== undefined);
    sends.push(...(isIsolated ? batches.map((batch) => [batch]) : byLeader(batches, layout)));
  }
  const [[first, ...beside] = [], ...rest] = sends;
  return { first: [present(first, 'batch of progress'), ...beside], rest };
}

function byPartition(records: readonly OutgoingRecord[], layout: ClusterLayout): readonly PartitionBatch[] {
  const batches = new Map<string, { topic: string; partition: number; records: SizedRecord[] }>();
  for (const record of records) {
    const { topic } = record;
    const { length } = present(layout.get(topic), `layout of topic ${topic}`);
    const partition = partitionOf(record.key, length);
    const name = `${topic}/${String(partition)}`;
    const batch = batches.get(name);
    if (batch === undefined) batches.set(name, { topic, partition, records: [record] });
    else batch.records.push(record);
  }
  return [...batches.values()];
}

function cut({ topic, partition, records }: PartitionBatch, bytesMax: number): readonly PartitionBatch[] {
  const batches: PartitionBatch[] = [];
  let current: SizedRecord[] = [];
  let bytes = BATCH_OVERHEAD_BYTES;
  for (const record of records) {
    if (current.length > 0 && bytes + record.bytes > bytesMax) {
      batches.push({ topic, partition, records: current });
      current = [];
      bytes = BATCH_OVERHEAD_BYTES;
    }
    current.push(record);
    bytes += record.bytes;
  }
  if (current.length > 0) batches.push({ topic, partition, records: current });
  return batches;
}

/** A partition without a known leader goes alone: whoever it is, it is one. */
function byLeader(batches: readonly PartitionBatch[], layout: ClusterLayout): readonly Send[] {
  const sends = new Map<string, PartitionBatch[]>();
  for (const batch of batches) {
    const leader = layout.get(batch.topic)?.[batch.partition] ?? null;
    const name = leader === null ? `${batch.topic}/${String(batch.partition)}` : `leader ${String(leader)}`;
    const send = sends.get(name);
    if (send === undefined) sends.set(name, [batch]);
    else send.push(batch);
  }
  return [...sends.values()];
}
