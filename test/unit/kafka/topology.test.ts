import { describe, expect, test } from 'vitest';

import { partitionChanges, Topology } from '../../../src/kafka/topology.ts';
import { FakeClock, FakeKafka, failure } from '../../support/fake-kafka.ts';
import { NEVER, SILENT } from '../../support/shards.ts';

function newTopology(kafka: FakeKafka, clock = new FakeClock()): Topology {
  return new Topology({
    log: kafka,
    dataTopics: ['data'],
    progressTopic: 'progress',
    shards: 3,
    clock,
    logger: SILENT,
    maxAgeMs: 1_000,
  });
}

describe('refresh', () => {
  test('reads the partitions of all topics', async () => {
    const topology = newTopology(new FakeKafka({ data: 2, progress: 3 }));

    await topology.refresh(NEVER);

    expect([...topology.layout].map(([topic, leaders]) => [topic, leaders.length])).toEqual([
      ['progress', 3],
      ['data', 2],
    ]);
  });

  test('waits for a topic that was just made', async () => {
    const kafka = new FakeKafka({ progress: 3 });
    const clock = new FakeClock();
    const topology = newTopology(kafka, clock);
    clock.sleep = () => {
      kafka.counts.set('data', 1);
      return Promise.resolve();
    };

    await topology.refresh(NEVER);

    expect(topology.layout.get('data')).toHaveLength(1);
  });

  test('names the topics that are missing, and the remedy', async () => {
    const refresh = newTopology(new FakeKafka({ progress: 3 })).refresh(NEVER);

    await expect(refresh).rejects.toMatchObject({ code: 'topics-missing', disposition: 'fatal' });
    await expect(refresh).rejects.toThrow('do not exist: data. Create them with `cwa-bridge topics --create`');
  });

  test('refuses another number of shards, and says what to set', async () => {
    const refresh = newTopology(new FakeKafka({ data: 1, progress: 6 })).refresh(NEVER);

    await expect(refresh).rejects.toMatchObject({ code: 'shards-differ', disposition: 'fatal' });
    await expect(refresh).rejects.toThrow('set `kafka.shards` to 6');
  });

  test.each(['delete', 'compact,delete', 'delete, compact'])(
    'refuses progress with cleanup.policy=%s',
    async (policy) => {
      const kafka = new FakeKafka({ data: 1, progress: 3 });
      kafka.settings.set('cleanup.policy', policy);

      await expect(newTopology(kafka).refresh(NEVER)).rejects.toMatchObject({ code: 'progress-not-compacted' });
    },
  );

  test('goes on without the right to read topic settings', async () => {
    const kafka = new FakeKafka({ data: 1, progress: 3 });
    kafka.topicSettings = () => Promise.reject(failure('admin', 'TOPIC_AUTHORIZATION_FAILED'));

    await expect(newTopology(kafka).refresh(NEVER)).resolves.toBeUndefined();
  });

  test('asks once for all who ask at the same time, and lets one of them give up', async () => {
    const kafka = new FakeKafka({ data: 1, progress: 3 });
    const topology = newTopology(kafka);
    let asked = 0;
    const answer = kafka.layout.bind(kafka);
    kafka.layout = (topics) => {
      asked += 1;
      return answer(topics);
    };
    const impatient = new AbortController();

    const [first, second] = [topology.refresh(impatient.signal), topology.refresh(NEVER)];
    impatient.abort(new Error('given up'));

    await expect(first).rejects.toThrow('given up');
    await expect(second).resolves.toBeUndefined();
    expect(asked).toBe(1);
  });
});

test('refreshIfOld reads again only when the layout is old', async () => {
  const kafka = new FakeKafka({ data: 1, progress: 3 });
  const clock = new FakeClock();
  const topology = newTopology(kafka, clock);
  await topology.refresh(NEVER);
  kafka.counts.set('data', 5);

  topology.refreshIfOld(NEVER);
  await topology.refresh(NEVER);
  kafka.counts.set('data', 7);
  clock.advance(999);
  topology.refreshIfOld(NEVER);
  await new Promise((resolve) => setImmediate(resolve));
  expect(topology.layout.get('data')).toHaveLength(5);

  clock.advance(1);
  topology.refreshIfOld(NEVER);
  await new Promise((resolve) => setImmediate(resolve));
  expect(topology.layout.get('data')).toHaveLength(7);
});

test('partitionChanges names topics whose count differs, and none that are new', () => {
  const before = new Map([
    ['a', [1]],
    ['b', [1, 2]],
  ]);
  const after = new Map([
    ['a', [1, 2, 3]],
    ['b', [2, 1]],
    ['c', [1]],
  ]);

  expect(partitionChanges(before, after)).toEqual([{ topic: 'a', from: 1, to: 3 }]);
});
