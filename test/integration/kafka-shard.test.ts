import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';

import { RecordRejectedError, ShardLostError, TopologyError } from '../../src/kafka/shard-errors.ts';
import { committedIds, committedIdsQuickly, FLAWLESS, judge } from '../support/committed.ts';
import { testBrokers } from '../support/kafka.ts';
import { createInstallation, type Installation, NEVER, openLog, openShard, unitOf } from '../support/shards.ts';
import { TcpLink } from '../support/tcp-link.ts';

async function newInstallation(partitions = 6): Promise<Installation> {
  return createInstallation(testBrokers(), { partitions });
}

function each(accounts: readonly string[], revisions: number): ReadonlyMap<string, number> {
  return new Map(accounts.map((account) => [account, revisions]));
}

async function addPartitions({ brokers, dataTopic }: Installation, count: number): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic: dataTopic, count }] });
  await admin.disconnect();
}

describe('one shard on a real broker', () => {
  test('publishes what it was given, and the next replica recovers where it stood', async () => {
    const installation = await newInstallation();
    const accounts = ['anna', 'ben', 'cleo'];
    const first = openShard(installation, { replica: 'first' });
    await first.shard.start(NEVER);
    await Promise.all(
      accounts.map(async (account) => {
        for (let revision = 1; revision <= 20; revision += 1)
          await first.shard.commit(unitOf(installation, account, revision));
      }),
    );
    await first.close();

    const second = openShard(installation, { replica: 'second' });
    const recovered = await second.shard.start(NEVER);
    await second.close();

    expect(recovered).toMatchObject({ claim: 2, previousReplica: 'first' });
    expect([...recovered.progress.keys()].sort()).toEqual(['a/anna', 'a/ben', 'a/cleo']);
    expect(recovered.progress.get('a/ben')).toBe(unitOf(installation, 'ben', 20).progress[0]?.value);
    expect([...first.observer.replacements, ...second.observer.replacements]).not.toContain('READ_BEHIND');
    const verdict = judge(await committedIds(installation), { revisions: each(accounts, 20), records: 5 });
    expect(verdict).toEqual(FLAWLESS);
  });

  test('publishes a unit of several megabytes for one partition in one transaction', async () => {
    const installation = await newInstallation(1);
    const { shard, observer, close } = openShard(installation);
    await shard.start(NEVER);

    await shard.commit(unitOf(installation, 'anna', 1, { records: 20, padding: 150_000 }));
    await close();

    expect(observer.failures).toEqual([]);
    expect(observer.committed.map(({ units }) => units)).toEqual([0, 1]);
    expect(await committedIdsQuickly(installation, 20)).toHaveLength(20);
  });

  test('rejects a unit with a record that no broker takes, and publishes the others', async () => {
    const installation = await newInstallation();
    const { shard, observer, close } = openShard(installation);
    await shard.start(NEVER);

    const outcomes = await Promise.allSettled([
      shard.commit(unitOf(installation, 'anna', 1)),
      shard.commit(unitOf(installation, 'ben', 1, { records: 1, padding: 1_200_000 })),
      shard.commit(unitOf(installation, 'cleo', 1)),
    ]);
    await shard.commit(unitOf(installation, 'ben', 2));
    await close();

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const reason: unknown = outcomes[1].status === 'rejected' ? outcomes[1].reason : null;
    expect(reason).toBeInstanceOf(RecordRejectedError);
    expect(reason).toMatchObject({ kafkaCode: 'MESSAGE_TOO_LARGE', topic: installation.dataTopic });
    expect(observer.failures.every((failure) => failure === 'data:MESSAGE_TOO_LARGE')).toBe(true);
    const ids = await committedIdsQuickly(installation, 15);
    expect(judge(ids, { revisions: each(['anna', 'cleo'], 1), records: 5 })).toEqual(FLAWLESS);
    expect(ids).not.toContain('ben#1.0');
    expect(ids).toContain('ben#2.0');
  });

  test('notices that a topic got more partitions, and publishes to the new ones', async () => {
    const installation = await newInstallation(2);
    const topic = installation.dataTopic;
    const { shard, changes, close } = openShard(installation);
    await shard.start(NEVER);
    await shard.commit(unitOf(installation, 'anna', 1, { records: 40 }));
    await addPartitions(installation, 6);

    let revision = 1;
    while (changes.length === 0) {
      revision += 1;
      await shard.commit(unitOf(installation, 'anna', revision, { records: 40 }));
    }
    await close();

    expect(changes).toEqual([{ topic, from: 2, to: 6 }]);
    const verdict = judge(await committedIdsQuickly(installation, 40 * revision), {
      revisions: each(['anna'], revision),
      records: 40,
    });
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0 });
  });

  test('refuses to start without its topics, and says how to make them', async () => {
    const installation = {
      name: 'none',
      brokers: testBrokers(),
      dataTopic: 'none.data',
      progressTopic: 'none.progress',
    };
    const { shard, close } = openShard(installation);

    const start = shard.start(NEVER);

    await expect(start).rejects.toThrow(TopologyError);
    await expect(start).rejects.toThrow(/none\.progress, none\.data.*cwa-bridge topics --create/);
    await close();
  });
});

