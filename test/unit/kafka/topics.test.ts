import { describe, expect, test } from 'vitest';

import type { TopicAdmin, TopicDescription, TopicPlan } from '../../../src/kafka/topic-admin.ts';
import { createTopics, diffTopics, planTopics, type TopicPlanOptions } from '../../../src/kafka/topics.ts';
import { NEVER } from '../../support/shards.ts';

const NAMES = { presence: 'cwa.presence', current: 'cwa.presence.current', progress: 'cwa.progress' };

function planned(options: Partial<TopicPlanOptions> = {}): readonly TopicPlan[] {
  return planTopics({
    names: NAMES,
    partitions: 6,
    shards: 4,
    retentionMs: 1_000,
    replicationFactor: null,
    brokers: 1,
    ...options,
  });
}

/** Keeps topics as they were created. */
class MemoryAdmin implements TopicAdmin {
  readonly topics = new Map<string, TopicDescription>();

  describeTopic(topic: string): Promise<TopicDescription | null> {
    return Promise.resolve(this.topics.get(topic) ?? null);
  }

  createTopics(plans: readonly TopicPlan[]): Promise<void> {
    for (const plan of plans) this.topics.set(plan.name, plan);
    return Promise.resolve();
  }

  brokerCount(): Promise<number> {
    return Promise.resolve(1);
  }
}

describe('planTopics', () => {
  test('plans data, current state and progress each with their settings', () => {
    const plans = planned();

    expect(plans.map(({ name, partitions, settings }) => [name, partitions, Object.fromEntries(settings)])).toEqual([
      ['cwa.presence', 6, { 'cleanup.policy': 'delete', 'retention.ms': '1000', 'min.insync.replicas': '1' }],
      ['cwa.presence.current', 6, { 'cleanup.policy': 'compact', 'min.insync.replicas': '1' }],
      [
        'cwa.progress',
        4,
        {
          'cleanup.policy': 'compact',
          'segment.bytes': '33554432',
          'segment.ms': '600000',
          'min.cleanable.dirty.ratio': '0.1',
          'max.compaction.lag.ms': '3600000',
          'min.insync.replicas': '1',
        },
      ],
    ]);
  });

  test.each([
    [1, null, 1, '1'],
    [2, null, 1, '1'],
    [3, null, 3, '2'],
    [5, null, 3, '2'],
    [5, 1, 1, '1'],
    [1, 3, 3, '2'],
  ])('with %i brokers and replication factor %s it plans %i replicas, %s in sync', (brokers, given, factor, inSync) => {
    for (const plan of planned({ brokers, replicationFactor: given })) {
      expect([plan.replicationFactor, plan.settings.get('min.insync.replicas')]).toEqual([factor, inSync]);
    }
  });
});

test('createTopics makes what is missing and leaves the rest', async () => {
  const admin = new MemoryAdmin();
  const other = { name: 'cwa.presence', partitions: 1, replicationFactor: 1, settings: new Map<string, string>() };
  admin.topics.set('cwa.presence', other);

  expect(await createTopics(admin, planned(), NEVER)).toEqual(['cwa.presence.current', 'cwa.progress']);
  expect(admin.topics.get('cwa.presence')).toBe(other);
  expect(await createTopics(admin, planned(), NEVER)).toEqual([]);
});

describe('diffTopics', () => {
  test('finds nothing to say about topics as planned', async () => {
    const admin = new MemoryAdmin();
    await createTopics(admin, planned(), NEVER);

    expect(await diffTopics(admin, planned(), NEVER)).toEqual([]);
  });

  test('names every difference', async () => {
    const admin = new MemoryAdmin();
    await createTopics(admin, planned(), NEVER);
    admin.topics.delete('cwa.presence');
    const settings = new Map([['cleanup.policy', 'compact,delete']]);
    admin.topics.set('cwa.presence.current', {
      name: 'cwa.presence.current',
      partitions: 3,
      replicationFactor: 2,
      settings,
    });

    expect(await diffTopics(admin, planned(), NEVER)).toEqual([
      { topic: 'cwa.presence', what: 'topic', expected: 'exists', actual: 'missing' },
      { topic: 'cwa.presence.current', what: 'partitions', expected: '6', actual: '3' },
      { topic: 'cwa.presence.current', what: 'replicationFactor', expected: '1', actual: '2' },
      { topic: 'cwa.presence.current', what: 'cleanup.policy', expected: 'compact', actual: 'compact,delete' },
      { topic: 'cwa.presence.current', what: 'min.insync.replicas', expected: '1', actual: 'not set' },
    ]);
  });
});
