import { unreachable } from '../lib/assert.ts';
import { messageOf } from '../lib/errors.ts';
import type { Schema } from '../records/schema/schema.ts';
import { headFields } from '../records/topics/head.ts';

/** What the checks need of a record. */
export interface CheckedHead {
  readonly recordType: string;
  /** Published knowingly although it may have been published before: origin `replay`. */
  readonly isReplay: boolean;
  /** 32 hexadecimal digits in lower case. */
  readonly id: string;
  readonly accountId: string;
  /** The subject's URI, or else the account's. */
  readonly expectedKey: string;
  /** A safe integer from 1, like the next. */
  readonly generation: number;
  readonly sequence: number;
  /** Of `gap`, `snapshotEnded` and others. */
  readonly gapId: string | null;
  /** Of `gap`. */
  readonly previousGeneration: number | null;
}

export type HeadReading =
  { readonly kind: 'head'; readonly head: CheckedHead } | { readonly kind: 'unreadable'; readonly reason: string };

type Json = Readonly<Record<string, unknown>>;

const HEAD: readonly { readonly name: string; readonly type: Schema }[] = Object.entries(headFields).map(
  ([name, { type }]) => ({ name, type }),
);

/**
 * Reads the head of a record's value and says what is wrong with it: every field of the head must be there and of its
 * type. What follows the head is not looked at, and unknown fields are allowed: a newer version may have written them.
 *
 * Numbers are read as JavaScript's. That loses digits beyond 2^53, which only `eid` may have; where digits count
 * (`generation`, `sequence`) a number that lost some is no safe integer, and so is refused.
 */
export function readHead(value: string | null): HeadReading {
  if (value === null) return unreadable('it has no value');
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch (error) {
    return unreadable(`its value is no JSON: ${messageOf(error)}`);
  }
  if (!isObject(json)) return unreadable('its value is no JSON object');
  for (const { name, type } of HEAD) {
    if (!(name in json)) return unreadable(`it has no ${name}`);
    if (!fits(json[name], type)) return unreadable(`its ${name} is not of the type ${nameOf(type)}`);
  }
  return checkedHead(json);
}

function checkedHead(json: Json): HeadReading {
  const { id, generation, sequence, subjectUri, accountUri, gapId, previousGeneration } = json;
  if (!/^[0-9a-f]{32}$/.test(String(id))) return unreadable('its id is not 32 hexadecimal digits');
  if (!isNumber(generation)) return unreadable('its generation is not a safe integer from 1');
  if (!isNumber(sequence)) return unreadable('its sequence is not a safe integer from 1');
  const head = {
    recordType: String(json.recordType),
    isReplay: json.origin === 'replay',
    id: String(id),
    accountId: String(json.accountId),
    expectedKey: String(subjectUri ?? accountUri),
    generation,
    sequence,
    gapId: typeof gapId === 'string' ? gapId : null,
    previousGeneration: isNumber(previousGeneration) ? previousGeneration : null,
  };
  return { kind: 'head', head };
}

function unreadable(reason: string): HeadReading {
  return { kind: 'unreadable', reason };
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fits(value: unknown, type: Schema): boolean {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
    case 'long':
    case 'timestamp':
      return Number.isInteger(value);
    case 'nullable':
      return value === null || fits(value, type.inner);
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(item, type.items));
    case 'record':
      return isObject(value) && Object.entries(type.fields).every(([name, field]) => fits(value[name], field.type));
    default:
      return unreachable(type);
  }
}

function nameOf(type: Schema): string {
  return type.kind === 'nullable' ? `${type.inner.kind} or null` : type.kind;
}
