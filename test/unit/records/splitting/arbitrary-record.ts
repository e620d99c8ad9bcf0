import fc from 'fast-check';

import type { RecordSchema, Schema } from '../../../../src/records/schema/schema.ts';
import { type DataRecord, type LogicalTopic, TOPICS } from '../../../../src/records/topics/topics.ts';

/** Any value of a schema. Most texts are short, some are long; characters of one to four bytes, and ones to escape. */
function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'string':
      return fc.oneof({ weight: 12, arbitrary: TEXT }, { weight: 1, arbitrary: LONG_TEXT });
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'long':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'timestamp':
      return fc.integer({ min: 0, max: 4_000_000_000_000 });
    case 'nullable':
      return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: valueOf(schema.inner) });
    case 'array':
      return fc.oneof(
        { weight: 9, arbitrary: fc.array(valueOf(schema.items), { maxLength: 2 }) },
        { weight: 1, arbitrary: fc.array(valueOf(schema.items), { maxLength: 30, size: 'max' }) },
      );
    case 'record':
      return rowOf(schema);
  }
}

const CHARACTER = fc.constantFrom('a', 'b', ' ', '"', '\\', '\n', '\u0001', 'ß', '☂', '𝔘', '👩');
const TEXT = fc.string({ unit: CHARACTER, maxLength: 12 });
const LONG_TEXT = fc.tuple(TEXT, fc.integer({ min: 1, max: 900 })).map(([text, times]) => text.repeat(times));

function rowOf(schema: RecordSchema): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc.record(Object.fromEntries(Object.entries(schema.fields).map(([name, { type }]) => [name, valueOf(type)])));
}

/** A record of any topic, whose head says whose it is in few bytes, as heads do. */
export const anyRecord: fc.Arbitrary<DataRecord> = fc
  .constantFrom(...(Object.keys(TOPICS) as readonly LogicalTopic[]))
  .chain((topic) => {
    return rowOf(TOPICS[topic].schema).map((row) => {
      return { topic, value: { ...row, ...HEAD } } as unknown as DataRecord;
    });
  });

const HEAD = {
  recordType: 'something',
  id: '0'.repeat(32),
  site: 'northpier',
  accountId: 'bot',
  accountUri: 'sip:bot@northpier.example',
  subjectUri: 'sip:maren.holt@northpier.example',
  sequence: 7,
  part: 0,
  parts: 1,
  channel: 'data',
  origin: 'live',
  receivedAt: 1_700_000_000_123,
  warnings: ['late-eid'],
  truncated: [],
};
