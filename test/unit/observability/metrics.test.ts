import { describe, expect, test } from 'vitest';
import { INSTRUMENTS, METRIC_PREFIX } from '../../../src/observability/instruments.ts';
import type { Instrument } from '../../../src/observability/instruments.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import type {
  CounterInstrument,
  GaugeInstrument,
  HistogramInstrument,
  Metrics,
} from '../../../src/observability/metrics.ts';

function metricsFor(accounts: readonly { readonly id: string; readonly site: string }[]): Metrics {
  return createMetrics({
    accounts,
    topics: ['cwa.presence', 'cwa.progress'],
    version: '1.2.3',
    labelSets: { gapReason: ['first-start', 'session-lost'], warning: ['odd-uri'] },
    withProcessMetrics: false,
  });
}

const TWO_ACCOUNTS = [
  { id: 'a', site: 'north' },
  { id: 'b', site: 'south' },
];

/** The lines of the page that hold a value. */
async function seriesOf(metrics: Metrics): Promise<readonly string[]> {
  return (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the instruments', () => {
  const entries: readonly (readonly [string, Instrument])[] = Object.entries(INSTRUMENTS);

  test.each(entries)('%s is named by the rules of Prometheus', (_key, { name, kind, buckets }) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|kilobytes|percent|count|sum|bucket)(_|$)/);
    expect(METRIC_PREFIX + name).toMatch(/^cwa_bridge_/);
    expect(buckets !== undefined).toBe(kind === 'histogram');
    if (kind === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
  });

  test.each(entries)('%s never has a user, a session or an address as a label', (_key, { labels }) => {
    expect(
      Object.keys(labels).filter((label) => /^(user|uri|sid|url|eid|rid|le|quantile|job|instance)$/.test(label)),
    ).toEqual([]);
  });

  test.each(entries)('%s says what it is and what a bad value means', (_key, { help, bad }) => {
    expect(help).toMatch(/^\S.*\.$/);
    expect(bad).toMatch(/^\S.*\.$/);
  });

  test('have one name each', () => {
    const names = entries.map(([, { name }]) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the metrics page', () => {
  test('has every counter at 0 for each account from the start', async () => {
    const series = await seriesOf(metricsFor(TWO_ACCOUNTS));
    expect(series).toContain('cwa_bridge_polls_total{account="a",outcome="events"} 0');
    expect(series).toContain('cwa_bridge_polls_total{account="b",outcome="session-lost"} 0');
    expect(series).toContain('cwa_bridge_gaps_total{account="b",reason="first-start"} 0');
    expect(series).toContain('cwa_bridge_fenced_total 0');
    for (const { name } of Object.values(INSTRUMENTS).filter(({ kind }) => kind === 'counter')) {
      expect(
        series.some((line) => line.startsWith(METRIC_PREFIX + name)),
        name,
      ).toBe(true);
    }
  });

  test('pairs an account with its own site only', async () => {
    const series = await seriesOf(metricsFor(TWO_ACCOUNTS));
    expect(series.filter((line) => line.includes('site="north"') && line.includes('account="b"'))).toEqual([]);
    expect(series).toContain('cwa_bridge_sign_in_attempts_total{site="north",account="a",outcome="refused"} 0');
  });

  test('does not claim what is not known yet', async () => {
    const metrics = metricsFor(TWO_ACCOUNTS);
    expect((await seriesOf(metrics)).filter((line) => line.includes('session_time_left'))).toEqual([]);
    metrics.sessionTimeLeft.set({ account: 'a' }, 594);
    expect(await seriesOf(metrics)).toContain('cwa_bridge_session_time_left_seconds{account="a"} 594');
  });

  test('shows exactly one session state of an account as 1', async () => {
    const metrics = metricsFor(TWO_ACCOUNTS);
    metrics.sessionState.setOneHot('state', { account: 'a', state: 'opening' });
    metrics.sessionState.setOneHot('state', { account: 'a', state: 'open' });
    const ones = (await seriesOf(metrics)).filter((line) => line.includes('session_state') && line.endsWith(' 1'));
    expect(ones).toEqual(['cwa_bridge_session_state{account="a",state="open"} 1']);
  });

  test('counts a value that no closed set knows as other', async () => {
    const metrics = metricsFor(TWO_ACCOUNTS);
    metrics.eventsReceived.inc({ account: 'a', event: 'neverDocumented' });
    metrics.eventsReceived.inc({ account: 'a', event: 'userPresence' }, 3);
    const series = await seriesOf(metrics);
    expect(series).toContain('cwa_bridge_events_received_total{account="a",event="other"} 1');
    expect(series).toContain('cwa_bridge_events_received_total{account="a",event="userPresence"} 3');
  });

  test('has a number of series that no label value can raise: a thousand users change nothing', async () => {
    const metrics = metricsFor(TWO_ACCOUNTS);
    useEveryInstrument(metrics, 'sip:first@example.com');
    const before = (await seriesOf(metrics)).length;
    for (let user = 0; user < 1_000; user += 1) useEveryInstrument(metrics, `sip:user-${user}@example.com`);
    expect(await seriesOf(metrics)).toHaveLength(before);
  });

  test('names the running version', async () => {
    expect(await seriesOf(metricsFor([]))).toContain(
      `cwa_bridge_build_info{version="1.2.3",node="${process.version}"} 1`,
    );
  });
});

/** Uses each instrument once, with `value` for every label. */
function useEveryInstrument(metrics: Metrics, value: string): void {
  for (const [key, { kind, labels }] of Object.entries<Instrument>(INSTRUMENTS)) {
    const instrument = metrics[key as keyof typeof INSTRUMENTS] as unknown;
    const all = Object.fromEntries(Object.keys(labels).map((label) => [label, value]));
    if (kind === 'counter') (instrument as CounterInstrument<string>).inc(all);
    else if (kind === 'gauge') (instrument as GaugeInstrument<string>).set(all, 1);
    else (instrument as HistogramInstrument<string>).observe(all, 1);
  }
}
