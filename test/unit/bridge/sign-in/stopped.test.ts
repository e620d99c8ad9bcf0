import { describe, expect, test } from 'vitest';

import type { AccountProgress } from '../../../../src/bridge/progress/account-progress.ts';
import { OrderInbox } from '../../../../src/bridge/orders/order-inbox.ts';
import { RefusedSecret } from '../../../../src/bridge/sign-in/refused-secret.ts';
import { stoppedStep } from '../../../../src/bridge/sign-in/stopped.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';
import { NOW, openProgress, placesOf } from '../builders.ts';
import { cursorOn, FakeShard, partsWith } from '../fakes.ts';

const NEVER = new AbortController().signal;
const STOPPED = { kind: 'stopped', code: 'sign-in-refused' } as const;
const REFUSED = { refusals: [NOW - 1, NOW], secretMark: 'mark' };

describe('a secret that was refused', () => {
  test('is replaced by another one that looks the same twice', () => {
    const refused = new RefusedSecret();
    refused.note('wrong');
    const seen = ['wrong', 'half of an', 'another', 'another'].map((secret) => refused.isReplacedBy(secret));
    expect(seen).toEqual([false, false, false, true]);
  });

  test('is itself again when it is put back in between', () => {
    const refused = new RefusedSecret();
    refused.note('wrong');
    const seen = ['another', 'wrong', 'another'].map((secret) => refused.isReplacedBy(secret));
    expect(seen).toEqual([false, false, false]);
  });

  test('is never replaced before one was refused, or where there is none', () => {
    const refused = new RefusedSecret();
    expect([refused.isReplacedBy('a'), refused.isReplacedBy('a')]).toEqual([false, false]);
    refused.note(null);
    expect([refused.isReplacedBy('a'), refused.isReplacedBy('a')]).toEqual([false, false]);
  });
});

describe('a stopped account', () => {
  /** One turn, and what came of it. */
  async function turn(recovered: Partial<AccountProgress>, hasNewSecret: () => Promise<boolean>) {
    const shard = new FakeShard();
    const cursor = cursorOn(shard, openProgress({ logins: REFUSED, ...recovered }));
    const clock = new ManualClock();
    const parts = partsWith({}, { cursor, hasNewSecret, clock, orders: new OrderInbox(clock) });
    const step = stoppedStep(parts, STOPPED, NEVER);
    await settled();
    await clock.advance(parts.settings.session.secretCheckMs);
    const phase = await step;
    return { phase, logins: cursor.progress.logins, places: shard.units.flatMap(placesOf) };
  }

  test('stays stopped while its secret is the same, or cannot be read', async () => {
    const same = await turn({}, () => Promise.resolve(false));
    const unreadable = await turn({}, () => Promise.reject(new Error('ENOENT')));
    for (const after of [same, unreadable]) expect(after).toEqual({ phase: STOPPED, logins: REFUSED, places: [] });
  });

  test('goes on with its session when its secret is another one, and what was refused is forgotten', async () => {
    const { logins, phase, places } = await turn({}, () => Promise.resolve(true));
    expect(phase).toMatchObject({ kind: 'open', needsSignIn: true });
    expect(logins).toEqual({ refusals: [], secretMark: null });
    expect(places).toEqual(['quarantineLifted@1600000000.20']);
  });

  test('goes on with the generation that was begun', async () => {
    const { phase } = await turn({ state: 'opening', sid: null }, () => Promise.resolve(true));
    expect(phase).toMatchObject({ kind: 'opening', needsSignIn: true, isBegun: true });
  });
});
