import { describe, expect, test } from 'vitest';

import { type ChaosReport, checkStage, runChaos, settle } from '../../dev/chaos/chaos-run.ts';
import { pauseBroker } from '../../dev/chaos/lanes.ts';
import type { ChaosOptions } from '../../dev/chaos/options.ts';
import { tableOf } from '../../dev/chaos/report.ts';
import { Stage } from '../../dev/chaos/stage.ts';

/** On an idle machine a run takes a minute; on a busy one much longer. */
const TIMEOUT_MS = 300_000;

const SHORT: ChaosOptions = {
  seed: 'short form',
  nodes: 1,
  format: 'json',
  events: 3_000,
  seconds: 35,
  kills: 7,
  pauses: 2,
  brokerPauses: 1,
  brokerKills: 0,
  leaderMoves: 0,
  orders: 6,
  watchChanges: 5,
  accounts: 4,
  faultRate: 0.15,
  logFile: null,
};

/** Runs it and shows its report, with which a failure can be searched for. */
async function run(options: ChaosOptions, signal: AbortSignal): Promise<ChaosReport> {
  const lines: string[] = [];
  try {
    const report = await runChaos(options, (line) => lines.push(line), signal);
    if (!report.isGood) process.stderr.write(`${lines.join('\n')}\n${tableOf(report)}`);
    return report;
  } catch (error) {
    process.stderr.write(`${lines.join('\n')}\n`);
    throw error;
  }
}

function expectExactlyOnce({ published, acknowledgements, troubles }: ChaosReport): void {
  expect(published).toMatchObject({
    lost: 0,
    duplicated: 0,
    reordered: 0,
    sequence: 0,
    wrongId: 0,
    foreign: 0,
    edges: 0,
    orders: 0,
    held: 0,
    subscriptions: 0,
  });
  expect(acknowledgements).toMatchObject({ violations: 0 });
  expect(troubles).toEqual([]);
}

describe('exactly once', { timeout: TIMEOUT_MS }, () => {
  test('holds over kills and freezes of the bridge, a frozen broker, a bad link, orders and changed lists', async ({
    signal,
  }) => {
    const report = await run(SHORT, signal);
    expectExactlyOnce(report);
    expect(report.done).toEqual({
      ...{ kill: 7, pause: 2, brokerPause: 1 },
      ...{ accountPause: 2, accountSignOut: 2, refresh: 2, watchChange: 5, orderKill: 4 },
    });
    expect(report.published.promised).toBeGreaterThan(SHORT.events);
    // One more for each sign-out; a kill in the midst of a `resume` may take another.
    expect(report.published.generations).toBeGreaterThanOrEqual(SHORT.accounts + 2);
    expect(Object.keys(report.linkFaults).length).toBeGreaterThanOrEqual(5);
  });

  test('holds for values in Avro, read by the schemas that the registry hands out', async ({ signal }) => {
    const report = await run(
      {
        ...SHORT,
        ...{ seed: 'short form, Avro', format: 'avro', events: 1_000, seconds: 15 },
        ...{ kills: 4, pauses: 0, brokerPauses: 0, orders: 0, watchChanges: 0 },
      },
      signal,
    );
    expectExactlyOnce(report);
    expect(report).toMatchObject({ format: 'avro', done: { kill: 4 }, sessionsOpened: SHORT.accounts });
  });

  test('holds over killed nodes and moved leaders of a replicated Kafka', async ({ signal }) => {
    const report = await run(
      {
        ...SHORT,
        ...{ seed: 'short form, three nodes', nodes: 3, events: 1_500, seconds: 30 },
        ...{ kills: 2, pauses: 0, brokerPauses: 0, brokerKills: 2, leaderMoves: 4 },
        ...{ orders: 0, watchChanges: 0 },
      },
      signal,
    );
    expectExactlyOnce(report);
    expect(report.done).toEqual({ kill: 2, brokerKill: 2, leaderMove: 4 });
    expect(report.sessionsOpened).toBe(SHORT.accounts);
  });
});

describe('a broker that is away for longer than the session lives without a poll', { timeout: TIMEOUT_MS }, () => {
  const ACCOUNTS = 3;

  test('costs neither the session nor an event, and no acknowledgement moves', async ({ signal }) => {
    const stage = await Stage.open({
      ...{ seed: 'broker away', nodes: 1, accounts: ACCOUNTS, events: 450, eventsPerSecond: 30, faultRate: 0 },
      // The session is kept by polls at a quarter of its time-out, which the server announces.
      ...{ sessionTimeoutSeconds: 6, keepAliveMs: 30_000, brokerSessionTimeoutMs: 60_000 },
      ...{ logFile: null, say: () => undefined, signal },
    });
    try {
      await stage.untilChanges(150);
      const away = pauseBroker(stage, 1, 15_000);
      await stage.sleep(3_000);
      const before = lastPolls(stage);
      await stage.sleep(11_000);
      const after = lastPolls(stage);
      await away;
      expect(after.map(({ ackId }) => ackId)).toEqual(before.map(({ ackId }) => ackId));
      for (const [index, { polls }] of after.entries()) expect(polls - (before[index]?.polls ?? 0)).toBeGreaterThan(3);
      await settle(stage, 450);
      expect(stage.troubles).toEqual([]);
      expect(stage.simulator.stats).toMatchObject({ sessionsOpened: ACCOUNTS, signIns: { ok: ACCOUNTS, refused: 0 } });
      expect(stage.judge.report).toMatchObject({ violations: 0 });
      expect(stage.judge.report.judgedBlind).toBeGreaterThan(0);
      expect(await checkStage(stage)).toMatchObject({ isGood: true, generations: ACCOUNTS });
    } finally {
      await stage.close();
    }
  });
});

/** The latest acknowledgement of each session, and how often it was polled. */
function lastPolls({ simulator }: Stage): readonly { readonly ackId: string; readonly polls: number }[] {
  return simulator.ledger.sessions.map(({ lastPoll, polls }) => ({ ackId: lastPoll?.ackId ?? '', polls }));
}
