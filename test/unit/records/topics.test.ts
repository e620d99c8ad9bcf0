import { expect, test } from 'vitest';

import type { RecordSchema, Schema } from '../../../src/records/schema/schema.ts';
import { headFields } from '../../../src/records/topics/head.ts';
import { TOPICS } from '../../../src/records/topics/topics.ts';

/** All record schemas in a schema, each as often as it occurs. */
function recordsIn(schema: Schema): readonly RecordSchema[] {
  switch (schema.kind) {
    case 'nullable':
      return recordsIn(schema.inner);
    case 'array':
      return recordsIn(schema.items);
    case 'record':
      return [schema, ...Object.values(schema.fields).flatMap(({ type }) => recordsIn(type))];
    case 'string':
    case 'boolean':
    case 'int':
    case 'long':
    case 'timestamp':
      return [];
  }
}

test.each(Object.entries(TOPICS))(
  'in %s a name means one record schema: Avro and the serializers rest on it',
  (_, topic) => {
    const byName = new Map<string, RecordSchema>();
    for (const schema of recordsIn(topic.schema)) {
      expect(byName.get(schema.name) ?? schema).toBe(schema);
      byName.set(schema.name, schema);
    }
  },
);

test.each(Object.entries(TOPICS))('every record of %s begins with the head', (_, topic) => {
  const head = Object.keys(headFields);
  expect(Object.keys(topic.schema.fields).slice(0, head.length)).toEqual(head);
});

test.each(Object.entries(TOPICS))('every name in %s is one that Avro allows', (_, topic) => {
  const names = recordsIn(topic.schema).flatMap(({ name, fields }) => [name, ...Object.keys(fields)]);
  expect(names.filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))).toEqual([]);
});

test.each(Object.entries(TOPICS))('every field of %s says what it means', (_, topic) => {
  const docs = recordsIn(topic.schema).flatMap(({ doc, fields }) => [doc, ...Object.values(fields).map((f) => f.doc)]);
  expect(docs.filter((doc) => doc === '')).toEqual([]);
});
