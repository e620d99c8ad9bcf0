import { readCommitted, type ReadCommittedOptions } from '../kafka/console-consumer.ts';
import { type PublishedRecord, readPublished } from './published-record.ts';

/**
 * Every committed record of the topics, read by Kafka's own Java console consumer.
 *
 * @throws whatever {@link readCommitted} throws; it never returns less than everything.
 */
export async function readAllPublished(options: ReadCommittedOptions): Promise<readonly PublishedRecord[]> {
  const records: PublishedRecord[] = [];
  for await (const record of readCommitted(options)) records.push(readPublished(record));
  return records;
}
