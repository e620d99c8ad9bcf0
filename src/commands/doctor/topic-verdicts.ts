import type { TopicHealth } from '../../kafka/kafkajs/probe.ts';
import type { TopicPlan } from '../../kafka/topic-admin.ts';
import { differencesOf, type TopicDifference } from '../../kafka/topics.ts';
import { failed, type Verdict, warning } from './verdict.ts';

/** What the state of one topic means. Pure. */

/** What of a topic could be seen. */
export interface SeenTopic {
  readonly plan: TopicPlan;
  readonly health: TopicHealth;
  /** Null without the right to read them. */
  readonly settings: ReadonlyMap<string, string> | null;
}

/** Of a topic whose state no broker tells, too. */
export function noLeader(topic: string): Verdict {
  return failed(
    'no-leader',
    `partitions of ${topic} have no leader: nothing can be written`,
    'bring the brokers back that hold its replicas (`kafka-topics.sh --describe --unavailable-partitions`)',
  );
}

/** Null if nothing is amiss. */
export function verdictOnReplicas({ health, plan, settings }: SeenTopic): Verdict | null {
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

/** @param shards topics whose number of partitions is looked at elsewhere. */
export function verdictsOnSettings(
  { health, plan, settings }: SeenTopic,
  shards: readonly string[],
): readonly Verdict[] {
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
    (difference) => !wrong.includes(difference) && !(difference.what === 'partitions' && shards.includes(plan.name)),
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
