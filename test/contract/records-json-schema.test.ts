import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { present } from '../../src/lib/assert.ts';
import { encodeRecord } from '../../src/records/encode-record.ts';
import { operationsRecord } from '../../src/records/operations-record.ts';
import { jsonSchemaOf } from '../../src/records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../../src/records/topics/topics.ts';
import { arbitraryValueOf } from './arbitrary-value.ts';
import { DOCUMENTS, recordsOf } from './corpus.ts';
import { ENCODE_OPTIONS } from './records-of-document.ts';

const NAMES = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];

/** Closed: a field that the schema does not know is an error, so that none can be forgotten. */
const CLOSED = new Map(NAMES.map((topic) => [topic, validatorOf(closed(jsonSchemaOf(topic)))]));

function validatorOf(text: string): ValidateFunction {
  return new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(JSON.parse(text) as object);
}

function closed(text: string): string {
  return JSON.stringify(
    JSON.parse(text, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && 'properties' in value && 'required' in value
        ? { ...value, additionalProperties: false }
        : value,
    ),
  );
}

function expectValid(topic: PublishedTopic, json: string): void {
  const validate = present(CLOSED.get(topic), topic);
  validate(JSON.parse(json));
  expect(validate.errors).toBeNull();
}

const SOURCE = {
  installation: 'cwa-bridge',
  site: 's',
  accountId: 'bot',
  accountUri: 'sip:bot@northpier.example',
  generation: 1_700_000_000,
  answer: 1,
  sid: null,
  ackId: null,
  polledAckId: null,
  receivedAt: 1_700_000_000_123,
  publishedAt: 1_700_000_000_456,
  firstSequence: 4,
};

describe('JSON Schema', () => {
  test.each(DOCUMENTS)('holds for the records of %s', (name) => {
    for (const record of recordsOf(name)) {
      expectValid(record.topic, encodeRecord(record, ENCODE_OPTIONS).value.toString());
    }
  });

  test.each(NAMES)('holds for any value of %s', (topic) => {
    const { schema, serialize } = ALL_TOPICS[topic];
    fc.assert(
      fc.property(arbitraryValueOf(schema), (value) => expectValid(topic, serialize(value as never))),
      { numRuns: 30 },
    );
  });

  test.each([
    ['a field is missing', '"recordType":"gap",', ''],
    ['a text is a number', '"site":"s"', '"site":1'],
    ['a number is a text', '"sequence":4', '"sequence":"4"'],
    ['a number has a fraction', '"sequence":4', '"sequence":4.5'],
    ['null where it is not allowed', '"site":"s"', '"site":null'],
    ['an int has more than 32 bits', '"part":0', '"part":2147483648'],
  ])('does not hold where %s', (_what, from, to) => {
    const json = encodeRecord(operationsRecord('gap', {}, SOURCE), ENCODE_OPTIONS).value.toString();
    const validate = validatorOf(jsonSchemaOf('operations'));
    expect(validate(JSON.parse(json))).toBe(true);
    expect(json).toContain(from);
    expect(validate(JSON.parse(json.replace(from, to)))).toBe(false);
  });

  test('carries the range of a long with all its digits, and lets a later version add fields', () => {
    const text = jsonSchemaOf('operations');
    expect(text).toContain('"minimum": -9223372036854775808,');
    expect(text).toContain('"maximum": 9223372036854775807');
    expect(text).not.toContain('additionalProperties');
  });
});
