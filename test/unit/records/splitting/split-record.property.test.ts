import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { OutgoingRecord } from '../../../../src/lib/outgoing-record.ts';
import { type EncodeOptions, encodeRecord } from '../../../../src/records/encode-record.ts';
import { jsonBytesOf } from '../../../../src/records/splitting/json-bytes.ts';
import { splitRecord } from '../../../../src/records/splitting/split-record.ts';
import { type DataRecord, TOPICS } from '../../../../src/records/topics/topics.ts';
import { joinParts } from '../../../support/join-parts.ts';
import { anyRecord } from './arbitrary-record.ts';

type Json = Readonly<Record<string, unknown>>;

const TOPIC_NAMES = Object.fromEntries(Object.keys(TOPICS).map((topic) => [topic, topic])) as EncodeOptions['topics'];

function encode(record: DataRecord): OutgoingRecord {
  return encodeRecord(record, { installation: 'lab', topics: TOPIC_NAMES });
}

/** The record as it stands in Kafka; numbers as they are written, so that no digit is lost. */
function written(record: DataRecord): Json {
  const verbatim = (_: string, value: unknown, { source }: { readonly source?: string }): unknown => {
    return typeof value === 'number' ? source : value;
  };
  return JSON.parse(String(encode(record).value), verbatim as Parameters<typeof JSON.parse>[1]) as Json;
}

function split(record: DataRecord, bytesMax: number): readonly DataRecord[] | null {
  return splitRecord(record, {
    bytesMax,
    whole: encode(record),
    idOf: (part) => String(part).padStart(32, '0'),
    firstSequence: 7,
  });
}

const limits = fc.integer({ min: 4_000, max: 40_000 });

/** Every text of a value by its path. */
function textsIn(value: unknown, path: string, texts = new Map<string, string>()): ReadonlyMap<string, string> {
  if (typeof value === 'string') texts.set(path, value);
  else if (Array.isArray(value)) value.forEach((item, index) => textsIn(item, `${path}[${String(index)}]`, texts));
  else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) textsIn(field, path === '' ? name : `${path}.${name}`, texts);
  }
  return texts;
}

/** The value with the texts at the paths emptied. */
function without(value: unknown, paths: ReadonlySet<string>, path = ''): unknown {
  if (typeof value === 'string') return paths.has(path) ? '' : value;
  if (Array.isArray(value)) return value.map((item, index) => without(item, paths, `${path}[${String(index)}]`));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => {
    return [name, without(field, paths, path === '' ? name : `${path}.${name}`)] as const;
  });
  return Object.fromEntries(fields);
}

describe('a record that is split', () => {
  test('is rebuilt from its parts, but for the texts that truncated lists', () => {
    let rebuilt = 0;
    fc.assert(
      fc.property(anyRecord, limits, (record, limit) => {
        const parts = split(record, limit);
        if (parts === null) return;
        rebuilt += 1;
        const { truncated, ...joined } = joinParts(parts.map(written));
        const { truncated: _, ...whole } = written(record);
        const paths = new Set((truncated as readonly { readonly path: string }[]).map(({ path }) => path));
        expect(without(joined, paths)).toEqual(without({ ...whole, part: 0, parts: 1, id: joined.id }, paths));
      }),
      { numRuns: 150 },
    );
    expect(rebuilt).toBeGreaterThan(100);
  });

  test('lists each text that was cut with the size and the digest of the whole', () => {
    let cuts = 0;
    fc.assert(
      fc.property(anyRecord, limits, (record, limit) => {
        const parts = split(record, limit);
        if (parts === null) return;
        const joined = joinParts(parts.map(written));
        const kept = textsIn(joined, '');
        const whole = textsIn(written(record), '');
        for (const { path, bytes, sha256 } of parts.flatMap(({ value }) => value.truncated)) {
          cuts += 1;
          const text = whole.get(path) ?? '';
          expect({ path, bytes: Buffer.byteLength(text) }).toEqual({ path, bytes });
          expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
          const beginning = kept.get(path) ?? '?';
          expect(text.startsWith(beginning)).toBe(true);
          expect(beginning.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
    expect(cuts).toBeGreaterThan(50);
  });

  test('gives parts within the limit, numbered without a hole, each with its own id', () => {
    fc.assert(
      fc.property(anyRecord, limits, (record, limit) => {
        const parts = split(record, limit) ?? [];
        for (const part of parts) expect(encode(part).bytes).toBeLessThanOrEqual(limit);
        expect(parts.map(({ value }) => [value.part, value.parts, value.sequence, value.id])).toEqual(
          parts.map((_, index) => [index, parts.length, 7 + index, String(index).padStart(32, '0')]),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('is split in the same way every time', () => {
    fc.assert(
      fc.property(anyRecord, limits, (record, limit) => {
        expect(split(record, limit)).toEqual(split(structuredClone(record), limit));
      }),
    );
  });

  test('ends for every limit, however small', () => {
    fc.assert(
      fc.property(anyRecord, fc.integer({ min: 0, max: 5_000 }), (record, limit) => {
        for (const part of split(record, limit) ?? []) expect(encode(part).bytes).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

test('the size that is counted is the size that is written', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      expect(jsonBytesOf(TOPICS[record.topic].schema, record.value)).toBe(encode(record).value?.length);
    }),
  );
});
