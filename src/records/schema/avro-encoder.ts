import { unreachable } from '../../lib/assert.ts';
import { AvroWriter } from './avro-writer.ts';
import type { RecordSchema, Schema, ValueOf } from './schema.ts';
import {
  checkArray,
  checkBoolean,
  checkInt,
  checkLong,
  checkObject,
  checkString,
  checkTimestamp,
} from './value-checks.ts';
import { MAGIC_BYTE } from './wire-format.ts';

/**
 * Writes values as Avro binary in the registry's wire format (see `wire-format.ts`), by the same schema and with the
 * same checks as the JSON of `serialize.ts`, and compiled for the same reason:
 *
 *     function writeTruncation(v, path) { object(v, path); string(v.path, "Truncation.path"); … }
 *
 * The binary form is what the schema's `.avsc` says: fields in order without names; a nullable is the index of its
 * branch, null being the first; an array is one block and an empty one.
 */
export type EncodeAvro<Value> = (value: Value, schemaId: number) => Buffer;

/** All encoders write here, one record after the other: encoding never waits. */
const out = new AvroWriter();

/**
 * Compiles the encoder of a schema.
 *
 * The encoder throws an {@link AssertionError} for a value that the schema does not allow, as the serializer does.
 */
export function avroEncoderOf<S extends RecordSchema>(schema: S): EncodeAvro<ValueOf<S>> {
  const functions = new Map<string, string>();
  const root = functionOf(schema, functions);
  const source = `${[...functions.values()].join('\n')}\nreturn ${root};`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is made of our own schemas alone
  const compile = new Function(...Object.keys(WRITERS), source) as (...writers: unknown[]) => Write;
  const write = compile(...Object.values(WRITERS));
  return (value, schemaId) => {
    out.begin();
    out.byte(MAGIC_BYTE);
    out.uint32(schemaId);
    write(value, schema.name);
    return out.take();
  };
}

type Write = (value: unknown, path: string) => void;

/** Adds the function that writes a type, and those that it needs; returns its name. */
function functionOf(schema: Schema, functions: Map<string, string>): string {
  const name = schema.kind === 'record' ? `write${schema.name}` : `writeItem${functions.size}`;
  if (functions.has(name)) return name;
  functions.set(name, '');
  const body = schema.kind === 'record' ? recordBody(schema, functions) : statementOf(schema, 'v', 'path', functions);
  functions.set(name, `function ${name}(v, path) { ${body} }`);
  return name;
}

function recordBody(schema: RecordSchema, functions: Map<string, string>): string {
  const fields = Object.entries(schema.fields).map(([name, { type }]) => {
    const path = JSON.stringify(`${schema.name}.${name}`);
    return statementOf(type, `v[${JSON.stringify(name)}]`, path, functions);
  });
  return `object(v, path); ${fields.join(' ')}`;
}

/** The source of a statement that writes `value`, both of them and `path` (for messages) being source themselves. */
function statementOf(schema: Schema, value: string, path: string, functions: Map<string, string>): string {
  switch (schema.kind) {
    case 'string':
    case 'boolean':
    case 'int':
    case 'long':
    case 'timestamp':
      return `${schema.kind}(${value}, ${path});`;
    case 'nullable':
      return `if (branch(${value})) { ${statementOf(schema.inner, value, path, functions)} }`;
    case 'array':
      return `array(${value}, ${path}, ${functionOf(schema.items, functions)});`;
    case 'record':
      return `${functionOf(schema, functions)}(${value}, ${path});`;
    default:
      return unreachable(schema);
  }
}

/** What the compiled functions call, by the names under which they see it. */
const WRITERS = {
  string(value: unknown, path: string): void {
    checkString(value, path);
    out.string(value);
  },
  boolean(value: unknown, path: string): void {
    checkBoolean(value, path);
    out.byte(value ? 1 : 0);
  },
  int(value: unknown, path: string): void {
    checkInt(value, path);
    out.long(value);
  },
  long(value: unknown, path: string): void {
    checkLong(value, path);
    out.long(value);
  },
  timestamp(value: unknown, path: string): void {
    checkTimestamp(value, path);
    out.long(value);
  },
  /** Writes the index of the branch; true if a value follows. */
  branch(value: unknown): boolean {
    out.long(value === null ? 0 : 1);
    return value !== null;
  },
  array(value: unknown, path: string, write: Write): void {
    checkArray(value, path);
    if (value.length > 0) {
      out.long(value.length);
      for (const item of value) write(item, path);
    }
    out.long(0);
  },
  object: checkObject,
};
