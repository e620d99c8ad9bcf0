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

test('what failed last, and a quarantine, are among the facts', () => {
  const { meter } = setUp({ users: [] });
  expect(meter.facts).toMatchObject({ lastFailure: null, quarantinedUntil: null });
  meter.stepFailed('ticket-lost');
  meter.phaseChanged({ kind: 'quarantined', until: 0 });
  const at = expect.any(String) as string;
  expect(meter.facts).toMatchObject({
    phase: 'quarantined',
    lastFailure: { failure: 'ticket-lost', at },
    quarantinedUntil: '1970-01-01T00:00:00.000Z',
  });
  meter.phaseChanged({ kind: 'stopped', code: 'sign-in-refused' });
  expect(meter.facts.quarantinedUntil).toBeNull();
});

test('users who are no longer watched are no longer counted by availability', async () => {
  const { available, meter } = setUp({ users: [ANNA, BEN] });
  meter.availabilitySeen(ANNA, 'Available');
  meter.usersForgotten([ANNA, BEN]);
  expect(await available()).toBe('0');
  meter.usersForgotten([ANNA]);
  expect(await available()).toBe('0');
});
