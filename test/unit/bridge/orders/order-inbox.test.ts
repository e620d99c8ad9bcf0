import { expect, test } from 'vitest';

import { OrderInbox } from '../../../../src/bridge/orders/order-inbox.ts';
import type { Order } from '../../../../src/bridge/orders/order.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';

const ORDER: Order = { id: '1', accountId: 'pilot', task: { kind: 'pause' }, by: 'ann@quay', at: 1, offset: 0 };
const NEVER = new AbortController().signal;

function setUp() {
  const inbox = new OrderInbox(new ManualClock());
  const sleep = async (signal = NEVER): Promise<() => boolean> => {
    let isAwake = false;
    void inbox.sleep(60_000, signal).then(() => (isAwake = true));
    await settled();
    return () => isAwake;
  };
  return { inbox, sleep };
}

test('whoever sleeps wakes up when an order arrives, and does not sleep while one waits', async () => {
  const { inbox, sleep } = setUp();
  const isAwake = await sleep();
  expect(isAwake()).toBe(false);
  inbox.put(ORDER);
  await settled();
  expect(isAwake()).toBe(true);
  expect((await sleep())()).toBe(true);
  inbox.removeFirst();
  expect((await sleep())()).toBe(false);
});

test('an order that cannot be carried out yet cuts no wait short, but the next one does', async () => {
  const { inbox, sleep } = setUp();
  inbox.put(ORDER);
  inbox.deferFirst();
  const isAwake = await sleep();
  expect(isAwake()).toBe(false);
  inbox.put({ ...ORDER, id: '2', offset: 1 });
  await settled();
  expect(isAwake()).toBe(true);
  expect(inbox.first).toBe(ORDER);
});

test('a sleep ends with its signal', async () => {
  const { sleep } = setUp();
  const stop = new AbortController();
  const isAwake = await sleep(stop.signal);
  stop.abort();
  await settled();
  expect(isAwake()).toBe(true);
});
