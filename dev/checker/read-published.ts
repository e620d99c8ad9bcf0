import { readCommitted, type ReadCommittedOptions } from '../kafka/console-consumer.ts';
import { AvroValues } from './avro-values.ts';
import { type PublishedRecord, readPublished } from './published-record.ts';

export interface ReadPublishedOptions extends ReadCommittedOptions {
  /** Where the schemas of Avro values are; not given, or null: the values are JSON. */
  readonly registryUrl?: string | null;
}

/**
 * Every committed record of the topics, read by Kafka's own Java console consumer.
 *
 * @throws whatever {@link readCommitted} throws; it never returns less than everything.
 * @throws {Error} if a value is not of the form that was asked for.
 */
export async function readAllPublished(options: ReadPublishedOptions): Promise<readonly PublishedRecord[]> {
  const { registryUrl = null } = options;
  const values = registryUrl === null ? null : new AvroValues(registryUrl);
  const records: PublishedRecord[] = [];
  for await (const record of readCommitted(options)) {
    const isAvro = values !== null && record.value !== null;
    records.push(readPublished(isAvro ? { ...record, value: await values.textOf(record.value) } : record));
  }
  return records;
}
