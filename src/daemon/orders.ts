import type { Order } from '../bridge/orders/order.ts';
import type { BridgeConfiguration } from '../config/configuration.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Account } from './account.ts';
import type { RemovedAccounts } from './removed-accounts.ts';
import { OrderReader, type OrderReaderParts } from './order-reader.ts';

export interface OrdersWorld extends Pick<OrderReaderParts, 'kafka'> {
  readonly configuration: BridgeConfiguration;
  readonly accounts: readonly Account[];
  readonly removed: RemovedAccounts;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Brings what operators order to the accounts of this process. Resolves when what was ordered while it was down is
 * there, so that an account that shall stay signed out does not sign in first.
 *
 * @returns ends when the signal has aborted.
 */
export async function startOrders(
  { accounts, clock, configuration, kafka, log, removed }: OrdersWorld,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<unknown> }> {
  const { shards, topics } = configuration.kafka;
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const deliver = (order: Order): void => {
    const account = byId.get(order.accountId);
    if (account !== undefined) account.order(order);
    else removed.order(order);
  };
  const parts = { kafka, topic: topics.names.orders, shards, log, clock, deliver };
  const readers = Array.from({ length: shards }, (_, shard) => new OrderReader(parts, shard));
  const ended = Promise.all(readers.map((reader) => reader.run(signal)));
  await Promise.all(readers.map((reader) => reader.caughtUp()));
  return { ended };
}
