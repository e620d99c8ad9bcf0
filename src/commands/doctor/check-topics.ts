import type { KafkaError } from '../../kafka/kafka-error.ts';
import type { KafkajsProbe, TopicHealth } from '../../kafka/kafkajs-probe.ts';
import type { TopicPlan } from '../../kafka/topic-admin.ts';
import { differencesOf, type TopicDifference } from '../../kafka/topics.ts';
import { deniedBy } from './rights.ts';
import type { Section } from './section.ts';
import { failed, ok, type Verdict, warning } from './verdict.ts';

/** What of a topic could be seen. */
interface SeenTopic {
  readonly plan: TopicPlan;
  readonly health: TopicHealth;
  /** Null without the right to read them. */
  readonly settings: ReadonlyMap<string, string> | null;
}

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
  addSettings(section, seen, progress);
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

function noLeader(topic: string): Verdict {
  return failed(
    'no-leader',
    `partitions of ${topic} have no leader: nothing can be written`,
    'bring the brokers back that hold its replicas (`kafka-topics.sh --describe --unavailable-partitions`)',
  );
}

/** Null if nothing is amiss. */
function verdictOnReplicas({ health, plan, settings }: SeenTopic): Verdict | null {
  const { partitions } = health;
  const topic = plan.name;
  if (partitions.some(({ leader }) => leader < 0)) return noLeader(topic);
  const needed = Number(settings?.get('min.insync.replicas') ?? 1);
  const fewest = Math.min(...partitions.map(({ inSync }) => inSync));
  const replicas = Math.min(...partitions.map((partition) => partition.replicas));
  if (replicas < needed) {
    return failed(
      'min-insync-too-high',
      `${topic} has ${String(replicas)} replicas and min.insync.replicas=${String(needed)}: nothing can be written, ever`,
      `give it more replicas, or lower the setting: \`kafka-configs.sh --alter --topic ${topic} --add-config min.insync.replicas=1\``,
    );
  }
  if (fewest < needed) {
    return failed(
      'under-min-insync',
      `${topic} has ${String(fewest)} replicas in sync and needs ${String(needed)}: nothing can be written`,
      'bring the brokers back that hold the other replicas',
    );
  }
  if (fewest >= replicas) return null;
  return warning(
    'under-replicated',
    `${topic} has ${String(fewest)} of ${String(replicas)} replicas in sync`,
    'look at the brokers that lag (`kafka-topics.sh --describe --under-replicated-partitions`)',
  );
}

function addSettings(section: Section, seen: readonly SeenTopic[], progress: string): void {
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
  const verdicts = seen.flatMap((topic) => verdictsOnSettings(topic, progress));
  for (const verdict of verdicts) section.add('settings', verdict);
  const isAllRight = verdicts.length === 0 && closed.length === 0 && seen.length > 0;
  if (isAllRight) section.add('settings', ok('as `topics --diff` wants them'));
}

function verdictsOnSettings({ health, plan, settings }: SeenTopic, progress: string): readonly Verdict[] {
  const compared = settings === null ? { ...plan, settings: new Map<string, string>() } : plan;
  const actual = {
    name: plan.name,
    partitions: health.partitions.length,
    replicationFactor: health.partitions[0]?.replicas ?? 0,
    settings: settings ?? new Map<string, string>(),
  };
  const differences = differencesOf(compared, actual);
  const wrong = differences.filter(({ what }) => what === 'cleanup.policy');
  const other = differences.filter(
    (difference) => !wrong.includes(difference) && !(difference.what === 'partitions' && plan.name === progress),
  );
  return [
    ...wrong.map(({ actual: found, expected, topic }) =>
      failed(
        'topic-cleanup',
        `${topic} has cleanup.policy=${found} and needs ${expected}: Kafka would remove what must stay, or keep what must go`,
        `\`kafka-configs.sh --alter --topic ${topic} --add-config cleanup.policy=${expected}\``,
      ),
    ),
    ...(other.length === 0 ? [] : [differs(plan.name, other)]),
  ];
}

function differs(topic: string, differences: readonly TopicDifference[]): Verdict {
  const told = differences.map(({ what, actual, expected }) => `${what}=${actual} (planned ${expected})`).join(', ');
  return warning(
    'topic-differs',
    `${topic} has ${told}`,
    '`cwa-bridge topics --diff` shows all differences; change the topic, or `kafka.topics` if it is meant so',
  );
}
