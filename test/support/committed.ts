import kafkajs from 'kafkajs';

import { collectCommitted } from '../../dev/kafka/console-consumer.ts';
import type { Installation } from './shards.ts';

/** Ids of all committed data records as Kafka's own console consumer sees them, in the order of each partition. */
export async function committedIds({ brokers, dataTopic }: Installation): Promise<readonly string[]> {
  const records = await collectCommitted({ brokers, topics: [dataTopic], timeoutMs: 60_000 });
  return records.map(({ value }) => idOf(value));
}

/**
 * The same by a kafkajs consumer, which is faster to start, for tests without faults of brokers.
 *
 * @param count how many to wait for; what comes with the last of them is there too.
 */
export async function committedIdsQuickly(installation: Installation, count: number): Promise<readonly string[]> {
  const { brokers, dataTopic, name } = installation;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `${name}-reader`, maxWaitTimeInMs: 50 });
  const ids: string[] = [];
  const { promise: isComplete, resolve } = Promise.withResolvers<undefined>();
  consumer.on(consumer.events.FETCH, () => {
    if (ids.length >= count) resolve(undefined);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [dataTopic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ message }) => {
      ids.push(idOf(message.value));
      return Promise.resolve();
    },
  });
  await isComplete;
  await consumer.disconnect();
  return ids;
}

function idOf(value: Buffer | null): string {
  return (JSON.parse(String(value)) as { readonly id: string }).id;
}

export interface Verdict {
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
}

export const FLAWLESS: Verdict = { lost: 0, duplicated: 0, reordered: 0 };

/**
 * Judges records `account#revision.index` against what was published: for each account every revision from 1 to the
 * one given, each with `records` indices. An index of an account has one partition, so its revisions ascend there.
 */
export function judge(
  ids: readonly string[],
  expected: { readonly revisions: ReadonlyMap<string, number>; readonly records: number },
): Verdict {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  let duplicated = 0;
  let reordered = 0;
  for (const id of ids) {
    if (seen.has(id)) duplicated += 1;
    seen.add(id);
    const [, account = '', revision = '', index = ''] = /^(.*)#(\d+)\.(\d+)$/.exec(id) ?? [];
    const place = `${account}.${index}`;
    if (Number(revision) < (last.get(place) ?? 0)) reordered += 1;
    last.set(place, Number(revision));
  }
  let lost = 0;
  for (const [account, revisions] of expected.revisions) {
    for (let revision = 1; revision <= revisions; revision += 1) {
      for (let index = 0; index < expected.records; index += 1) {
        if (!seen.has(`${account}#${String(revision)}.${String(index)}`)) lost += 1;
      }
    }
  }
  return { lost, duplicated, reordered };
}
