import { readFile } from 'node:fs/promises';

import type { BridgeConfiguration } from '../config/configuration.ts';
import { present } from '../lib/assert.ts';
import type { SchemaIds } from '../records/encode-value.ts';
import { avscOf, subjectOf } from '../records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../records/topics/topics.ts';
import { SchemaRegistry } from '../registry/schema-registry.ts';

type KafkaConfiguration = Pick<BridgeConfiguration, 'kafka'>;

/** The client of the configured registry, or null if none is configured. Certificate and password are read now. */
export async function connectRegistry({ kafka }: KafkaConfiguration): Promise<SchemaRegistry | null> {
  const settings = kafka.schemaRegistry;
  if (settings === null) return null;
  const { caFile, password, timeoutMs, url, username } = settings;
  return new SchemaRegistry({
    url,
    credentials: username === null ? null : { username, password: (await password?.read()) ?? '' },
    ca: caFile === null ? null : await readFile(caFile),
    timeoutMs,
  });
}

/**
 * The ids of the schemas with which this program writes: registered, or looked up, now. Undefined if it writes JSON.
 * Afterwards the registry is not needed any more.
 *
 * @throws {@link RegistryError} if the registry is away or refuses a schema.
 */
export async function schemaIdsOf(
  configuration: KafkaConfiguration,
  signal: AbortSignal,
): Promise<SchemaIds | undefined> {
  const { format, schemaRegistry, topics } = configuration.kafka;
  if (format === 'json') return undefined;
  const registry = present(await connectRegistry(configuration), 'schema registry');
  const ask = schemaRegistry?.autoRegister === true ? 'register' : 'find';
  try {
    const names = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];
    const ids = names.map(async (topic) => {
      return [topic, await registry[ask](subjectOf(topics.names[topic]), avscOf(topic), signal)] as const;
    });
    return Object.fromEntries(await Promise.all(ids)) as SchemaIds;
  } finally {
    await registry.close();
  }
}
