import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { askJavaAvro } from '../../dev/java-avro/java-avro.ts';
import { encodeRecord } from '../../src/records/encode-record.ts';
import type { RecordSchema } from '../../src/records/schema/schema.ts';
import { avscOf } from '../../src/records/topics/avsc.ts';
import { ALL_TOPICS, type PublishedTopic } from '../../src/records/topics/topics.ts';
import { arbitraryValueOf } from '../contract/arbitrary-value.ts';
import { DOCUMENTS, recordsOf } from '../contract/corpus.ts';
import { ENCODE_OPTIONS } from '../contract/records-of-document.ts';

const NAMES = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];
const RELEASED = join(import.meta.dirname, '..', '..', 'schemas', 'released');
/** The first question on a machine downloads the jars; compiling takes long where others run. */
const TIMEOUT_MS = 180_000;
/** Before the binary: a zero and the id of the schema. */
const HEADER_BYTES = 5;

function base64(text: string | Buffer): string {
  return Buffer.from(text).toString('base64');
}

const SCHEMAS = NAMES.map((topic) => `schema ${topic} ${base64(avscOf(topic))}`);

/** What is written, as the bridge writes it in both forms. */
interface Written {
  readonly topic: PublishedTopic;
  readonly avro: Buffer;
  readonly json: string;
}

function corpus(): readonly Written[] {
  return DOCUMENTS.flatMap(recordsOf).map((record) => {
    const schemaIds = Object.fromEntries(NAMES.map((topic) => [topic, 1])) as Readonly<Record<PublishedTopic, number>>;
    return {
      topic: record.topic,
      avro: encodeRecord(record, { ...ENCODE_OPTIONS, schemaIds }).value,
      json: encodeRecord(record, ENCODE_OPTIONS).value.toString(),
    };
  });
}

function anyValues(): readonly Written[] {
  return NAMES.flatMap((topic) => {
    const { encodeAvro, serialize } = ALL_TOPICS[topic];
    const schema: RecordSchema = ALL_TOPICS[topic].schema;
    const values: readonly unknown[] = fc.sample(arbitraryValueOf(schema), { numRuns: 20, seed: 1 });
    return values.map((value) => ({
      topic,
      avro: encodeAvro(value as never, 1),
      json: serialize(value as never),
    }));
  });
}

describe("Java's Avro", () => {
  test(
    'compiles every schema, and makes of every value the bytes and the JSON that the bridge does',
    { timeout: TIMEOUT_MS },
    async () => {
      const written = [...corpus(), ...anyValues()];
      const bodies = written.map(({ avro, topic }) => ({ topic, body: base64(avro.subarray(HEADER_BYTES)) }));
      const answers = await askJavaAvro([...SCHEMAS, ...bodies.map(({ body, topic }) => `value ${topic} ${body}`)]);
      expect(answers.slice(0, NAMES.length)).toEqual(
        NAMES.map((topic) => `com.cwa_bridge.${ALL_TOPICS[topic].schema.name}`),
      );
      expect(answers.slice(NAMES.length)).toEqual(
        written.map(({ json }, index) => `${bodies[index]?.body ?? ''} ${json}`),
      );
    },
  );

  test('finds every schema compatible with all that were released', { timeout: TIMEOUT_MS }, async () => {
    const pairs = NAMES.flatMap((topic) => {
      const folder = join(RELEASED, ALL_TOPICS[topic].defaultName);
      const files = readdirSync(RELEASED).includes(ALL_TOPICS[topic].defaultName) ? readdirSync(folder) : [];
      return files.map((file) => ({ topic, name: `${topic}/${file}`, avsc: readFileSync(join(folder, file), 'utf8') }));
    });
    expect(pairs.length).toBeGreaterThanOrEqual(4);
    const released = pairs.map(({ avsc, name }) => `schema ${name} ${base64(avsc)}`);
    const compared = pairs.map(({ name, topic }) => `compare ${topic} ${name}`);
    const answers = await askJavaAvro([...SCHEMAS, ...released, ...compared]);
    expect(answers.slice(-pairs.length)).toEqual(pairs.map(() => 'COMPATIBLE'));
  });
});
