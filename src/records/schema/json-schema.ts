import { unreachable } from '../../lib/assert.ts';
import type { RecordSchema, Schema } from './schema.ts';

/** The dialect. https://json-schema.org/draft/2020-12 */
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Ranges of Avro's numbers, as text: JSON carries all their digits, a JavaScript number does not. */
const RANGES = {
  int: ['-2147483648', '2147483647'],
  long: ['-9223372036854775808', '9223372036854775807'],
} as const;

/**
 * The text of a JSON Schema for the JSON form of a record: every field is there (absent is null), longs are integers
 * with all their digits. Fields that it does not know are allowed, because a newer version may have added them; records
 * of an older version lack the fields that were added since.
 *
 * @param id an absolute URI that names this schema.
 */
export function jsonSchemaTextOf(schema: RecordSchema, id: string): string {
  const nested = new Map<string, JsonSchema>();
  const root = objectOf(schema, nested);
  const all = { $schema: DIALECT, $id: id, ...root, ...(nested.size > 0 && { $defs: Object.fromEntries(nested) }) };
  // Numbers stand as marked texts so far.
  return `${JSON.stringify(all, null, 2).replaceAll(/"number:(-?\d+)"/g, '$1')}\n`;
}

type JsonSchema = Readonly<Record<string, unknown>>;

function objectOf(schema: RecordSchema, nested: Map<string, JsonSchema>): JsonSchema {
  const fields = Object.entries(schema.fields);
  return {
    title: schema.name,
    description: schema.doc,
    type: 'object',
    required: fields.map(([name]) => name),
    properties: Object.fromEntries(
      fields.map(([name, { doc, type }]) => [name, { description: doc, ...typeOf(type, nested) }]),
    ),
  };
}

function typeOf(schema: Schema, nested: Map<string, JsonSchema>): JsonSchema {
  switch (schema.kind) {
    case 'string':
    case 'boolean':
      return { type: schema.kind };
    case 'int':
    case 'long':
      return integer(RANGES[schema.kind]);
    case 'timestamp':
      return integer(RANGES.long);
    case 'nullable':
      return orNull(typeOf(schema.inner, nested));
    case 'array':
      return { type: 'array', items: typeOf(schema.items, nested) };
    case 'record':
      if (!nested.has(schema.name)) {
        // Before what is inside it, so that outer stands before inner.
        nested.set(schema.name, {});
        nested.set(schema.name, objectOf(schema, nested));
      }
      return { $ref: `#/$defs/${schema.name}` };
    default:
      return unreachable(schema);
  }
}

function integer([minimum, maximum]: readonly [string, string]): JsonSchema {
  return { type: 'integer', minimum: `number:${minimum}`, maximum: `number:${maximum}` };
}

function orNull(schema: JsonSchema): JsonSchema {
  if ('$ref' in schema) return { anyOf: [{ type: 'null' }, schema] };
  return { ...schema, type: ['null', schema.type] };
}
