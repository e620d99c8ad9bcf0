import type { Capture } from './capture.ts';
import { during, type Measure, program, type Ring, uniqueName } from './contest.ts';
import { Subject } from './subject.ts';
import type { NaiveTask, RawTask } from './task.ts';
import { PARTITIONS, withTopics } from './topics.ts';

/** Records in one `sendBatch` of kafkajs alone: some 1 MB, over all partitions. */
const RECORDS_PER_BATCH = 500;

/** The design that one would write first: see `naive.ts`. */
export async function runNaive<T>(ring: Ring, eventsPerAnswer: number, measure: Measure<T>): Promise<T> {
  const topic = uniqueName('naive');
  return withTopics(ring.brokers, [{ topic, partitions: PARTITIONS }], () => {
    ring.server.begin(eventsPerAnswer);
    const users = ring.accounts.map(({ user }) => user);
    const task: NaiveTask = { baseUrl: ring.server.url, brokers: ring.brokers, topic, users };
    const subject = new Subject([program('naive.ts'), JSON.stringify(task)]);
    return during({ subject, prefix: topic, events: () => Promise.resolve(ring.server.acknowledged) }, measure);
  });
}

/** kafkajs alone with the pipeline's records: see `raw.ts`. Its records are counted as the events that they hold. */
export async function runRaw<T>(
  ring: Ring,
  { events, file, records }: Capture,
  isTransactional: boolean,
  measure: Measure<T>,
): Promise<T> {
  const prefix = `${uniqueName('raw')}.`;
  const topics = [
    { topic: `${prefix}presence`, partitions: PARTITIONS },
    { topic: `${prefix}progress`, partitions: ring.shards },
  ];
  return withTopics(ring.brokers, topics, () => {
    const task: RawTask = {
      brokers: ring.brokers,
      recordsFile: file,
      prefix,
      recordsPerBatch: RECORDS_PER_BATCH,
      transactionalId: isTransactional ? prefix : null,
    };
    const subject = new Subject([program('raw.ts'), JSON.stringify(task)]);
    const countEvents = async (): Promise<number> => ((await subject.count()) * events) / records;
    return during({ subject, prefix, events: countEvents }, measure);
  });
}
