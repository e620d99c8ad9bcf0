import { describe, expect, test } from 'vitest';

import { formatOrder, type OrderSlip, type OrderTask, parseOrder } from '../../../../src/bridge/orders/order.ts';
import { isCarriedOut, NO_ORDERS, withOrderDone } from '../../../../src/bridge/orders/orders-done.ts';

const SLIP: OrderSlip = { id: 'order-1', accountId: 'pilot', task: { kind: 'pause' }, by: 'ann@quay', at: 1_000 };

describe('an order', () => {
  const letter = { id: 'a', partition: 2, fromOffset: '9007199254740993', toOffset: '9007199254740995', sha256: 'b' };
  const tasks: readonly OrderTask[] = [
    { kind: 'pause' },
    { kind: 'resume' },
    { kind: 'sign-out' },
    { kind: 'forget' },
    { kind: 'refresh', users: null },
    { kind: 'refresh', users: ['sip:anna@harbour.example'] },
    { kind: 'replay', letter: { ...letter, isForced: true } },
  ];
  test.each(tasks)('is read as it was written: $kind', (task) => {
    expect(parseOrder(7, formatOrder({ ...SLIP, task }))).toEqual({ ...SLIP, task, offset: 7 });
  });

  test('is read with fields that are not known', () => {
    const text = JSON.stringify({ ...(JSON.parse(formatOrder(SLIP)) as object), weather: 'fair' });
    expect(parseOrder(0, text)).toEqual({ ...SLIP, offset: 0 });
  });

  const strange: readonly (readonly [string, string | null, string])[] = [
    ['nothing', null, 'no JSON object'],
    ['no JSON', '{', 'no JSON object'],
    ['a list', '[]', 'no JSON object'],
    ['something else', '{"id":"x"}', 'no formatVersion'],
    ['of a newer format', formatOrder(SLIP).replace('"formatVersion":1', '"formatVersion":2'), 'newer'],
    ['of an unknown kind', formatOrder(SLIP).replace('"pause"', '"dance"'), '"dance"'],
    ['without an account', formatOrder(SLIP).replace('"pilot"', '7'), 'accountId'],
    ['a replay of no letter', formatOrder(SLIP).replace('"pause"', '"replay"'), '"replay"'],
  ];
  test.each(strange)('is not read where there is %s', (_, text, reason) => {
    expect(parseOrder(0, text)).toContain(reason);
  });
});

describe('what is carried out', () => {
  const done = withOrderDone(NO_ORDERS, { ...SLIP, offset: 5 }, { outcome: 'done', detail: '', hold: 'paused' });

  test('is known by offset and time', () => {
    expect(isCarriedOut({ offset: 5, at: 1_000 }, done)).toBe(true);
    expect(isCarriedOut({ offset: 4, at: 900 }, done)).toBe(true);
    expect(isCarriedOut({ offset: 6, at: 1_000 }, done)).toBe(false);
  });

  test('does not hide the orders of a topic that was made anew', () => {
    expect(isCarriedOut({ offset: 0, at: 1_001 }, done)).toBe(false);
  });

  test('stays known when a clock that is behind gave the next order', () => {
    const next = withOrderDone(done, { ...SLIP, offset: 6, at: 500 }, { outcome: 'done', detail: '' });
    expect(next).toMatchObject({ hold: 'paused', done: 6, latestAt: 1_000 });
    expect(isCarriedOut({ offset: 5, at: 1_000 }, next)).toBe(true);
  });
});
