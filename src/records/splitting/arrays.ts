import type { RecordSchema, Schema } from '../schema/schema.ts';

/** A record's value whose type is not known: only its schema is. */
export type Row = Readonly<Record<string, unknown>>;

/** An array of a record that lies in no other array. */
export interface ArrayField {
  /** Names of the fields that lead to it: `['categories']`, `['configuration', 'userNotice']`. */
  readonly at: readonly string[];
  readonly items: Schema;
}

const known = new WeakMap<RecordSchema, readonly ArrayField[]>();

/** The arrays of a record, also those in records inside it, but not those inside arrays; in the schema's order. */
export function arraysOf(schema: RecordSchema): readonly ArrayField[] {
  let arrays = known.get(schema);
  if (arrays === undefined) {
    arrays = findArrays(schema, []);
    known.set(schema, arrays);
  }
  return arrays;
}

function findArrays(schema: RecordSchema, at: readonly string[]): readonly ArrayField[] {
  return Object.entries(schema.fields).flatMap(([name, { type }]): readonly ArrayField[] => {
    const inner = withoutNull(type);
    if (inner.kind === 'array') return [{ at: [...at, name], items: inner.items }];
    return inner.kind === 'record' ? findArrays(inner, [...at, name]) : [];
  });
}

/** The items of such an array; none where it, or a record around it, is null. */
export function itemsAt(row: Row, at: readonly string[]): readonly unknown[] {
  let value: unknown = row;
  for (const name of at) {
    if (value === null) return [];
    value = (value as Row)[name];
  }
  return value === null ? [] : (value as readonly unknown[]);
}

/** Whether there is something in a record that can be spread over parts. */
export function hasItems(schema: RecordSchema, row: Row): boolean {
  return arraysOf(schema).some(({ at }) => itemsAt(row, at).length > 0);
}

/** A copy of the record, and of the records inside it, with every array replaced by what `replace` gives. */
export function withArrays(
  schema: RecordSchema,
  row: Row,
  replace: (items: readonly unknown[], at: readonly string[]) => readonly unknown[],
  at: readonly string[] = [],
): Row {
  const copy: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(schema.fields)) {
    const value = row[name];
    const inner = withoutNull(type);
    if (value === null) copy[name] = null;
    else if (inner.kind === 'array') copy[name] = replace(value as readonly unknown[], [...at, name]);
    else if (inner.kind === 'record') copy[name] = withArrays(inner, value as Row, replace, [...at, name]);
    else copy[name] = value;
  }
  return copy;
}

/** The record with all its arrays empty: what every part of it repeats. A null array stays null. */
export function frameOf(schema: RecordSchema, row: Row): Row {
  return withArrays(schema, row, () => []);
}

/** The schema of a record, or null for anything else; nullable or not. */
export function recordIn(schema: Schema): RecordSchema | null {
  const inner = withoutNull(schema);
  return inner.kind === 'record' ? inner : null;
}

function withoutNull(schema: Schema): Exclude<Schema, { readonly kind: 'nullable' }> {
  let inner = schema;
  while (inner.kind === 'nullable') inner = inner.inner;
  return inner;
}
