import { unreachable } from '../../lib/assert.ts';
import type { RecordSchema, Schema } from './schema.ts';

/** Namespace of all record names. */
const AVRO_NAMESPACE = 'com.cwa_bridge';

/** An Avro schema as the JSON of an `.avsc` file. */
type AvroSchema = string | readonly AvroSchema[] | AvroObject;

export interface AvroObject {
  readonly type: string;
  readonly [property: string]: unknown;
}

/**
 * The `.avsc` form of a record schema: self-contained, every record defined where it is first used and named after
 * that.
 */
export function avroSchemaOf(schema: RecordSchema): AvroObject {
  return recordSchemaOf(schema, new Set(), AVRO_NAMESPACE);
}

function recordSchemaOf(schema: RecordSchema, defined: Set<string>, namespace: string | null): AvroObject {
  defined.add(schema.name);
  return {
    type: 'record',
    name: schema.name,
    ...(namespace === null ? {} : { namespace }),
    doc: schema.doc,
    fields: Object.entries(schema.fields).map(([name, { type, doc }]) => ({
      name,
      type: typeOf(type, defined),
      doc,
      ...(type.kind === 'nullable' ? { default: null } : {}),
    })),
  };
}

function typeOf(schema: Schema, defined: Set<string>): AvroSchema {
  switch (schema.kind) {
    case 'string':
    case 'boolean':
    case 'int':
    case 'long':
      return schema.kind;
    case 'timestamp':
      return { type: 'long', logicalType: 'timestamp-millis' };
    case 'nullable':
      return ['null', typeOf(schema.inner, defined)];
    case 'array':
      return { type: 'array', items: typeOf(schema.items, defined) };
    case 'record':
      return defined.has(schema.name) ? `${AVRO_NAMESPACE}.${schema.name}` : recordSchemaOf(schema, defined, null);
    default:
      return unreachable(schema);
  }
}
