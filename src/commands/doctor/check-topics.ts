import type { KafkaError } from '../../kafka/kafka-error.ts';
import type { KafkajsProbe } from '../../kafka/kafkajs/probe.ts';
import type { TopicPlan } from '../../kafka/topic-admin.ts';
import { deniedBy } from './rights.ts';
import type { Section } from './section.ts';
import { noLeader, type SeenTopic, verdictOnReplicas, verdictsOnSettings } from './topic-verdicts.ts';
import { failed, ok, warning } from './verdict.ts';

export interface TopicsWanted {
  readonly plans: readonly TopicPlan[];
  /** Name of the orders topic, without which `run` only does not hear its operators. */
  readonly orders: string;
  /** Name of the progress topic, whose partitions are the shards, which have a check of their own. */
  readonly progress: string;
}

export interface TopicsSeen {
  /** Partitions of each topic that is there. */
  readonly partitions: ReadonlyMap<string, number>;
  /** Topics without DESCRIBE: whether they exist is not known. */
  readonly hidden: ReadonlySet<string>;
}

/** Compares the topics with what they should be, as `topics --diff` does, and looks at their replicas. */
export async function checkTopics(
  { plans, orders, progress }: TopicsWanted,
  probe: KafkajsProbe,
  section: Section,
  signal: AbortSignal,
): Promise<TopicsSeen> {
  const seen: SeenTopic[] = [];
  const missing: string[] = [];
  const hidden: string[] = [];
  const leaderless: string[] = [];
  for (const plan of plans) {
    const health = await probe.topic(plan.name, signal).catch((error: unknown) => error as KafkaError);
    if ('partitions' in health) seen.push({ plan, health, settings: await settingsOf(plan.name, probe, signal) });
    else if (health.kafkaCode === 'UNKNOWN_TOPIC_OR_PARTITION') missing.push(plan.name);
    else if (deniedBy(health)) hidden.push(plan.name);
    else leaderless.push(plan.name);
  }
  addPresence(section, plans.length, { missing, hidden, orders });
  addReplicas(section, seen, leaderless);
  addSettings(section, seen, shardTopics(seen, { progress, orders }));
  return {
    partitions: new Map(seen.map(({ plan, health }) => [plan.name, health.partitions.length])),
    hidden: new Set(hidden),
  };
}

async function settingsOf(
  topic: string,
  probe: KafkajsProbe,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  try {
    return await probe.topicSettings(topic, signal);
  } catch (error) {
    if (deniedBy(error)) return null;
    throw error;
  }
}

function addPresence(
  section: Section,
  count: number,
  { hidden, missing, orders }: { missing: readonly string[]; hidden: readonly string[]; orders: string },
): void {
  if (hidden.length > 0) {
    section.add(
      'describe',
      failed(
        'acl-describe',
        `no right to see ${hidden.join(', ')}`,
        'allow DESCRIBE on these topics (WRITE or READ imply it): `kafka-acls.sh --add --allow-principal User:… --operation Describe --topic …`',
      ),
    );
  }
  const remedy = 'make them: `cwa-bridge topics --create`; or correct `kafka.topics.prefix` and `kafka.topics.names`';
  const told = `these topics do not exist: ${missing.join(', ')}`;
  if (missing.some((topic) => topic !== orders)) section.add('topics', failed('topics-missing', told, remedy));
  else if (missing.length > 0)
    section.add('topics', warning('orders-topic-missing', `${told}; \`run\` hears no orders`, remedy));
  else if (hidden.length === 0) section.add('topics', ok(`all ${String(count)} topics exist`));
}

function addReplicas(section: Section, seen: readonly SeenTopic[], leaderless: readonly string[]): void {
  const verdicts = [
    ...leaderless.map((topic) => noLeader(topic)),
    ...seen.map(verdictOnReplicas).filter((verdict) => verdict !== null),
  ];
  for (const verdict of verdicts) section.add('replicas', verdict);
  if (verdicts.length === 0 && seen.length > 0) section.add('replicas', ok('every partition has its replicas in sync'));
}

/**
 * The topics whose number of partitions is left to the check of the shards: the progress topic, and where that differs
 * the orders topic, which has as many.
 */
function shardTopics(
  seen: readonly SeenTopic[],
  { orders, progress }: { readonly orders: string; readonly progress: string },
): readonly string[] {
  const shards = seen.find(({ plan }) => plan.name === progress);
  const areAsPlanned = shards === undefined || shards.health.partitions.length === shards.plan.partitions;
  return areAsPlanned ? [progress] : [progress, orders];
}

function addSettings(section: Section, seen: readonly SeenTopic[], shards: readonly string[]): void {
  const closed = seen.filter(({ settings }) => settings === null).map(({ plan }) => plan.name);
  if (closed.length > 0) {
    section.add(
      'settings',
      warning(
        'acl-describe-configs',
        `no right to read the settings of ${closed.join(', ')}: they are not compared`,
        'allow DescribeConfigs on these topics, or run `cwa-bridge topics --diff` as somebody who may',
      ),
    );
  }
  const verdicts = seen.flatMap((topic) => verdictsOnSettings(topic, shards));
  for (const verdict of verdicts) section.add('settings', verdict);
  const isAllRight = verdicts.length === 0 && closed.length === 0 && seen.length > 0;
  if (isAllRight) section.add('settings', ok('as `topics --diff` wants them'));
}
