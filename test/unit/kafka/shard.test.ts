import { describe, expect, test } from 'vitest';

import { formatClaim } from '../../../src/kafka/claim-record.ts';
import type { CommitUnit } from '../../../src/kafka/commit-unit.ts';
import { type Ownership, SOLE_OWNER } from '../../../src/kafka/ownership.ts';
import { Shard } from '../../../src/kafka/shard.ts';
import { RecordRejectedError, ShardLostError, TopologyError } from '../../../src/kafka/shard-errors.ts';
import { SHARD_DEFAULTS, type ShardSettings } from '../../../src/kafka/shard-settings.ts';
import { type PartitionsChanged, Topology } from '../../../src/kafka/topology.ts';
import { FakeClock, FakeKafka } from '../../support/fake-kafka.ts';
import { outgoingRecord } from '../../support/outgoing.ts';
import { NEVER, RecordingObserver, SILENT } from '../../support/shards.ts';

const DATA = 'cwa.presence';
const PROGRESS = 'cwa.progress';

function newKafka(): FakeKafka {
  return new FakeKafka({ [DATA]: 4, [PROGRESS]: 2 });
}

interface Options {
  readonly nonce?: string;
  readonly replica?: string;
  readonly clock?: FakeClock;
  readonly ownership?: Ownership;
  readonly settings?: Partial<ShardSettings>;
}

function newShard(kafka: FakeKafka, options: Options = {}) {
  const { nonce = 'nonce-a', replica = 'a', clock = new FakeClock(), ownership = SOLE_OWNER } = options;
  const observer = new RecordingObserver();
  const changes: PartitionsChanged[] = [];
  const identity = { shard: 1, shards: 2, installation: 'inst', replica, progressTopic: PROGRESS };
  const topology = new Topology({
    log: kafka,
    dataTopics: [DATA],
    progressTopic: PROGRESS,
    shards: 2,
    clock,
    logger: SILENT,
    maxAgeMs: 60_000,
  });
  const shard = new Shard({
    identity,
    settings: { ...SHARD_DEFAULTS, ...options.settings },
    log: kafka,
    topology,
    ownership,
    observer,
    logger: SILENT,
    clock,
    random: () => 0.5,
    nonce,
    onPartitionsChanged: (change) => changes.push(change),
  });
  return { shard, observer, clock, changes, topology };
}

function unit(accountId: string, revision: number, size = 10): CommitUnit {
  return {
    accountId,
    records: [outgoingRecord({ topic: DATA, key: accountId, value: `${accountId}#${String(revision)}`.padEnd(size) })],
    progress: [{ key: `a/${accountId}`, value: `${accountId}@${String(revision)}` }],
  };
}

function published(kafka: FakeKafka): readonly string[] {
  return kafka
    .values(DATA)
    .map((value) => value.trim())
    .sort();
}

