import type { BridgeConfiguration } from '../../config/configuration.ts';
import { connectRegistry } from '../../daemon/schema-registry.ts';
import { avscOf, subjectOf } from '../../records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../../records/topics/topics.ts';
import { RegistryError } from '../../registry/registry-error.ts';
import type { SchemaRegistry } from '../../registry/schema-registry.ts';
import type { DoctorLimits } from './limits.ts';
import type { Section } from './section.ts';
import { failed, ok, type Verdict } from './verdict.ts';

/** Whether the schema registry answers and has our schemas. Registers nothing. */
export async function checkRegistry(
  { kafka }: BridgeConfiguration,
  { exchangeMs }: DoctorLimits,
  section: Section,
): Promise<void> {
  const registry = await connectRegistry({ kafka });
  const settings = kafka.schemaRegistry;
  if (registry === null || settings === null) return;
  const verdict = failed(
    'registry-away',
    `${settings.url} did not answer within ${String(exchangeMs)} ms`,
    'look whether it runs and whether `kafka.schemaRegistry.url` has the right address',
  );
  try {
    await section.step('schemas', { ms: exchangeMs, verdict }, async (signal) => {
      const subjects = (Object.keys(ALL_TOPICS) as readonly PublishedTopic[]).map(
        (topic) => [subjectOf(kafka.topics.names[topic]), avscOf(topic)] as const,
      );
      return lookUp(registry, subjects, settings.autoRegister, signal);
    });
  } finally {
    await registry.close();
  }
}

async function lookUp(
  registry: SchemaRegistry,
  subjects: readonly (readonly [subject: string, avsc: string])[],
  autoRegister: boolean,
  signal: AbortSignal,
): Promise<Verdict> {
  const missing: string[] = [];
  for (const [subject, avsc] of subjects) {
    try {
      await registry.find(subject, avsc, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RegistryError)) throw error;
      if (error.code !== 'schema-unknown') return failed(error.code, error.message, REGISTRY_REMEDY);
      missing.push(subject);
    }
  }
  if (missing.length === 0) return ok(`has the ${String(subjects.length)} schemas`);
  if (autoRegister) return ok(`${String(missing.length)} schemas are new to it: \`run\` registers them`);
  return failed(
    'schema-unknown',
    `these subjects do not have the schemas of this version: ${missing.join(', ')}`,
    'register them (`cwa-bridge schemas` prints them), or set `kafka.schemaRegistry.autoRegister: true`',
  );
}

const REGISTRY_REMEDY =
  'look at the registry, and at `kafka.schemaRegistry.url`, `username`, `passwordFile` and `caFile`';
