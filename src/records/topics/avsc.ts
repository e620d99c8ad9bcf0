import { avroSchemaOf } from '../schema/avro.ts';
import { ALL_TOPICS, type PublishedTopic } from './topics.ts';

/** The subject of a topic in a schema registry, which is also the name of its `.avsc` file. */
export function subjectOf(topicName: string): string {
  return `${topicName}-value`;
}

/** The text of a topic's `.avsc` file. */
export function avscOf(topic: PublishedTopic): string {
  return `${JSON.stringify(avroSchemaOf(ALL_TOPICS[topic].schema), null, 2)}\n`;
}