describe('a commit whose answer is lost', () => {
  test.each([
    ['after', true],
    ['before', false],
  ] as const)('is decided by reading back when the link breaks %s the broker has it', async (cut, committed) => {
    const installation = await newInstallation();
    const link = await TcpLink.open();
    const log = openLog(installation, { socketFactory: link.socketFactory });
    const { shard, observer, close } = openShard(installation, { log });
    await shard.start(NEVER);
    await shard.commit(unitOf(installation, 'anna', 1));

    link.cutNext(cut);
    await Promise.all([shard.commit(unitOf(installation, 'anna', 2)), shard.commit(unitOf(installation, 'ben', 1))]);
    await shard.commit(unitOf(installation, 'ben', 2));
    await close();
    await link.close();

    expect(link.cuts).toBe(1);
    expect(observer.resolutions).toEqual([committed, committed]);
    expect(observer.replacements).toHaveLength(1);
    const verdict = judge(await committedIdsQuickly(installation, 20), {
      revisions: each(['anna', 'ben'], 2),
      records: 5,
    });
    expect(verdict).toEqual(FLAWLESS);
  });
});

describe('a zombie', () => {
  test('that has sent and not committed cannot commit after the take-over, and steps down without fencing', async () => {
    const installation = await newInstallation();
    const link = await TcpLink.open();
    const log = openLog(installation, { socketFactory: link.socketFactory });
    const zombie = openShard(installation, { replica: 'zombie', log });
    await zombie.shard.start(NEVER);
    await zombie.shard.commit(unitOf(installation, 'anna', 1));
    const held = link.holdNext();
    const lost = zombie.shard.commit(unitOf(installation, 'anna', 2));
    const steppedDown = expect(lost).rejects.toMatchObject({ reason: 'claimed-by-other' });
    await held.sent;

    const rival = openShard(installation, { replica: 'rival' });
    const recovered = await rival.shard.start(NEVER);
    await rival.shard.commit(unitOf(installation, 'anna', 2));
    held.release();
    await steppedDown;
    await expect(lost).rejects.toThrow(ShardLostError);
    await rival.shard.commit(unitOf(installation, 'anna', 3));

    expect(recovered.previousReplica).toBe('zombie');
    expect(recovered.progress.get('a/anna')).toBe(unitOf(installation, 'anna', 1).progress[0]?.value);
    expect(zombie.observer.fences).toBe(1);
    expect(rival.observer.failures).toEqual([]);
    await zombie.close();
    await rival.close();
    await link.close();
    const verdict = judge(await committedIds(installation), { revisions: each(['anna'], 3), records: 5 });
    expect(verdict).toEqual(FLAWLESS);
  });
});
