import { setTimeout as delay } from 'node:timers/promises';

import type { Admin } from 'kafkajs';

import { quietClient } from '../kafka/readiness.ts';

const PAUSE_MS = 100;
const PATIENCE_MS = 30_000;

/** Properties with which the controller gives a partition to its preferred leader within a second. */
export const PROMPT_ELECTIONS = {
  'auto.leader.rebalance.enable': 'true',
  'leader.imbalance.check.interval.seconds': '1',
} as const;

/**
 * Moves the leadership of one partition to another of its replicas, while all of them are in sync: the replicas are
 * named in another order, so that another one is preferred, and the controller elects it ({@link PROMPT_ELECTIONS}).
 *
 * @param dice at least 0 and below 1: which partition.
 * @returns what was moved, in words; null if it did not happen in time, for example because a broker ended.
 */
export async function moveLeader(
  brokers: readonly string[],
  topics: readonly string[],
  dice: number,
): Promise<string | null> {
  const deadline = performance.now() + PATIENCE_MS;
  const admin = quietClient(brokers).admin();
  try {
    await admin.connect();
    const partition = await untilInSync(admin, topics, dice, deadline);
    if (partition === null) return null;
    const { topic, partitionId, leader, replicas } = partition;
    const [next = leader] = replicas.filter((replica) => replica !== leader);
    const order = [next, ...replicas.filter((replica) => replica !== next)];
    const partitionAssignment = [{ partition: partitionId, replicas: order }];
    await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
    const isMoved = await untilLed(admin, { topic, partitionId, by: next }, deadline);
    return isMoved ? `${topic}[${String(partitionId)}] from node ${String(leader)} to ${String(next)}` : null;
  } finally {
    await admin.disconnect();
  }
}

interface Partition {
  readonly topic: string;
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

async function untilInSync(
  admin: Admin,
  topics: readonly string[],
  dice: number,
  deadline: number,
): Promise<Partition | null> {
  while (performance.now() < deadline) {
    const all = await partitionsOf(admin, topics);
    const partition = all[Math.floor(dice * all.length)];
    if (partition !== undefined && partition.isr.length === partition.replicas.length) return partition;
    await delay(PAUSE_MS);
  }
  return null;
}

async function untilLed(
  admin: Admin,
  { topic, partitionId, by }: { readonly topic: string; readonly partitionId: number; readonly by: number },
  deadline: number,
): Promise<boolean> {
  while (performance.now() < deadline) {
    const partitions = await partitionsOf(admin, [topic]);
    if (partitions.find((candidate) => candidate.partitionId === partitionId)?.leader === by) return true;
    await delay(PAUSE_MS);
  }
  return false;
}

/** None while an election is under way or a broker does not answer: whoever asks asks again. */
async function partitionsOf(admin: Admin, topics: readonly string[]): Promise<readonly Partition[]> {
  try {
    const { topics: told } = await admin.fetchTopicMetadata({ topics: [...topics] });
    return told.flatMap(({ name, partitions }) => partitions.map((partition) => ({ topic: name, ...partition })));
  } catch {
    return [];
  }
}
