import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, expect, test } from 'vitest';

import { LocalCluster } from '../../dev/kafka/local-cluster.ts';
import type { PartitionBatch } from '../../src/kafka/port.ts';
import { progressRecord } from '../../src/kafka/progress-record.ts';
import { committedIds, FLAWLESS, judge } from '../support/committed.ts';
import { uniqueName } from '../support/kafka.ts';
import {
  createInstallation,
  type Installation,
  NEVER,
  openLog,
  type OpenShard,
  openShard,
  unitOf,
} from '../support/shards.ts';

const RECORDS = 6;
const DEADLINE_MS = 90_000;

let cluster: LocalCluster | undefined;
let open: OpenShard | undefined;

afterEach(async () => {
  await open?.close();
  await cluster?.stop();
  open = undefined;
  cluster = undefined;
});

/** Accounts that publish one unit after the other until they are told to stop. */
class Load {
  readonly revisions = new Map<string, number>();
  #isOver = false;
  readonly #running: Promise<unknown>;

  constructor(installation: Installation, { shard }: OpenShard, accounts: readonly string[]) {
    this.#running = Promise.all(
      accounts.map(async (account) => {
        for (let revision = 1; !this.#isOver; revision += 1) {
          await shard.commit(unitOf(installation, account, revision, { records: RECORDS }));
          this.revisions.set(account, revision);
        }
      }),
    );
    this.#running.catch(() => undefined);
  }

  get units(): number {
    let units = 0;
    for (const revision of this.revisions.values()) units += revision;
    return units;
  }

  /** Waits until `more` further units are committed. */
  async advance(more: number): Promise<void> {
    const target = this.units + more;
    const deadline = performance.now() + DEADLINE_MS;
    while (this.units < target) {
      if (performance.now() > deadline) throw new Error(`no progress beyond ${String(this.units)} units`);
      await Promise.race([delay(10), this.#running]);
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }
}

async function begin(
  nodes: 1 | 3,
  properties: Readonly<Record<string, string>>,
): Promise<Load & { installation: Installation }> {
  cluster = await LocalCluster.start({ nodes, properties });
  const installation = await createInstallation(cluster.brokers, { partitions: 6 });
  open = openShard(installation);
  await open.shard.start(NEVER);
  const accounts = Array.from({ length: 6 }, (_, index) => `account${String(index)}`);
  return Object.assign(new Load(installation, open, accounts), { installation });
}

test('a broker that is killed under load costs no record and repeats none', { timeout: 180_000 }, async () => {
  const load = await begin(1, {});
  await load.advance(36);
  for (let kill = 0; kill < 3; kill += 1) {
    await cluster?.node(1).kill();
    await cluster?.node(1).start();
    await load.advance(36);
  }
  await load.end();

  expect(open?.observer.failures.length).toBeGreaterThanOrEqual(3);
  const verdict = judge(await committedIds(load.installation), { revisions: load.revisions, records: RECORDS });
  expect(verdict).toEqual(FLAWLESS);
});

test(
  'three nodes that are killed or frozen, with leaders that move, cost no record and repeat none',
  { timeout: 300_000 },
  async () => {
    // Leaders go back to their first node within a second of its return: moves without a crash.
    const load = await begin(3, {
      'leader.imbalance.check.interval.seconds': '1',
      'leader.imbalance.per.broker.percentage': '0',
    });
    await load.advance(36);
    for (const id of [1, 2, 3]) {
      await cluster?.node(id).kill();
      await load.advance(18);
      await cluster?.node(id).start();
      await load.advance(36);
    }
    // Frozen until others lead in its place: it wakes up believing that it still does.
    cluster?.node(1).pause();
    await load.advance(18);
    cluster?.node(1).resume();
    await load.advance(36);
    await load.end();

    expect(open?.observer.failures.length).toBeGreaterThanOrEqual(3);
    const verdict = judge(await committedIds(load.installation), { revisions: load.revisions, records: RECORDS });
    expect(verdict).toEqual(FLAWLESS);
    await expectRefusedAcrossLeaders(load.installation);
  },
);

/** One send for the partitions of all leaders, as if the transaction had been planned before the leaders moved. */
async function expectRefusedAcrossLeaders(installation: Installation): Promise<void> {
  const log = openLog(installation);
  const producer = log.createProducer(uniqueName('writer'));
  await producer.fence(NEVER);
  const records = [progressRecord({ key: 'k', value: 'across leaders' }, Date.now())];
  const batchFor = (topic: string, partition: number): PartitionBatch => ({ topic, partition, records });
  const send = Array.from({ length: 6 }, (_, partition) => batchFor(installation.dataTopic, partition));

  const commit = producer.commit({ first: [batchFor(installation.progressTopic, 0)], rest: [send] }, NEVER);

  await expect(commit).rejects.toMatchObject({ kafkaCode: 'SEVERAL_LEADERS' });
  await producer.dispose();
  await log.close();
}
