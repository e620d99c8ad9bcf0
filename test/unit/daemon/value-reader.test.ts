import { describe, expect, test } from 'vitest';

import { ValueReader } from '../../../src/daemon/value-reader.ts';
import { avroEncoderOf } from '../../../src/records/schema/avro-encoder.ts';
import { avroSchemaOf } from '../../../src/records/schema/avro.ts';
import { field, long, record, text } from '../../../src/records/schema/schema.ts';

const schema = record('Thing', 'a thing', { id: field(text, ''), eid: field(long, '') });
const AVSC = JSON.stringify(avroSchemaOf(schema));
const VALUE = avroEncoderOf(schema)({ id: 'ü', eid: 2n ** 63n - 1n }, 5);
const { signal } = new AbortController();

/** A registry with some schemas, which counts how often it is asked. */
function registryOf(schemas: Readonly<Record<number, string>>) {
  const asked: number[] = [];
  const schemaOf = (id: number): Promise<string | null> => {
    asked.push(id);
    return Promise.resolve(schemas[id] ?? null);
  };
  return { asked, schemaOf };
}

describe('ValueReader', () => {
  test('takes what is no Avro for text', async () => {
    const reader = new ValueReader(null);
    expect(await reader.read(Buffer.from('{"a":"ü"}'), signal)).toEqual({ kind: 'text', text: '{"a":"ü"}' });
    expect(await reader.read(Buffer.from(''), signal)).toEqual({ kind: 'text', text: '' });
  });

  test('reads Avro as the JSON that it stands for, and asks for each schema once', async () => {
    const registry = registryOf({ 5: AVSC });
    const reader = new ValueReader(registry);
    const reading = { kind: 'text', text: '{"id":"ü","eid":9223372036854775807}' };
    expect(await reader.read(VALUE, signal)).toEqual(reading);
    expect(await reader.read(VALUE, signal)).toEqual(reading);
    expect(registry.asked).toEqual([5]);
  });

  test.each([
    ['without a registry', null, VALUE, 'Avro of schema 5, and no kafka.schemaRegistry.url is configured'],
    ['of an unknown schema', registryOf({}), VALUE, 'Avro of schema 5, which the schema registry does not have'],
    ['of a schema of others', registryOf({ 5: '"string"' }), VALUE, 'which is no schema of records: the schema is not'],
    ['that is cut off', registryOf({ 5: AVSC }), VALUE.subarray(0, -1), 'the Avro value ends too early (schema 5)'],
    ['with something behind it', registryOf({ 5: AVSC }), Buffer.concat([VALUE, VALUE]), 'longer than its schema says'],
  ])('says what is wrong with Avro %s', async (_what, registry, value, reason) => {
    const reading = await new ValueReader(registry).read(value, signal);
    expect(reading).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
  });

  test('does not hide that the registry cannot be asked', async () => {
    const reader = new ValueReader({ schemaOf: () => Promise.reject(new Error('away')) });
    await expect(reader.read(VALUE, signal)).rejects.toThrow('away');
  });
});
