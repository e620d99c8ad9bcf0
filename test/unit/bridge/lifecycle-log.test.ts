import { describe, expect, test } from 'vitest';

import { logSnapshotEnd, logWhatHolds } from '../../../src/bridge/lifecycle-log.ts';
import { OPEN } from '../../../src/bridge/phase.ts';
import type { LogFields } from '../../../src/lib/log.ts';
import { NOW, openProgress, USERS } from './builders.ts';

/** A log that keeps its lines: level, message, fields. */
function keepingLog() {
  const lines: (readonly [level: string, message: string, fields: LogFields])[] = [];
  const at = (level: string) => (fields: LogFields, message: string) => {
    lines.push([level, message, fields]);
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

describe('the end of a snapshot', () => {
  const running = openProgress({ snapshotSince: NOW, openGapId: 'gap' });
  const nobody = { hash: null, pending: [] };

  test('is logged with the gap that it closes', () => {
    const log = keepingLog();
    logSnapshotEnd(log, running, openProgress({ snapshotSince: null, openGapId: null, watch: nobody }));
    const { generation } = running;
    expect(log.lines).toEqual([['info', 'snapshot ended, gap closed', { generation, gapId: 'gap', missing: 0 }]]);
  });

  test('is a warning with the number of those who are missing', () => {
    const log = keepingLog();
    const ended = openProgress({ snapshotSince: null, watch: { hash: null, pending: USERS } });
    logSnapshotEnd(log, openProgress({ snapshotSince: NOW, openGapId: null }), ended);
    expect(log.lines).toMatchObject([['warn', 'snapshot ended', { gapId: null, missing: USERS.length }]]);
  });

  test('is not what another generation begins with, nor what goes on', () => {
    const log = keepingLog();
    logSnapshotEnd(log, running, running);
    logSnapshotEnd(log, running, openProgress({ snapshotSince: null, generation: running.generation + 1 }));
    logSnapshotEnd(log, openProgress({ snapshotSince: null }), openProgress({ snapshotSince: null }));
    expect(log.lines).toEqual([]);
  });
});

describe('what holds an account back at the start', () => {
  test('is logged: an order of an operator, a quarantine', () => {
    const log = keepingLog();
    const { orders } = openProgress();
    logWhatHolds(log, openProgress({ orders: { ...orders, hold: 'paused' } }), OPEN);
    logWhatHolds(log, openProgress(), { kind: 'quarantined', until: NOW });
    expect(log.lines).toMatchObject([
      ['warn', 'account held back by an operator, until cwa-bridge resume', { hold: 'paused' }],
      ['warn', expect.stringContaining('account quarantined'), { until: new Date(NOW).toISOString() }],
    ]);
  });

  test('is nothing for an account that goes on', () => {
    const log = keepingLog();
    logWhatHolds(log, openProgress(), OPEN);
    expect(log.lines).toEqual([]);
  });
});
