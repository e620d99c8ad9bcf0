import type { TopicAdmin, TopicDescription, TopicPlan } from './topic-admin.ts';

/** What a topic is for; its name comes from the configuration. */
type TopicRole =
  | 'presence'
  | 'current'
  | 'signin'
  | 'contacts'
  | 'conversations'
  | 'requests'
  | 'unknown'
  | 'operations'
  | 'deadletter'
  | 'progress'
  | 'orders';

export interface TopicPlanOptions {
  /** The topics to plan, by role. */
  readonly names: Readonly<Partial<Record<TopicRole, string>>>;
  /** Partitions of each data topic; small, because each costs a send in a transaction. */
  readonly partitions: number;
  /** Partitions of the progress topic and the orders topic, fixed for the life of an installation. */
  readonly shards: number;
  readonly retentionMs: number;
  /** Null: 3 where there are three brokers, else 1. */
  readonly replicationFactor: number | null;
  readonly brokers: number;
}

type Cleanup = 'delete' | 'compact' | 'progress' | 'orders';

/** An order is carried out at once or at the next start; one that nobody took for so long is meant no more. */
const ORDERS_RETENTION_MS = 7 * 24 * 60 * 60_000;

/** Settings of design §7. */
const CLEANUP: Readonly<Record<TopicRole, Cleanup>> = {
  presence: 'delete',
  current: 'compact',
  signin: 'delete',
  contacts: 'delete',
  conversations: 'delete',
  requests: 'delete',
  unknown: 'delete',
  operations: 'delete',
  deadletter: 'delete',
  progress: 'progress',
  orders: 'orders',
};

/** What the topics of an installation should be. Pure. */
export function planTopics(options: TopicPlanOptions): readonly TopicPlan[] {
  const replicationFactor = options.replicationFactor ?? (options.brokers >= 3 ? 3 : 1);
  const plans: TopicPlan[] = [];
  for (const [role, cleanup] of Object.entries(CLEANUP) as readonly [TopicRole, Cleanup][]) {
    const name = options.names[role];
    if (name === undefined) continue;
    const settings = new Map([
      ...settingsFor(cleanup, options.retentionMs),
      ['min.insync.replicas', replicationFactor >= 3 ? '2' : '1'] as const,
    ]);
    plans.push({
      name,
      partitions: role === 'progress' || role === 'orders' ? options.shards : options.partitions,
      replicationFactor,
      settings,
    });
  }
  return plans;
}

function settingsFor(cleanup: Cleanup, retentionMs: number): readonly (readonly [string, string])[] {
  switch (cleanup) {
    case 'delete':
      return [
        ['cleanup.policy', 'delete'],
        ['retention.ms', String(retentionMs)],
      ];
    case 'orders':
      return settingsFor('delete', ORDERS_RETENTION_MS);
    case 'compact':
      return [['cleanup.policy', 'compact']];
    case 'progress':
      // Recovery reads the whole partition: small segments and eager cleaning keep it short.
      return [
        ['cleanup.policy', 'compact'],
        ['segment.bytes', String(32 * 1024 * 1024)],
        ['segment.ms', String(10 * 60_000)],
        ['min.cleanable.dirty.ratio', '0.1'],
        ['max.compaction.lag.ms', String(60 * 60_000)],
      ];
  }
}

/** Makes the planned topics that do not exist and returns their names. Those that exist are left as they are. */
export async function createTopics(
  admin: TopicAdmin,
  plans: readonly TopicPlan[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing: TopicPlan[] = [];
  for (const plan of plans) {
    if ((await admin.describeTopic(plan.name, signal)) === null) missing.push(plan);
  }
  if (missing.length > 0) await admin.createTopics(missing, signal);
  return missing.map(({ name }) => name);
}

export interface TopicDifference {
  readonly topic: string;
  /** `topic`, `partitions`, `replicationFactor`, or the name of a setting. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

/** What of the plans is otherwise in Kafka. Settings that are not planned are not looked at. */
export async function diffTopics(
  admin: TopicAdmin,
  plans: readonly TopicPlan[],
  signal: AbortSignal,
): Promise<readonly TopicDifference[]> {
  const differences: TopicDifference[] = [];
  for (const plan of plans) differences.push(...differencesOf(plan, await admin.describeTopic(plan.name, signal)));
  return differences;
}

/** Differences of one topic; null if it does not exist. Pure. */
export function differencesOf(plan: TopicPlan, actual: TopicDescription | null): readonly TopicDifference[] {
  const topic = plan.name;
  if (actual === null) return [{ topic, what: 'topic', expected: 'exists', actual: 'missing' }];
  const pairs: [what: string, expected: string, actual: string][] = [
    ['partitions', String(plan.partitions), String(actual.partitions)],
    ['replicationFactor', String(plan.replicationFactor), String(actual.replicationFactor)],
  ];
  for (const [name, value] of plan.settings) pairs.push([name, value, actual.settings.get(name) ?? 'not set']);
  return pairs
    .filter(([, wanted, found]) => wanted !== found)
    .map(([what, expected, found]) => ({ topic, what, expected, actual: found }));
}
