import type { GivenOrder, Operators, WatchHistory } from '../checker/operators.ts';
import { collectCommitted } from '../kafka/console-consumer.ts';
import type { Stage } from './stage.ts';

/** What operators did on a stage: what Kafka's console consumer reads of orders, and what was written into files. */
export async function readOperators(stage: Stage, timeoutMs: number): Promise<Operators> {
  const { accounts, cluster, lists, signal, simulator, topics } = stage;
  const records = await collectCommitted({ brokers: cluster.brokers, topics: [topics.orders], timeoutMs, signal });
  const watch = accounts.map(({ id, uri }): readonly [string, WatchHistory] => {
    return [id, { lists: lists.versionsOf(id), subscribed: simulator.subscriptionsOf(uri) }];
  });
  // The orders of an account are in one partition, which is read in order.
  const orders = records.map(({ value }) => JSON.parse(String(value)) as GivenOrder);
  return { orders, outcomes: await stage.orderOutcomes(timeoutMs), watch: new Map(watch) };
}
