/**
 * A tiny language for describing records: the one source of the TypeScript types, the `.avsc` files, the JSON that is
 * written and the reference page. It knows what Avro and JSON can both say without loss, and nothing more: a union is
 * always "null or one thing", so that it needs no wrapper object in JSON.
 */
export type Schema =
  StringSchema | BooleanSchema | IntSchema | LongSchema | TimestampSchema | NullableSchema | ArraySchema | RecordSchema;

export interface StringSchema {
  readonly kind: 'string';
  /** For a text that `privacy.subjects: pseudonym` treats in a way of its own; Avro and JSON know only strings. */
  readonly role?: TextRole;
}

/**
 * What a text is, where pseudonyms have to know.
 *
 * - `uri`: nothing but the address of somebody, in any form.
 * - `verbatim`: what may show an address in a form that nobody can foresee. Only in fields that may be null.
 * - `id`: the `id` of a record.
 * - `digest`: the digest of something that may hold an address.
 */
type TextRole = 'uri' | 'verbatim' | 'id' | 'digest';

export interface BooleanSchema {
  readonly kind: 'boolean';
}

/** A signed 32-bit integer. */
export interface IntSchema {
  readonly kind: 'int';
}

/** A signed 64-bit integer: `number` as far as that is exact, `bigint` beyond. JSON carries all its digits. */
export interface LongSchema {
  readonly kind: 'long';
}

/** Milliseconds since the epoch: Avro's `timestamp-millis`. */
export interface TimestampSchema {
  readonly kind: 'timestamp';
}

/** The union of null and one other type, null first, default null. */
export interface NullableSchema<Inner extends Schema = Schema> {
  readonly kind: 'nullable';
  readonly inner: Inner;
}

export interface ArraySchema<Items extends Schema = Schema> {
  readonly kind: 'array';
  readonly items: Items;
}

export interface RecordSchema<Fields extends FieldMap = FieldMap> {
  readonly kind: 'record';
  /** Avro's name, unique inside a topic's schema. */
  readonly name: string;
  readonly doc: string;
  /** In the order in which they are written. */
  readonly fields: Fields;
}

export interface Field<Type extends Schema = Schema> {
  readonly type: Type;
  readonly doc: string;
}

export type FieldMap = Readonly<Record<string, Field>>;

/** The TypeScript type of the values that a schema describes. */
export type ValueOf<S extends Schema> =
  S extends RecordSchema<infer Fields>
    ? { readonly [Name in keyof Fields]: ValueOf<Fields[Name]['type']> }
    : S extends NullableSchema<infer Inner>
      ? ValueOf<Inner> | null
      : S extends ArraySchema<infer Items>
        ? readonly ValueOf<Items>[]
        : S extends StringSchema
          ? string
          : S extends BooleanSchema
            ? boolean
            : S extends LongSchema
              ? number | bigint
              : number;

/** The TypeScript type of a list of fields that are part of a larger record. */
export type ValuesOf<Fields extends FieldMap> = { readonly [Name in keyof Fields]: ValueOf<Fields[Name]['type']> };

export const text: StringSchema = { kind: 'string' };
/** Texts with a {@link TextRole}. */
export const uriText: StringSchema = { kind: 'string', role: 'uri' };
export const verbatimText: StringSchema = { kind: 'string', role: 'verbatim' };
export const idText: StringSchema = { kind: 'string', role: 'id' };
export const digestText: StringSchema = { kind: 'string', role: 'digest' };
export const boolean: BooleanSchema = { kind: 'boolean' };
export const int: IntSchema = { kind: 'int' };
export const long: LongSchema = { kind: 'long' };
export const timestamp: TimestampSchema = { kind: 'timestamp' };

export function nullable<Inner extends Schema>(inner: Inner): NullableSchema<Inner> {
  return { kind: 'nullable', inner };
}

export function array<Items extends Schema>(items: Items): ArraySchema<Items> {
  return { kind: 'array', items };
}

export function record<Fields extends FieldMap>(name: string, doc: string, fields: Fields): RecordSchema<Fields> {
  return { kind: 'record', name, doc, fields };
}

export function field<Type extends Schema>(type: Type, doc: string): Field<Type> {
  return { type, doc };
}

/** A field that may be null. */
export function optional<Inner extends Schema>(inner: Inner, doc: string): Field<NullableSchema<Inner>> {
  return { type: nullable(inner), doc };
}
