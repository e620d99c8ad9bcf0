import { createServer } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';

import { LocalCluster } from '../../dev/kafka/local-cluster.ts';
import { type HttpAnswer, setStage, USERS } from '../support/bridge.ts';
import { expectExactlyOnce } from '../support/exactly-once.ts';
import { until } from '../support/until.ts';

const [ANNA = ''] = USERS;

/** A port of this machine that nobody listens on. */
async function deadBroker(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}`;
}

/** A broker is started twice, which takes long on a busy machine. */
const CLUSTER_TEST_MS = 120_000;

function reasonsOf({ body }: HttpAnswer): readonly string[] {
  return (JSON.parse(body) as { readonly reasons: readonly string[] }).reasons;
}

describe('the probes', () => {
  test('of a bridge whose Kafka never answered: alive, not ready, and ended by SIGTERM in time', async () => {
    const stage = await setStage({ hasTopics: false });
    const bridge = await stage.spawn({ kafka: { brokers: [await deadBroker()] } });

    await until('the shard was tried', () => bridge.log.withMessage('shard not published')[0]);
    const [live, ready] = await Promise.all([bridge.get('/livez'), bridge.get('/readyz')]);
    expect(live.status).toBe(200);
    expect(ready.status).toBe(503);
    expect(reasonsOf(ready)).toEqual([expect.stringMatching(/^Shard 0 is starting \(\w+\)\.$/)]);
    expect((await bridge.get('/status')).status).toBe(200);
    expect((await bridge.get('/metrics')).status).toBe(200);

    const before = performance.now();
    expect((await bridge.child.end('SIGTERM')).status).toBe(0);
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test('of a bridge whose CWA server is dead: alive and ready, and the failures are a metric', async () => {
    const stage = await setStage();
    const bridge = await stage.start();
    await stage.records.count('snapshotEnded', 1);
    await stage.simulator.close();

    const failed = /cwa_bridge_polls_total\{account="watcher",outcome="transient"\} [1-9]/;
    await until('polls have failed', async () => failed.test((await bridge.get('/metrics')).body));
    expect(await bridge.get('/livez')).toMatchObject({ status: 200 });
    expect(await bridge.get('/readyz')).toMatchObject({ status: 200 });
    await bridge.stop();
    expect(bridge.log.withMessage('not drained in time: the next start recovers')).toEqual([]);
  });

  test(
    'of a bridge whose broker stops for longer than a session lives: the session lives, nothing is lost',
    async () => {
      const cluster = await LocalCluster.start({ nodes: 1 });
      onTestFinished(() => cluster.stop());
      const stage = await setStage({
        brokers: cluster.brokers,
        simulator: { sessionTimeoutSeconds: 4 },
        settings: { session: { keepAliveMs: 1_000 } },
      });
      const { records, simulator } = stage;
      const bridge = await stage.start();
      await records.count('snapshotEnded', 1);
      await cluster.node(1).kill();

      const session = simulator.ledger.sessions[0];
      await until('the bridge is not ready', async () => (await bridge.get('/readyz')).status === 503);
      expect(reasonsOf(await bridge.get('/readyz'))).toEqual([
        expect.stringMatching(/^Kafka does not answer \(\w+\)\.$/),
      ]);
      simulator.setPresence(ANNA, { note: 'while the broker was away' });
      const pendingSince = Date.now();
      const acknowledged = simulator.ledger.events.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length;
      await until('a poll comes after the session would have died', () => {
        return (session?.lastPoll?.at ?? 0) > pendingSince + 6_000;
      });
      expect(simulator.ledger.events.filter(({ acknowledgedAt }) => acknowledgedAt !== null)).toHaveLength(
        acknowledged,
      );
      expect(await bridge.get('/livez')).toMatchObject({ status: 200 });
      expect((await bridge.get('/metrics')).body).toMatch(
        /cwa_bridge_unacknowledged_seconds\{account="watcher"\} [1-9]/,
      );

      await cluster.node(1).start();
      // A consumer of its own: the first one still waits for the connection that it lost.
      const after = await stage.read();
      await after.find('the note is there', ({ note }) => note === 'while the broker was away');
      await until('the bridge is ready', async () => (await bridge.get('/readyz')).status === 200);
      expect(simulator.stats).toMatchObject({ signIns: { ok: 1 }, sessionsOpened: 1 });
      expect(after.ofType('gap')).toHaveLength(1);
      await expectExactlyOnce(after, simulator.ledger);
    },
    CLUSTER_TEST_MS,
  );
});
