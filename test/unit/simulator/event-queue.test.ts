import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { EventQueue } from '../../../src/simulator/event-queue.ts';
import { Ledger } from '../../../src/simulator/ledger.ts';

const ledger = new Ledger();

function add(queue: EventQueue, count = 1): void {
  for (let i = 0; i < count; i += 1) {
    const eid = queue.advance();
    const identity = { session: 1, sid: '1', accountUri: 'sip:a', users: [], digest: null, createdAt: 0 };
    queue.add(String(eid), ledger.enter({ ...identity, eid, eventName: 'tide' }));
  }
}

/** What a poll with this `ackId` gets. */
function poll(queue: EventQueue, ackId: number, limit = Infinity): (number | null)[] {
  queue.acknowledge(ackId, 0);
  queue.releaseHeld(ackId);
  return queue.peek(ackId, limit).map(({ entry }) => entry.eid);
}

describe('EventQueue', () => {
  test('gives everything after the ackId, as the rules say for every history', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), n: fc.nat(5) }),
      fc.record({ do: fc.constant('poll' as const), n: fc.nat(40) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const queue = new EventQueue();
        let forgotten = 0;
        for (const { do: what, n } of steps) {
          if (what === 'add') add(queue, n);
          else {
            forgotten = Math.max(forgotten, Math.min(n, queue.counter));
            const expected: number[] = [];
            if (n < queue.counter) for (let eid = forgotten + 1; eid <= queue.counter; eid += 1) expected.push(eid);
            expect(poll(queue, n)).toEqual(expected);
          }
        }
      }),
    );
  });

  test('gives no more than the limit, the oldest first', () => {
    const queue = new EventQueue();
    add(queue, 5);
    expect(poll(queue, 1, 2)).toEqual([2, 3]);
  });

  test('forgets what was acknowledged', () => {
    const queue = new EventQueue();
    add(queue, 5);
    poll(queue, 3);
    expect(queue.size).toBe(2);
    expect(poll(queue, 0)).toEqual([4, 5]);
  });

  test('gives a held event when a higher one has been acknowledged, until it is acknowledged itself', () => {
    const queue = new EventQueue();
    add(queue, 3);
    const [, second] = queue.peek(0, 3);
    if (second === undefined) throw new Error('no second event');
    queue.holdBack(second);
    expect(poll(queue, 0)).toEqual([1, 3]);
    expect(poll(queue, 1)).toEqual([3]);
    expect(poll(queue, 3)).toEqual([2]);
    expect(queue.counter).toBe(4);
    add(queue);
    expect(poll(queue, 3)).toEqual([2, 5]);
    expect(poll(queue, 4)).toEqual([5]);
    expect(poll(queue, 5)).toEqual([]);
    expect(queue.size).toBe(0);
  });

  test('notes when an event was acknowledged, if it had been handed over', () => {
    const queue = new EventQueue();
    add(queue, 2);
    const [first, second] = queue.peek(0, 2);
    first?.entry.handedOver.push({ at: 1, poll: 1, ackIdAnswered: 1, complete: true });
    queue.acknowledge(2, 77);
    expect([first?.entry.acknowledgedAt, second?.entry.acknowledgedAt]).toEqual([77, null]);
  });
});
