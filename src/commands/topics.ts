import { connectKafka } from '../daemon/kafka-connection.ts';
import type { BridgeConfiguration } from '../config/configuration.ts';
import type { KafkajsLog } from '../kafka/kafkajs/log.ts';
import type { TopicPlan } from '../kafka/topic-admin.ts';
import { createTopics, diffTopics, planTopics } from '../kafka/topics.ts';
import { systemClock } from '../lib/clock.ts';
import { BridgeError } from '../lib/errors.ts';
import { createLogger } from '../observability/log.ts';
import { CONFIG_HELP, CONFIG_OPTION, readArguments } from './arguments.ts';
import { type Command, type CommandIo, type ExitStatus, UsageError } from './command.ts';
import { configurationFor } from './configuration.ts';

export const topics: Command = {
  name: 'topics',
  summary: 'prints what the topics should be, creates them, or compares',
  help: `Usage: cwa-bridge topics [--config FILE]… [--create | --diff]

Without an option prints the topics of this configuration with their settings, one JSON object a line. The number of
brokers decides about replication, so Kafka is asked in any case.

${CONFIG_HELP}
      --create        Create those that are missing. Existing ones are left as they are.
      --diff          Compare with Kafka: partitions, replication, cleanup, min.insync.replicas, segments.

Exit status: 0 done (with --diff: no difference), 1 failed or different, 2 invalid configuration or usage.
`,
  async run(args, io) {
    const options = { ...CONFIG_OPTION, create: { type: 'boolean' }, diff: { type: 'boolean' } } as const;
    const { values } = readArguments(args, options);
    if (values.create === true && values.diff === true) throw new UsageError('--create and --diff exclude each other');
    const configuration = await configurationFor(values.config ?? [], io, 'kafka');
    if (configuration === null) return 2;
    const log = createLogger({ level: 'error', destination: io.stderr });
    const kafka = connectKafka(configuration, log, systemClock);
    try {
      const plans = await plansOf(configuration, kafka, io.signal);
      if (values.create === true) return await create(kafka, plans, io);
      if (values.diff === true) return await diff(kafka, plans, io);
      for (const plan of plans) io.stdout.write(`${JSON.stringify(shown(plan))}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      io.stderr.write(`cwa-bridge topics: ${error.message}\n`);
      return 1;
    } finally {
      await kafka.close();
    }
  },
};

async function plansOf(
  configuration: BridgeConfiguration,
  kafka: KafkajsLog,
  signal: AbortSignal,
): Promise<readonly TopicPlan[]> {
  const { shards, topics: settings } = configuration.kafka;
  return planTopics({ ...settings, shards, brokers: await kafka.brokerCount(signal) });
}

async function create(kafka: KafkajsLog, plans: readonly TopicPlan[], io: CommandIo): Promise<ExitStatus> {
  const created = await createTopics(kafka, plans, io.signal);
  for (const plan of plans) {
    const what = created.includes(plan.name) ? 'created' : 'exists';
    io.stdout.write(`${JSON.stringify({ topic: plan.name, outcome: what })}\n`);
  }
  return 0;
}

async function diff(kafka: KafkajsLog, plans: readonly TopicPlan[], io: CommandIo): Promise<ExitStatus> {
  const differences = await diffTopics(kafka, plans, io.signal);
  for (const difference of differences) io.stdout.write(`${JSON.stringify(difference)}\n`);
  io.stderr.write(
    differences.length === 0 ? 'The topics are as they should be.\n' : `${String(differences.length)} differences.\n`,
  );
  return differences.length === 0 ? 0 : 1;
}

function shown({ name, partitions, replicationFactor, settings }: TopicPlan): object {
  return { topic: name, partitions, replicationFactor, settings: Object.fromEntries(settings) };
}
