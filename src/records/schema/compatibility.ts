import type { AvroField, AvroRecord, AvroType, PrimitiveName } from './avsc.ts';

/** One thing in a new schema that keeps its readers from reading what was written with an old one. */
export interface Incompatibility {
  /** From the record down: `categories[].note.text`; empty for the record itself. */
  readonly path: string;
  /** What was changed. */
  readonly change: string;
  /** What happens to a reader. */
  readonly consequence: string;
}

/**
 * Compares a schema with an older one of the same topic: what keeps a consumer who has the new schema from reading
 * records that were written with the old one? (BACKWARD; with each released schema: BACKWARD_TRANSITIVE.)
 *
 * These are the rules of Avro's schema resolution, made stricter where Avro would convert silently: consumers of the
 * JSON form have no resolver. So of the promotions only int → long is allowed, and a logical type must stay.
 * https://avro.apache.org/docs/1.12.0/specification/#schema-resolution
 *
 * Allowed are: a new field with a default, a removed field, another order of fields, null beside a type that had none,
 * int → long, other words in `doc`.
 */
export function incompatibilities(newer: AvroRecord, older: AvroRecord): readonly Incompatibility[] {
  return compareRecords(newer, older, { path: '', compared: new Set() });
}

interface Place {
  readonly path: string;
  /** Pairs of records that were compared before, or are just being compared. */
  readonly compared: Set<string>;
}

function compare(newer: AvroType, older: AvroType, place: Place): readonly Incompatibility[] {
  if (older.kind === 'union') return older.branches.flatMap((branch) => compareBranch(newer, branch, place));
  if (newer.kind === 'union') return compareBranch(newer, older, place);
  if (newer.kind === 'record' && older.kind === 'record') return compareRecords(newer, older, place);
  if (newer.kind === 'array' && older.kind === 'array') {
    return compare(newer.items, older.items, { ...place, path: `${place.path}[]` });
  }
  if (!isReadable(newer.kind, older.kind)) return [typeChanged(newer, older, place)];
  return logicalTypeOf(newer) === logicalTypeOf(older) ? [] : [meaningChanged(newer, older, place)];
}

/** What of a newer type reads one branch of an older union, or an older type that was in none? */
function compareBranch(newer: AvroType, older: AvroType, place: Place): readonly Incompatibility[] {
  if (newer.kind !== 'union') {
    return older.kind === 'null' && newer.kind !== 'null' ? [nullForbidden(place)] : compare(newer, older, place);
  }
  const reader = newer.branches.find(({ kind }) => isReadable(kind, older.kind));
  if (reader !== undefined) return compare(reader, older, place);
  return older.kind === 'null' ? [nullForbidden(place)] : [typeChanged(newer, older, place)];
}

function compareRecords(newer: AvroRecord, older: AvroRecord, place: Place): readonly Incompatibility[] {
  if (newer.name !== older.name) return [renamed(newer, older, place)];
  // A record may stand in many places of a schema, and inside itself.
  const isFirst = !place.compared.has(newer.name);
  place.compared.add(newer.name);
  return isFirst ? newer.fields.flatMap((field) => compareField(field, older, place)) : [];
}

function compareField(field: AvroField, older: AvroRecord, place: Place): readonly Incompatibility[] {
  const path = place.path === '' ? field.name : `${place.path}.${field.name}`;
  const before = older.fields.find(({ name }) => name === field.name);
  if (before !== undefined)
    return [...defaultFault(field, path), ...compare(field.type, before.type, { ...place, path })];
  if (field.default !== undefined) return defaultFault(field, path);
  const change = 'was added, or renamed, without a default';
  return [{ path, change, consequence: 'older records have no value for it, so they cannot be read at all' }];
}

/** A default is of the type of a union's first branch. https://avro.apache.org/docs/1.12.0/specification/#unions */
function defaultFault({ type, default: value }: AvroField, path: string): readonly Incompatibility[] {
  if (value === undefined || fits(value, type.kind === 'union' ? (type.branches[0] ?? type) : type)) return [];
  const change = `has the default ${JSON.stringify(value)}, which is not of its (first) type`;
  return [{ path, change, consequence: 'a reader refuses the schema, or every older record' }];
}

function fits(value: unknown, type: AvroType): boolean {
  switch (type.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
    case 'long':
      return Number.isInteger(value);
    case 'float':
    case 'double':
      return typeof value === 'number';
    case 'bytes':
    case 'string':
      return typeof value === 'string';
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(item, type.items));
    case 'record':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'union':
      return type.branches.some((branch) => fits(value, branch));
  }
}

function isReadable(newer: AvroType['kind'], older: AvroType['kind']): boolean {
  return newer === older || (newer === 'long' && older === 'int');
}

/** What Avro's own resolution converts and this one does not. */
const CONVERTED: Readonly<Partial<Record<AvroType['kind'], readonly PrimitiveName[]>>> = {
  int: ['float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

function typeChanged(newer: AvroType, older: AvroType, { path }: Place): Incompatibility {
  const change = `was ${nameOf(older)} and is ${nameOf(newer)}`;
  const isConverted = CONVERTED[older.kind]?.some((kind) => kind === newer.kind) === true;
  const consequence = isConverted
    ? 'Avro converts it silently, and consumers of JSON see another type'
    : 'older records hold a value that the new type cannot take';
  return { path, change, consequence };
}

function meaningChanged(newer: AvroType, older: AvroType, { path }: Place): Incompatibility {
  const change = `had the logical type ${logicalTypeOf(older) ?? 'none'} and has ${logicalTypeOf(newer) ?? 'none'}`;
  return { path, change, consequence: 'the same number is taken for something else' };
}

function nullForbidden({ path }: Place): Incompatibility {
  return { path, change: 'may no longer be null', consequence: 'older records in which it is null cannot be read' };
}

function renamed(newer: AvroRecord, older: AvroRecord, { path }: Place): Incompatibility {
  const change = `was the record ${older.name} and is ${newer.name}`;
  return { path, change, consequence: 'a reader finds records by name, and does not find this one' };
}

function logicalTypeOf(type: AvroType): string | null {
  return 'logicalType' in type ? type.logicalType : null;
}

function nameOf(type: AvroType): string {
  if (type.kind === 'record') return `the record ${type.name}`;
  if (type.kind === 'array') return `array of ${nameOf(type.items)}`;
  if (type.kind === 'union') return `one of ${type.branches.map(nameOf).join(', ')}`;
  return type.kind;
}
