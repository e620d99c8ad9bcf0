import { BridgeError, messageOf } from '../../lib/errors.ts';

/**
 * The part of Avro that schemas of records have: what `avro.ts` writes, and the few primitive types into which a
 * schema could be changed by hand. Read from an `.avsc` file or a registry, names resolved.
 */
export type AvroType = AvroPrimitive | AvroArray | AvroUnion | AvroRecord;

interface AvroPrimitive {
  readonly kind: PrimitiveName;
  /** Such as `timestamp-millis`; null for none. */
  readonly logicalType: string | null;
}

interface AvroArray {
  readonly kind: 'array';
  readonly items: AvroType;
}

interface AvroUnion {
  readonly kind: 'union';
  readonly branches: readonly AvroType[];
}

export interface AvroRecord {
  readonly kind: 'record';
  /** With its namespace. */
  readonly name: string;
  readonly fields: readonly AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  /** Undefined: none. */
  readonly default: unknown;
}

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;

export type PrimitiveName = (typeof PRIMITIVES)[number];

/** A text is no Avro schema, or one with types that records never have. */
export class AvscError extends BridgeError {
  constructor(message: string) {
    super(message, { code: 'avsc-unreadable', disposition: 'fatal' });
  }
}

/**
 * Reads the text of an `.avsc` file.
 *
 * @throws {@link AvscError}
 */
export function parseAvsc(text: string): AvroRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AvscError(`the schema is no JSON: ${messageOf(error)}`);
  }
  const type = typeOf(json, { namespace: '', named: new Map() });
  if (type.kind !== 'record') throw new AvscError('the schema is not that of a record');
  return type;
}

interface Scope {
  /** What names without a dot belong to. */
  readonly namespace: string;
  /** Every record so far. */
  readonly named: Map<string, AvroRecord>;
}

function typeOf(json: unknown, scope: Scope): AvroType {
  if (typeof json === 'string') return namedType(json, null, scope);
  if (Array.isArray(json)) return { kind: 'union', branches: json.map((branch) => typeOf(branch, scope)) };
  if (!isObject(json)) throw new AvscError(`${shown(json)} is no type`);
  const { type, logicalType } = json;
  if (type === 'record') return recordOf(json, scope);
  if (type === 'array') return { kind: 'array', items: typeOf(json.items, scope) };
  if (typeof type !== 'string') return typeOf(type, scope);
  return namedType(type, typeof logicalType === 'string' ? logicalType : null, scope);
}

function namedType(name: string, logicalType: string | null, scope: Scope): AvroType {
  const primitive = PRIMITIVES.find((candidate) => candidate === name);
  if (primitive !== undefined) return { kind: primitive, logicalType };
  const record = scope.named.get(fullName(name, scope.namespace));
  if (record === undefined) throw new AvscError(`${shown(name)} is no type that records have`);
  return record;
}

function recordOf(json: Json, scope: Scope): AvroRecord {
  const { fields: list, name: given, namespace } = json;
  if (typeof given !== 'string' || !Array.isArray(list)) throw new AvscError('a record has no name or no fields');
  const name = fullName(given, typeof namespace === 'string' ? namespace : scope.namespace);
  if (scope.named.has(name)) throw new AvscError(`${shown(name)} is defined twice`);
  const fields: AvroField[] = [];
  const record: AvroRecord = { kind: 'record', name, fields };
  // Before its fields, which may name it.
  scope.named.set(name, record);
  const inside = { ...scope, namespace: name.slice(0, Math.max(0, name.lastIndexOf('.'))) };
  for (const field of list as readonly unknown[]) fields.push(fieldOf(field, name, inside));
  return record;
}

function fieldOf(json: unknown, record: string, scope: Scope): AvroField {
  if (!isObject(json) || typeof json.name !== 'string') throw new AvscError(`a field of ${record} has no name`);
  return { name: json.name, type: typeOf(json.type, scope), default: json.default };
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function shown(json: unknown): string {
  return json === undefined ? 'nothing' : JSON.stringify(json);
}
