import avro from 'avsc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeRecord } from '../../src/records/encode-record.ts';
import { avroToJsonOf } from '../../src/records/schema/avro-to-json.ts';
import type { Schema } from '../../src/records/schema/schema.ts';
import { readFrame } from '../../src/records/schema/wire-format.ts';
import { avscOf } from '../../src/records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../../src/records/topics/topics.ts';
import { present } from '../../src/lib/assert.ts';
import { arbitraryValueOf } from './arbitrary-value.ts';
import { DOCUMENTS, recordsOf } from './corpus.ts';
import { ENCODE_OPTIONS } from './records-of-document.ts';

/** Each value goes out as JSON and as Avro; `avsc`, which knows nothing of our encoder, judges between the two. */

const NAMES = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];
const SCHEMA_IDS = Object.fromEntries(NAMES.map((topic, index) => [topic, 2 ** 31 + index])) as Readonly<
  Record<PublishedTopic, number>
>;

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

const TYPES = new Map(
  NAMES.map((topic) => {
    const schema = JSON.parse(avscOf(topic)) as avro.Schema;
    return [topic, avro.Type.forSchema(schema, { typeHook: (inner) => (isLong(inner) ? bigLong : undefined) })];
  }),
);
const READERS = new Map(NAMES.map((topic) => [topic, avroToJsonOf(avscOf(topic))]));

/** `"long"`, or the object around it that says it is a time. */
function isLong(schema: avro.Schema): boolean {
  return schema === 'long' || (typeof schema === 'object' && 'type' in schema && schema.type === 'long');
}

/** Longs as avsc wants them. In its memory form unions of null and one type need no wrapper. */
function withBigints(value: unknown, schema: Schema): unknown {
  if (value === null) return null;
  if (schema.kind === 'long' || schema.kind === 'timestamp') return BigInt(value as number);
  if (schema.kind === 'nullable') return withBigints(value, schema.inner);
  if (schema.kind === 'array') return (value as readonly unknown[]).map((item) => withBigints(item, schema.items));
  if (schema.kind !== 'record') return value;
  const record = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(schema.fields).map(([name, { type }]) => [name, withBigints(record[name], type)]),
  );
}

/** JSON with integers beyond 2^53 as bigint. */
function parseExactly(json: string): unknown {
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? BigInt(context?.source ?? '') : value;
  return JSON.parse(json, revive);
}

/** @param avroValue in the wire format. @param json the same value as the bridge writes it in JSON. */
function expectSame(topic: PublishedTopic, avroValue: Buffer, json: string): void {
  const { body, schemaId } = present(readFrame(avroValue), 'frame');
  expect(schemaId).toBe(SCHEMA_IDS[topic]);
  const type = present(TYPES.get(topic), topic);
  expect(type.toBuffer(withBigints(parseExactly(json), ALL_TOPICS[topic].schema)).equals(body)).toBe(true);
  expect(present(READERS.get(topic), topic)(body)).toBe(json);
}

describe('JSON and Avro', () => {
  test.each(NAMES)('the .avsc of %s compiles, and its root has the namespace of the project', (topic) => {
    expect(TYPES.get(topic)?.name).toBe(`com.cwa_bridge.${ALL_TOPICS[topic].schema.name}`);
  });

  test.each(DOCUMENTS)('the records of %s are the bytes that avsc makes of their JSON, and come back as it', (name) => {
    const records = recordsOf(name);
    expect(records).not.toEqual([]);
    for (const record of records) {
      const json = encodeRecord(record, ENCODE_OPTIONS);
      const encoded = encodeRecord(record, { ...ENCODE_OPTIONS, schemaIds: SCHEMA_IDS });
      expectSame(record.topic, encoded.value, json.value.toString());
      expect(encoded).toEqual({
        ...json,
        value: encoded.value,
        bytes: json.bytes - json.value.length + encoded.value.length,
        headers: { ...json.headers, 'content-type': 'application/avro' },
      });
    }
  });

  test.each(NAMES)('any value of %s does', (topic) => {
    const { encodeAvro, schema, serialize } = ALL_TOPICS[topic];
    fc.assert(
      fc.property(arbitraryValueOf(schema), (value) => {
        const json = serialize(value as never);
        expectSame(topic, encodeAvro(value as never, SCHEMA_IDS[topic]), json);
      }),
      { numRuns: 30 },
    );
  });
});
