import type { TestProject } from 'vitest/node';

import { type ProvidedKafka, provideKafka } from '../../dev/kafka/provide.ts';

let kafka: ProvidedKafka | undefined;

/** Finds or starts the one Kafka broker that all integration test files of a run share. Without one the run fails. */
export async function setup(project: TestProject): Promise<void> {
  kafka = await provideKafka({ nodes: 1, log: say });
  say(kafka.description);
  project.provide('kafkaBrokers', [...kafka.brokers]);
}

export async function teardown(): Promise<void> {
  await kafka?.stop();
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
