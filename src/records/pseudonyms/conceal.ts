import { AssertionError, unreachable } from '../../lib/assert.ts';
import type { RecordSchema, Schema, StringSchema } from '../schema/schema.ts';
import { type DataRecord, TOPICS } from '../topics/topics.ts';
import { concealAddress, concealDigest, concealId, concealText, type PseudonymKey } from './pseudonym.ts';

/**
 * Replaces what says who people are in values of a schema (`privacy.subjects: pseudonym`). It follows the schema alone,
 * so that no field can be forgotten: a text that is marked as an address becomes a pseudonym as a whole, one that may
 * show an address in any form becomes null, ids and digests become keyed, and in every other text, whatever it is, the
 * addresses are found and replaced.
 *
 * The way through each schema is made once: values without texts are not looked at.
 */
type Conceal = (value: unknown, work: Concealing) => unknown;

interface Concealing {
  readonly key: PseudonymKey;
  /** Long texts as they were concealed: a note stands twice in a record, and may have megabytes. */
  readonly longTexts: Map<string, string>;
}

const LONG_TEXT_LENGTH = 1_024;

/** The record as it is published. Pure: the same record and key give the same. */
export function concealRecord(record: DataRecord, key: PseudonymKey): DataRecord {
  // What is replaced keeps its type: a text by a text, a text that may be null by null.
  return { topic: record.topic, value: concealValue(TOPICS[record.topic].schema, record.value, key) } as DataRecord;
}

/** The value of a schema as it is published. */
export function concealValue<Value>(schema: RecordSchema, value: Value, key: PseudonymKey): Value {
  return (concealOf(schema)?.(value, { key, longTexts: new Map() }) ?? value) as Value;
}

const known = new WeakMap<Schema, Conceal | null>();

/** Null where there is nothing to conceal. */
function concealOf(schema: Schema): Conceal | null {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const conceal = made(schema);
  known.set(schema, conceal);
  return conceal;
}

function made(schema: Schema): Conceal | null {
  switch (schema.kind) {
    case 'string':
      return ofText(schema);
    case 'boolean':
    case 'int':
    case 'long':
    case 'timestamp':
      return null;
    case 'nullable':
      return ofNullable(schema.inner);
    case 'array': {
      const item = concealOf(schema.items);
      return item === null ? null : (value, work) => (value as readonly unknown[]).map((each) => item(each, work));
    }
    case 'record':
      return ofRecord(schema);
    default:
      return unreachable(schema);
  }
}

function ofText({ role }: StringSchema): Conceal {
  switch (role) {
    case undefined:
      return (value, work) => concealAnyText(value as string, work);
    case 'uri':
      return (value, { key }) => concealAddress(value as string, key);
    case 'id':
      return (value, { key }) => concealId(value as string, key);
    case 'digest':
      return (value, { key }) => concealDigest(value as string, key);
    case 'verbatim':
      throw new AssertionError('a verbatim text stands only where null may');
    default:
      return unreachable(role);
  }
}

function concealAnyText(text: string, { key, longTexts }: Concealing): string {
  if (text.length < LONG_TEXT_LENGTH) return concealText(text, key);
  const concealed = longTexts.get(text) ?? concealText(text, key);
  longTexts.set(text, concealed);
  return concealed;
}

function ofNullable(inner: Schema): Conceal | null {
  if (inner.kind === 'string' && inner.role === 'verbatim') return () => null;
  const conceal = concealOf(inner);
  return conceal === null ? null : (value, work) => (value === null ? null : conceal(value, work));
}

function ofRecord({ fields }: RecordSchema): Conceal {
  const concealed = Object.entries(fields).flatMap(([name, { type }]) => {
    const conceal = concealOf(type);
    return conceal === null ? [] : [{ name, conceal }];
  });
  return (value, work) => {
    const row: Record<string, unknown> = { ...(value as Readonly<Record<string, unknown>>) };
    for (const { name, conceal } of concealed) row[name] = conceal(row[name], work);
    return row;
  };
}
