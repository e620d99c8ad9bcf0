import type { PublishedTopic, TopicDefinition } from './topics/topics.ts';

/** The id of each topic's schema in the schema registry. With them values are Avro binary, without them JSON. */
export type SchemaIds = Readonly<Record<PublishedTopic, number>>;

/** A record's value, with the media type that its `content-type` header has. */
export interface EncodedValue {
  readonly value: Buffer;
  /**
   * The binding's own example has `application/avro`; that the registry's five bytes stand before it shows in the first.
   * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
   */
  readonly contentType: 'application/json' | 'application/avro';
}

/**
 * Writes a value by its topic's schema: as JSON text, or as Avro binary in the registry's wire format.
 *
 * @param schemaId of the topic; undefined for JSON.
 * @throws {@link AssertionError} if the value is not what the schema says.
 */
export function encodeValue<Value>(
  definition: TopicDefinition<Value>,
  value: Value,
  schemaId: number | undefined,
): EncodedValue {
  return schemaId === undefined
    ? { value: Buffer.from(definition.serialize(value)), contentType: 'application/json' }
    : { value: definition.encodeAvro(value, schemaId), contentType: 'application/avro' };
}
