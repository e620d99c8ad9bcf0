import { describe, expect, onTestFinished, test } from 'vitest';

import { Bridge } from '../../../../src/bridge/bridge.ts';
import { NO_ORDERS } from '../../../../src/bridge/orders/orders-done.ts';
import type { Order } from '../../../../src/bridge/orders/order.ts';
import { OrderInbox } from '../../../../src/bridge/orders/order-inbox.ts';
import { TicketLostError, TransientError } from '../../../../src/cwa/errors.ts';
import type { PollRequest } from '../../../../src/cwa/poll.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';
import { NOW, openProgress, USERS } from '../builders.ts';
import { cursorOn, FakeShard, partsWith } from '../fakes.ts';
import { watchHash } from '../../../../src/bridge/plans/plan-generation.ts';

const PAUSED = openProgress({
  orders: { ...NO_ORDERS, hold: 'paused' },
  watch: { hash: watchHash(USERS), pending: [] },
});
const RESUME: Order = { id: '2', accountId: 'pilot', task: { kind: 'resume' }, by: 'ann@quay', at: NOW, offset: 1 };

/** A bridge that is paused from the beginning. */
function setUp() {
  const clock = new ManualClock();
  const shard = new FakeShard();
  const orders = new OrderInbox(clock);
  const keepAlives: PollRequest[] = [];
  const troubles: Error[] = [];
  const signIns: Promise<void>[] = [];
  let polls = 0;
  let attempts = 0;
  const client = {
    poll: () => {
      polls += 1;
      return Promise.resolve({ kind: 'nothing', receivedAt: NOW });
    },
    keepAlivePoll: (request: PollRequest) => {
      keepAlives.push(request);
      const trouble = troubles.shift();
      return trouble === undefined ? Promise.resolve() : Promise.reject(trouble);
    },
  };
  const signIn = (): Promise<void> => {
    attempts += 1;
    return signIns.shift() ?? Promise.resolve();
  };
  const parts = partsWith(client, { cursor: cursorOn(shard, PAUSED, { clock }), clock, orders, signIn });
  const stop = new AbortController();
  const ended = new Bridge(parts, true).run(stop.signal);
  ended.catch(() => undefined);
  onTestFinished(() => {
    stop.abort();
  });
  return { attempts: () => attempts, clock, keepAlives, orders, polls: () => polls, shard, signIns, troubles };
}

describe('a paused session', () => {
  test('is polled with the acknowledgement that is committed, and never for events', async () => {
    const { clock, keepAlives, polls } = setUp();
    await settled();
    for (let i = 0; i < 3; i += 1) await clock.advance(30_000);
    expect(keepAlives).toHaveLength(4);
    for (const request of keepAlives) expect(request).toEqual({ sid: '412', ackId: '7', isUserActive: true });
    expect(polls()).toBe(0);
  });

  test('is let go at once, in the midst of its wait', async () => {
    const { orders, polls, shard } = setUp();
    await settled();
    const commits = shard.units.length;
    orders.put(RESUME);
    await settled();
    expect(shard.units).toHaveLength(commits + 1);
    expect(polls()).toBeGreaterThan(0);
  });

  test('gets a new ticket when the old one is no longer good, and waits between failed sign-ins', async () => {
    const { attempts, clock, keepAlives, signIns, troubles } = setUp();
    troubles.push(new TicketLostError('the ticket is not good', {}));
    signIns.push(Promise.reject(new TransientError('busy', { reason: 'timeout' })));
    await settled();
    expect(attempts()).toBe(1);
    await clock.advance(60_000);
    await settled();
    expect(attempts()).toBe(2);
    expect(keepAlives.length).toBeGreaterThanOrEqual(2);
  });
});
