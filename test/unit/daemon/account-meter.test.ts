import { expect, test } from 'vitest';

import { AccountMeter } from '../../../src/daemon/account-meter.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const [ANNA, BEN] = ['sip:anna@harbour.example', 'sip:ben@harbour.example'] as const;
const ACCOUNT = { id: 'pilot', site: 'harbour' };

function setUp(watched: { users: readonly string[] }) {
  const metrics = createMetrics({
    accounts: [ACCOUNT],
    topics: [],
    version: '0',
    labelSets: { gapReason: [], warning: [] },
    withProcessMetrics: false,
  });
  const meter = new AccountMeter(metrics, new ManualClock(), ACCOUNT, () => watched.users);
  const available = async (): Promise<string | undefined> => {
    const series = 'cwa_bridge_users_by_availability{account="pilot",availability="Available"}';
    const line = (await metrics.render()).split('\n').find((text) => text.startsWith(series));
    return line?.split(' ').at(-1);
  };
  return { available, meter };
}

test('only users on the watch list as it is now are counted by availability', async () => {
  const watched = { users: [ANNA] as readonly string[] };
  const { available, meter } = setUp(watched);
  meter.availabilitySeen(ANNA, 'Available');
  meter.availabilitySeen(BEN, 'Available');
  expect(await available()).toBe('1');
  watched.users = [ANNA, BEN];
  meter.availabilitySeen(BEN, 'Available');
  expect(await available()).toBe('2');
});

test('users who are no longer watched are no longer counted by availability', async () => {
  const { available, meter } = setUp({ users: [ANNA, BEN] });
  meter.availabilitySeen(ANNA, 'Available');
  meter.usersForgotten([ANNA, BEN]);
  expect(await available()).toBe('0');
  meter.usersForgotten([ANNA]);
  expect(await available()).toBe('0');
});
