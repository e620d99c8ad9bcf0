/**
 * The wire format of Confluent's schema registry: a zero byte, the schema's id in the registry as four bytes, the
 * highest first, then Avro binary.
 * https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export const MAGIC_BYTE = 0;
const HEADER_BYTES = 5;

/** A value in the wire format, taken apart. */
export interface FramedAvro {
  /** The writer's schema in the registry; from 0 to 2^32 − 1. */
  readonly schemaId: number;
  readonly body: Buffer;
}

/** @returns null if the value does not begin as the wire format does; JSON text never does. */
export function readFrame(value: Buffer): FramedAvro | null {
  if (value.length < HEADER_BYTES || value[0] !== MAGIC_BYTE) return null;
  return { schemaId: value.readUInt32BE(1), body: value.subarray(HEADER_BYTES) };
}
