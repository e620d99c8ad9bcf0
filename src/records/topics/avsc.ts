import { avroSchemaOf } from '../schema/avro.ts';
import { jsonSchemaTextOf } from '../schema/json-schema.ts';
import { ALL_TOPICS, type PublishedTopic } from './topics.ts';

/** The subject of a topic in a schema registry, which is also the name of its `.avsc` file. */
export function subjectOf(topicName: string): string {
  return `${topicName}-value`;
}

/** The text of a topic's `.avsc` file. */
export function avscOf(topic: PublishedTopic): string {
  return `${JSON.stringify(avroSchemaOf(ALL_TOPICS[topic].schema), null, 2)}\n`;
}

/** The text of a topic's JSON Schema, for its records in JSON. */
export function jsonSchemaOf(topic: PublishedTopic): string {
  const { defaultName, schema, version } = ALL_TOPICS[topic];
  return jsonSchemaTextOf(schema, `urn:cwa-bridge:schema:${subjectOf(defaultName)}:${String(version)}`);
}

/** Every file of schemas, by its name: for each topic one for Avro and one for JSON. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const topics = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];
  return new Map(
    topics.flatMap((topic) => {
      const subject = subjectOf(ALL_TOPICS[topic].defaultName);
      return [[`${subject}.avsc`, avscOf(topic)] as const, [`${subject}.schema.json`, jsonSchemaOf(topic)] as const];
    }),
  );
}