describe('start', () => {
  test('fences, reads what is committed and claims the next number', async () => {
    const kafka = newKafka();
    const claim = { claim: 6, replica: 'b', installation: 'inst', nonce: 'nonce-b', shards: 2, at: 1 };
    kafka.write(PROGRESS, 1, 'a/anna', 'anna@3');
    kafka.write(PROGRESS, 1, 's/1', formatClaim(claim));
    const { shard } = newShard(kafka);

    const recovered = await shard.start(NEVER);

    expect(recovered).toEqual({ shard: 1, claim: 7, progress: new Map([['a/anna', 'anna@3']]), previousReplica: 'b' });
    expect(kafka.fences).toBe(1);
    expect(kafka.values(PROGRESS).at(-1)).toContain('"claim":7');
    expect(shard.status).toMatchObject({ state: 'claimed', claim: 7, pendingUnits: 0 });
  });

  test('tries again with growing pauses while Kafka is away', async () => {
    const kafka = newKafka();
    kafka.breakNextFence('ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED');
    const { shard, clock, observer } = newShard(kafka);

    await shard.start(NEVER);

    expect(clock.sleeps).toEqual([75, 150, 300, 600, 1200]);
    expect(observer.replacements).toHaveLength(5);
  });

  test('counts its own claim once more when the answer to the first was lost', async () => {
    const kafka = newKafka();
    kafka.breakNextClaim({ at: 'lost-answer', code: 'ECONNRESET' });

    const recovered = await newShard(kafka).shard.start(NEVER);

    expect(recovered).toMatchObject({ claim: 2, previousReplica: null });
  });

  test('leaves the shard to another replica that claimed while our own claim was in doubt', async () => {
    const kafka = newKafka();
    const { shard, clock } = newShard(kafka);
    kafka.breakNextClaim({ at: 'commit', code: 'ECONNRESET' });
    clock.sleep = () =>
      newShard(kafka, { nonce: 'nonce-b', replica: 'b' })
        .shard.start(NEVER)
        .then(() => undefined);

    await expect(shard.start(NEVER)).rejects.toMatchObject({ reason: 'claimed-by-other' });
    expect(kafka.fences).toBe(2);
  });

  test('ends when the signal aborts', async () => {
    const kafka = newKafka();
    const stop = new AbortController();
    const { shard, clock } = newShard(kafka);
    kafka.breakNextFence('ECONNREFUSED');
    clock.sleep = () => {
      stop.abort(new Error('stopped'));
      return Promise.resolve();
    };

    await expect(shard.start(stop.signal)).rejects.toThrow('stopped');
  });

  test.each([
    ['shards', { shards: 3, installation: 'inst' }, /claimed with 3 shards/],
    ['the installation', { shards: 2, installation: 'other' }, /belongs to the installation "other"/],
  ])('refuses a progress topic in which %s differ', async (_what, difference, message) => {
    const kafka = newKafka();
    const claim = { claim: 1, replica: 'b', nonce: 'n', at: 1, ...difference };
    kafka.write(PROGRESS, 1, 's/1', formatClaim(claim));

    const start = newShard(kafka).shard.start(NEVER);

    await expect(start).rejects.toThrow(TopologyError);
    await expect(start).rejects.toThrow(message);
  });

  test('does not fence when it is not the owner', async () => {
    const kafka = newKafka();

    const start = newShard(kafka, { ownership: { confirm: () => Promise.resolve(false) } }).shard.start(NEVER);

    await expect(start).rejects.toMatchObject({ reason: 'not-owner' });
    expect(kafka.fences).toBe(0);
  });
});

