import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import avro from 'avsc';
import { describe, expect, test } from 'vitest';

import { deadLetterRecords } from '../../src/records/dead-letter-records.ts';
import { encodeRecord } from '../../src/records/encode-record.ts';
import { operationsRecord } from '../../src/records/operations-record.ts';
import type { Schema } from '../../src/records/schema/schema.ts';
import { avroSchemaOf } from '../../src/records/schema/avro.ts';
import { type DataRecord, TOPICS } from '../../src/records/topics/topics.ts';
import { ENCODE_OPTIONS, recordsOfDocument } from './records-of-document.ts';

const LONG_MAX = 2n ** 63n - 1n;

/** Avro's long as bigint: avsc's own refuses what a double cannot hold. */
const bigLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: (value: number) => BigInt(value),
  toJSON: (value: bigint) => Number(value),
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

function avroTypeOf(topic: DataRecord['topic']): avro.Type {
  const schema = JSON.parse(JSON.stringify(avroSchemaOf(TOPICS[topic].schema))) as avro.Schema;
  return avro.Type.forSchema(schema, { typeHook: (inner) => (isLong(inner) ? bigLong : undefined) });
}

/** `"long"`, or the object around it that says it is a time. */
function isLong(schema: avro.Schema): boolean {
  return schema === 'long' || (typeof schema === 'object' && 'type' in schema && schema.type === 'long');
}

/** A value with everything of one kind converted. In Avro's memory form unions of null and one type need no wrapper. */
function convert(value: unknown, schema: Schema, kinds: readonly string[], to: (value: unknown) => unknown): unknown {
  if (value === null) return null;
  if (kinds.includes(schema.kind)) return to(value);
  if (schema.kind === 'nullable') return convert(value, schema.inner, kinds, to);
  if (schema.kind === 'array') {
    return (value as readonly unknown[]).map((item) => convert(item, schema.items, kinds, to));
  }
  if (schema.kind !== 'record') return value;
  const record = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(schema.fields).map(([name, { type }]) => [name, convert(record[name], type, kinds, to)]),
  );
}

function toAvro(value: unknown, schema: Schema): unknown {
  return convert(value, schema, ['long', 'timestamp'], (long) => BigInt(long as number));
}

/** Longs stay bigint: the serializer takes both. Times are numbers. */
function fromAvro(value: unknown, schema: Schema): unknown {
  return convert(value, schema, ['timestamp'], Number);
}

/** JSON with integers beyond 2^53 as bigint. */
function parseExactly(json: string): unknown {
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? BigInt(context?.source ?? '') : value;
  return JSON.parse(json, revive);
}

function throughAvro(record: DataRecord): string {
  const { schema } = TOPICS[record.topic];
  const type = avroTypeOf(record.topic);
  const json = encodeRecord(record, ENCODE_OPTIONS).value.toString();
  const binary = type.toBuffer(toAvro(parseExactly(json), schema));
  const back = fromAvro(type.fromBuffer(binary), schema);
  return encodeRecord({ topic: record.topic, value: back } as DataRecord, ENCODE_OPTIONS).value.toString();
}

const SOURCE = {
  installation: 'cwa-bridge',
  site: 'northpier',
  accountId: 'bot',
  accountUri: 'sip:bot@northpier.example',
  generation: 1_700_000_000,
  answer: 1,
  sid: '31',
  ackId: '9',
  polledAckId: '8',
  receivedAt: 1_700_000_000_123,
  publishedAt: 1_700_000_000_456,
  firstSequence: 4,
};

describe('JSON and Avro', () => {
  test.each(Object.keys(TOPICS) as (keyof typeof TOPICS)[])(
    'the .avsc of %s compiles, and its root has the namespace of the project',
    (topic) => {
      expect(avroTypeOf(topic).name).toBe(`com.cwa_bridge.${TOPICS[topic].schema.name}`);
    },
  );

  test.each([
    'seed-user-presence',
    'seed-self-presence',
    'state-variants',
    'notes',
    'contact-cards',
    'calendar',
    'self-categories',
    'hostile',
    'contacts',
    'contacts-hostile',
    'conversations',
    'conversation-call',
    'conversation-hostile',
    'unknown-events',
  ])('the records of %s go through Avro binary and come back byte for byte', (name) => {
    const path = join(import.meta.dirname, '..', 'fixtures', 'records', `${name}.xml`);
    const records = recordsOfDocument(readFileSync(path));
    expect(records.map(throughAvro)).toEqual(
      records.map((record) => encodeRecord(record, ENCODE_OPTIONS).value.toString()),
    );
  });

  test('longs at both ends of their range come back with all their digits', () => {
    const facts = { fromEid: -(2n ** 63n), toEid: LONG_MAX, previousGeneration: 2 ** 53 - 1, missing: ['sip:a@b'] };
    const record = operationsRecord('gap', facts, SOURCE);
    const json = throughAvro(record);
    expect(json).toBe(encodeRecord(record, ENCODE_OPTIONS).value.toString());
    expect(json).toContain('"fromEid":-9223372036854775808,"toEid":9223372036854775807,');
  });

  test('a dead letter comes back byte for byte', () => {
    const letter = {
      reason: 'malformed',
      action: 'retry',
      message: 'not closed',
      line: 3,
      column: 1,
      body: Buffer.from('<cwaEvents'),
      attempts: 2,
    } as const;
    const records = deadLetterRecords(letter, SOURCE, { recordBytesMax: 900 * 1024, bodyBytesMax: 1024 });
    expect(records.map(throughAvro)).toEqual(
      records.map((record) => encodeRecord(record, ENCODE_OPTIONS).value.toString()),
    );
  });
});
