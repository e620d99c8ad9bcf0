import { avroSchemaOf } from '../schema/avro.ts';
import { type LogicalTopic, TOPICS } from './topics.ts';

/** The subject of a topic in a schema registry, which is also the name of its `.avsc` file. */
export function subjectOf(topicName: string): string {
  return `${topicName}-value`;
}

/** The text of a topic's `.avsc` file. */
export function avscOf(topic: LogicalTopic): string {
  return `${JSON.stringify(avroSchemaOf(TOPICS[topic].schema), null, 2)}\n`;
}