describe('commit', () => {
  test('publishes records and progress in one transaction', async () => {
    const kafka = newKafka();
    const { shard, observer } = newShard(kafka);
    await shard.start(NEVER);

    await shard.commit(unit('anna', 1));

    expect(published(kafka)).toEqual(['anna#1']);
    expect(kafka.plans.at(-1)?.first[0]).toMatchObject({ topic: PROGRESS, partition: 1 });
    expect(kafka.values(PROGRESS)).toContain('anna@1');
    expect(observer.committed.at(-1)).toMatchObject({ units: 1, records: 2 });
  });

  test('gathers the units that arrive while a transaction runs', async () => {
    const kafka = newKafka();
    const { shard, observer } = newShard(kafka);
    await shard.start(NEVER);

    const first = shard.commit(unit('anna', 1));
    let others: Promise<unknown> = Promise.resolve();
    kafka.beforeCommit = () => {
      kafka.beforeCommit = () => Promise.resolve();
      others = Promise.all([shard.commit(unit('ben', 1)), shard.commit(unit('cleo', 1))]);
      return Promise.resolve();
    };
    await first;
    await others;

    expect(observer.committed.map(({ units }) => units)).toEqual([0, 1, 2]);
  });

  test('keeps a unit pending until Kafka is back', async () => {
    const kafka = newKafka();
    const { shard, observer } = newShard(kafka);
    await shard.start(NEVER);
    kafka.breakNext({ at: 'progress', code: 'ECONNRESET' });
    kafka.breakNextFence(...Array.from({ length: 20 }, () => 'ECONNREFUSED'));

    await shard.commit(unit('anna', 1));

    expect(published(kafka)).toEqual(['anna#1']);
    expect(observer.replacements).toHaveLength(21);
    expect(shard.status).toMatchObject({ state: 'claimed', lastErrorCode: 'ECONNREFUSED' });
  });

  test.each(['progress', 'data', 'commit'] as const)(
    'publishes once when the transaction fails in phase %s and did not take place',
    async (at) => {
      const kafka = newKafka();
      const { shard, observer } = newShard(kafka);
      await shard.start(NEVER);
      kafka.breakNext({ at, code: 'KafkaJSConnectionError' });

      await Promise.all([shard.commit(unit('anna', 1)), shard.commit(unit('ben', 1))]);

      expect(published(kafka)).toEqual(['anna#1', 'ben#1']);
      expect(observer.failures).toEqual([`${at}:KafkaJSConnectionError`]);
      expect(observer.resolutions).toEqual(at === 'commit' ? [false, false] : []);
    },
  );

  test('publishes once when only the answer to the commit was lost', async () => {
    const kafka = newKafka();
    const { shard, observer } = newShard(kafka);
    await shard.start(NEVER);
    kafka.breakNext({ at: 'lost-answer', code: 'KafkaJSRequestTimeoutError' });

    await Promise.all([shard.commit(unit('anna', 1)), shard.commit(unit('ben', 1))]);

    expect(published(kafka)).toEqual(['anna#1', 'ben#1']);
    expect(observer.resolutions).toEqual([true, true]);
    expect(kafka.fences).toBe(2);
  });

  test.each([1, 2, 3, 4])(
    'does not believe a read that ended before the commit in doubt (stale reads: %i)',
    async (count) => {
      const kafka = newKafka();
      const { shard, observer } = newShard(kafka);
      await shard.start(NEVER);
      kafka.breakNext({ at: 'lost-answer', code: 'KafkaJSRequestTimeoutError' });
      // The unit's progress and its marker are not seen.
      kafka.staleReads = { count, offsets: 2 };

      await shard.commit(unit('anna', 1));

      expect(published(kafka)).toEqual(['anna#1']);
      expect(observer.resolutions).toEqual([true]);
    },
  );

  test('waits while the log ends before what it knows to be committed', async () => {
    const kafka = newKafka();
    const { shard, observer } = newShard(kafka);
    await shard.start(NEVER);
    await shard.commit(unit('anna', 1));
    kafka.breakNext({ at: 'data', code: 'NOT_LEADER_FOR_PARTITION' });
    kafka.staleReads = { count: 6, offsets: 4 };

    await shard.commit(unit('anna', 2));

    expect(published(kafka)).toEqual(['anna#1', 'anna#2']);
    expect(observer.replacements.slice(1)).toEqual(['READ_BEHIND', 'READ_BEHIND', 'READ_BEHIND']);
  });

  test('retries alone what was not committed, then goes on in groups', async () => {
    const kafka = newKafka();
    const { shard, observer } = newShard(kafka);
    await shard.start(NEVER);
    kafka.breakNext({ at: 'data', code: 'NOT_LEADER_FOR_PARTITION' });

    await Promise.all([shard.commit(unit('anna', 1)), shard.commit(unit('ben', 1))]);
    await Promise.all([shard.commit(unit('anna', 2)), shard.commit(unit('ben', 2))]);

    expect(observer.committed.map(({ units }) => units)).toEqual([0, 0, 1, 1, 2]);
  });

  test('rejects the unit that the broker refuses alone, and no other', async () => {
    const kafka = newKafka();
    const { shard } = newShard(kafka);
    await shard.start(NEVER);
    kafka.breakNext({ at: 'data', code: 'MESSAGE_TOO_LARGE' }, { at: 'data', code: 'MESSAGE_TOO_LARGE' });

    const [anna, ben, cleo] = await Promise.allSettled(
      ['anna', 'ben', 'cleo'].map((account) => shard.commit(unit(account, 1))),
    );

    expect(anna).toMatchObject({ status: 'rejected', reason: { kafkaCode: 'MESSAGE_TOO_LARGE' } });
    expect((anna as PromiseRejectedResult).reason).toBeInstanceOf(RecordRejectedError);
    expect([ben?.status, cleo?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(published(kafka)).toEqual(['ben#1', 'cleo#1']);
  });

  test('does not reject a unit for an error that is not about its records', async () => {
    const kafka = newKafka();
    const { shard } = newShard(kafka);
    await shard.start(NEVER);
    kafka.breakNext(...Array.from({ length: 5 }, () => ({ at: 'data', code: 'TOPIC_AUTHORIZATION_FAILED' }) as const));

    await shard.commit(unit('anna', 1));

    expect(published(kafka)).toEqual(['anna#1']);
  });

  test('lets others publish between the attempts of a unit that fails again and again', async () => {
    const kafka = newKafka();
    const { shard } = newShard(kafka);
    await shard.start(NEVER);
    const broken = { at: 'data', code: 'KafkaJSConnectionClosedError' } as const;
    kafka.breakNext(broken, broken, null, broken, null);
    const order: string[] = [];

    const anna = shard.commit(unit('anna', 1)).then(() => order.push('anna'));
    await new Promise((resolve) => setImmediate(resolve));
    await shard.commit(unit('ben', 1)).then(() => order.push('ben'));
    await anna;

    expect(order).toEqual(['ben', 'anna']);
  });

  test('refuses a second unit of an account before the first is settled', async () => {
    const { shard } = newShard(newKafka());
    await shard.start(NEVER);

    const first = shard.commit(unit('anna', 1));

    await expect(shard.commit(unit('anna', 2))).rejects.toThrow('has a unit under way');
    await first;
  });

  test('starts a transaction with the new number of partitions only after saying so', async () => {
    const kafka = newKafka();
    const { shard, changes, topology } = newShard(kafka);
    await shard.start(NEVER);
    kafka.beforeCommit = async () => {
      kafka.beforeCommit = () => Promise.resolve();
      kafka.counts.set(DATA, 8);
      await topology.refresh(NEVER);
      expect(changes).toEqual([]);
    };

    await shard.commit(unit('anna', 1));
    await shard.commit(unit('anna', 2));

    expect(changes).toEqual([{ topic: DATA, from: 4, to: 8 }]);
  });
});

describe('losing the shard', () => {
  test('a zombie whose shard was claimed steps down and does not fence the new owner', async () => {
    const kafka = newKafka();
    const zombie = newShard(kafka);
    const rival = newShard(kafka, { nonce: 'nonce-b', replica: 'b' });
    await zombie.shard.start(NEVER);
    kafka.beforeCommit = async () => {
      kafka.beforeCommit = () => Promise.resolve();
      await rival.shard.start(NEVER);
      await rival.shard.commit(unit('anna', 1));
    };

    const lost = zombie.shard.commit(unit('anna', 1));

    await expect(lost).rejects.toThrow(ShardLostError);
    await expect(lost).rejects.toMatchObject({ reason: 'claimed-by-other' });
    expect(kafka.fences).toBe(2);
    expect(published(kafka)).toEqual(['anna#1']);
    await rival.shard.commit(unit('anna', 2));
    expect(zombie.shard.status.state).toBe('lost');
    await expect(zombie.shard.commit(unit('anna', 3))).rejects.toThrow(ShardLostError);
  });

  test('steps down without fencing when it is no longer the owner', async () => {
    const kafka = newKafka();
    let isOwner = true;
    const { shard } = newShard(kafka, { ownership: { confirm: () => Promise.resolve(isOwner) } });
    await shard.start(NEVER);
    isOwner = false;
    kafka.breakNext({ at: 'commit', code: 'KafkaJSConnectionError' });

    await expect(shard.commit(unit('anna', 1))).rejects.toMatchObject({ reason: 'not-owner' });
    expect(kafka.fences).toBe(1);
  });

  test('waits after being fenced, so that the other side can claim', async () => {
    const kafka = newKafka();
    const { shard, clock, observer } = newShard(kafka);
    await shard.start(NEVER);
    kafka.breakNext({ at: 'data', code: 'INVALID_PRODUCER_EPOCH' });

    await shard.commit(unit('anna', 1));

    expect(clock.sleeps).toContain(1_000);
    expect(observer.fences).toBe(1);
  });

  test('stops when it is fenced three times in ten minutes, and says why', async () => {
    const kafka = newKafka();
    const { shard } = newShard(kafka);
    await shard.start(NEVER);
    const fenced = { at: 'commit', code: 'INVALID_PRODUCER_EPOCH' } as const;
    kafka.breakNext(fenced, fenced, fenced);

    const lost = shard.commit(unit('anna', 1));

    await expect(lost).rejects.toMatchObject({ reason: 'fenced-repeatedly', disposition: 'fatal' });
    await expect(lost).rejects.toThrow('two installations share the same name');
    expect(published(kafka)).toEqual([]);
  });

  test('goes on when it is fenced three times in more than ten minutes', async () => {
    const kafka = newKafka();
    const { shard, clock } = newShard(kafka);
    await shard.start(NEVER);
    const fenced = { at: 'commit', code: 'INVALID_PRODUCER_EPOCH' } as const;
    for (let revision = 1; revision <= 4; revision += 1) {
      kafka.breakNext(fenced);
      await shard.commit(unit('anna', revision));
      clock.advance(5 * 60_000);
    }

    expect(published(kafka)).toHaveLength(4);
  });

  test('does not take a transaction that grew too old for a rival', async () => {
    const kafka = newKafka();
    const { shard, clock, observer } = newShard(kafka);
    await shard.start(NEVER);
    const fenced = { at: 'commit', code: 'INVALID_PRODUCER_EPOCH' } as const;
    kafka.breakNext(fenced, fenced, fenced, fenced);
    kafka.beforeCommit = () => {
      clock.advance(31_000);
      return Promise.resolve();
    };

    await shard.commit(unit('anna', 1));

    expect(observer.fences).toBe(0);
    expect(observer.replacements).toEqual(Array.from({ length: 4 }, () => 'TRANSACTION_TIMED_OUT'));
  });

  test('rejects everything that waits', async () => {
    const kafka = newKafka();
    let isOwner = true;
    const { shard } = newShard(kafka, {
      ownership: { confirm: () => Promise.resolve(isOwner) },
      settings: { groupBytesMax: 1 },
    });
    await shard.start(NEVER);
    isOwner = false;
    kafka.breakNext({ at: 'data', code: 'KafkaJSConnectionError' });

    const outcomes = await Promise.allSettled(['anna', 'ben'].map((account) => shard.commit(unit(account, 1))));

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(shard.status.pendingUnits).toBe(0);
  });
});

describe('stop', () => {
  test('lets the running transaction finish and refuses what waits', async () => {
    const kafka = newKafka();
    const { shard } = newShard(kafka, { settings: { groupBytesMax: 1 } });
    await shard.start(NEVER);
    let stopped: Promise<void> = Promise.resolve();
    kafka.beforeCommit = async () => {
      stopped = shard.stop();
      await new Promise((resolve) => setImmediate(resolve));
    };

    const [anna, ben] = await Promise.allSettled(['anna', 'ben'].map((account) => shard.commit(unit(account, 1))));
    await stopped;

    expect(anna?.status).toBe('fulfilled');
    expect(ben).toMatchObject({ status: 'rejected', reason: { reason: 'stopped' } });
    expect(published(kafka)).toEqual(['anna#1']);
    await expect(shard.commit(unit('anna', 2))).rejects.toMatchObject({ reason: 'stopped' });
  });

  test('does not wait for Kafka to come back', async () => {
    const kafka = newKafka();
    const { shard, clock } = newShard(kafka);
    await shard.start(NEVER);
    kafka.breakNext({ at: 'commit', code: 'ECONNRESET' });
    kafka.breakNextFence(...Array.from({ length: 100 }, () => 'ECONNREFUSED'));
    const lost = shard.commit(unit('anna', 1));
    const refused = expect(lost).rejects.toMatchObject({ reason: 'stopped' });
    while (clock.sleeps.length < 5) await new Promise((resolve) => setImmediate(resolve));

    await shard.stop();

    await refused;
    expect(kafka.fences).toBe(1);
    expect(shard.status.state).toBe('stopped');
  });
});
