import { text } from 'node:stream/consumers';

import { DevelopmentKafkaError } from './errors.ts';
import type { KafkaInstallation } from './installation.ts';
import { KafkaTool } from './kafka-tool.ts';

const MAIN_CLASS = 'org.apache.kafka.tools.GetOffsetShell';

/** Topic → partition → the offset that the next record would get. */
export type EndOffsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

/**
 * The ends of all partitions of the topics, told by Kafka's own tool.
 *
 * They are high watermarks and so count transactions that are still undecided. That matters for a reader that must
 * see everything: a commit is answered before its marker is written, and a broker that dies in between writes it
 * only after its return. The end that kafkajs tells is the last *stable* offset, before such a transaction.
 *
 * @throws {@link DevelopmentKafkaError} if a topic does not exist or the tool fails.
 */
export async function endOffsets(
  kafka: KafkaInstallation,
  brokers: readonly string[],
  topics: readonly string[],
  signal: AbortSignal,
): Promise<EndOffsets> {
  const patterns = topics.map((topic) => `${topic.replaceAll('.', '\\.')}:`).join(',');
  const args = ['--bootstrap-server', brokers.join(','), '--topic-partitions', patterns, '--time', 'latest'];
  const output = await run(kafka, args, signal);
  const ends = new Map<string, Map<number, bigint>>();
  for (const [, topic = '', partition, end = '0'] of output.matchAll(/^(.+):(\d+):(\d+)$/gm)) {
    const partitions = ends.get(topic) ?? new Map<number, bigint>();
    ends.set(topic, partitions.set(Number(partition), BigInt(end)));
  }
  const missing = topics.filter((topic) => !ends.has(topic));
  if (missing.length > 0) throw new DevelopmentKafkaError(`there is no topic ${missing.join(', ')}`);
  return ends;
}

/** The tool's output; empty if it found none of the topics. */
async function run(kafka: KafkaInstallation, args: readonly string[], signal: AbortSignal): Promise<string> {
  const tool = await KafkaTool.start(kafka, MAIN_CLASS, args, signal);
  try {
    const output = await text(tool.output);
    const { status, errors } = await tool.outcome();
    if (status === 0 || errors.includes('Could not match any topic-partitions')) return output;
    throw new DevelopmentKafkaError(`Kafka's tool could not read the end offsets:\n${errors}`);
  } finally {
    await tool.end();
  }
}
