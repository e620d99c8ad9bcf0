import kafkajs from 'kafkajs';
import { onTestFinished } from 'vitest';

import { assert } from '../../src/lib/assert.ts';
import { encodeRecord } from '../../src/records/encode-record.ts';
import type { PresenceRecord } from '../../src/records/topics/presence.ts';
import { recordsOfDocument } from '../contract/records-of-document.ts';
import type { Stage } from './bridge.ts';
import { uniqueName } from './kafka.ts';
import { TOPIC_NAMES } from './topic-names.ts';

type Three<T> = readonly [T, T, T];

/** Three presence records of one user with these eids, numbered from 1; see {@link recordsOfDocument}. */
export function threePresences(eids: Three<string>): Three<PresenceRecord> {
  const records = recordsOfDocument(Buffer.from(documentWith(eids)));
  const [one, two, three] = records.flatMap(({ topic, value }) => (topic === 'presence' ? [value] : []));
  assert(one !== undefined && two !== undefined && three !== undefined, 'each event gives a presence record');
  return [one, two, three];
}

function documentWith(eids: readonly string[]): string {
  const note = '<cwaCategory name="note" instance="0"/>';
  const events = eids.map(
    (eid) => `<userPresence eid="${eid}"><user uri="sip:ada@northpier.example">${note}</user></userPresence>`,
  );
  return `<cwaEvents sid="412" ackId="9" pollWaitTime="1000">${events.join('')}</cwaEvents>`;
}

/** A presence record as it is published. */
export function textOf(value: PresenceRecord): string {
  return encodeRecord(
    { topic: 'presence', value },
    { installation: 'cwa-bridge', topics: TOPIC_NAMES },
  ).value.toString();
}

/** Publishes presence records in a transaction of their own. */
export async function publishPresences(stage: Stage, values: readonly string[]): Promise<void> {
  const transaction = await beginPresences(stage, values);
  await transaction.commit();
}

/** Sends presence records in a transaction of a new producer, and leaves it open. */
export async function beginPresences(
  { brokers, prefix }: Stage,
  values: readonly string[],
): Promise<kafkajs.Transaction> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({
    transactionalId: uniqueName('producer'),
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  const transaction = await producer.transaction();
  await transaction.send({ topic: `${prefix}presence`, messages: values.map((value) => ({ key: 'ada', value })) });
  return transaction;
}
