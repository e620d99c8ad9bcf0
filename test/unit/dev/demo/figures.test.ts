import { describe, expect, test } from 'vitest';

import { countsOf } from '../../../../dev/demo/bridge-metrics.ts';
import { Figures } from '../../../../dev/demo/figures.ts';

describe('the live line of the demo', () => {
  test('reads polls over all outcomes and records by topic from the metrics page', () => {
    const page = [
      '# HELP cwa_bridge_polls_total Polls.',
      'cwa_bridge_polls_total{account="a",outcome="events"} 3',
      'cwa_bridge_polls_total{account="b",outcome="nothing"} 4',
      'cwa_bridge_records_published_total{topic="demo.presence"} 1200',
      'cwa_bridge_published_bytes_total{topic="demo.presence"} 99999',
      'process_cpu_seconds_total 7',
    ].join('\n');
    expect(countsOf(page)).toEqual({ polls: 7, records: new Map([['demo.presence', 1200]]) });
  });

  test('shows rates over the last seconds and leaves out the prefix and empty topics', () => {
    const figures = new Figures('demo.');
    const counts = (presence: number) => ({
      polls: 5,
      records: new Map([
        ['demo.presence', presence],
        ['demo.deadletter', 0],
      ]),
    });
    figures.take({ atMs: 0, handedOver: 0, waiting: 0, counts: counts(0) });
    figures.take({ atMs: 10_000, handedOver: 1_000, waiting: 9, counts: counts(1_100) });
    figures.take({ atMs: 12_000, handedOver: 1_400, waiting: 4, counts: counts(1_600) });
    expect(figures.segments()).toEqual([
      ' 1,400 events handed over  200/s',
      ' 1,600 records committed  250/s',
      'lag   4',
      '   5 polls',
      'presence 1,600',
    ]);
  });

  test('has something to say before the first figures', () => {
    expect(new Figures('').segments()).toEqual(['nothing yet']);
  });
});
