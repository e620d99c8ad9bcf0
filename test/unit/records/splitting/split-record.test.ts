import { describe, expect, test } from 'vitest';

import type { OutgoingRecord } from '../../../../src/lib/outgoing-record.ts';
import { type EncodeOptions, encodeRecord } from '../../../../src/records/encode-record.ts';
import { arraysOf, recordIn } from '../../../../src/records/splitting/arrays.ts';
import { OPENED_LEVELS_MAX } from '../../../../src/records/splitting/cut-record.ts';
import { splitRecord } from '../../../../src/records/splitting/split-record.ts';
import type { RecordSchema } from '../../../../src/records/schema/schema.ts';
import { type DataRecord, type LogicalTopic, TOPICS } from '../../../../src/records/topics/topics.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import { joinParts } from '../../../support/join-parts.ts';
import { category, element, normalized, user, userPresence, within } from '../builders.ts';

const LIMIT = 16_384;
const SERVICE = 'http://schemas.microsoft.com/2006/09/sip/service';

type Json = Readonly<Record<string, unknown>>;

function encode(record: DataRecord): OutgoingRecord {
  const topics = Object.fromEntries(Object.keys(TOPICS).map((topic) => [topic, topic])) as EncodeOptions['topics'];
  return encodeRecord(record, { installation: 'lab', topics });
}

function written(record: DataRecord): Json {
  return JSON.parse(String(encode(record).value)) as Json;
}

function onlyRecord(root: XmlElement): DataRecord {
  const [record, ...others] = normalized(root);
  if (record === undefined || others.length > 0) throw new Error('not one record');
  return record;
}

function split(record: DataRecord, bytesMax = LIMIT): readonly DataRecord[] {
  const idOf = (part: number): string => (part === 0 ? record.value.id : String(part).padStart(32, '0'));
  return splitRecord(record, { bytesMax, whole: encode(record), idOf, firstSequence: 5 }) ?? [];
}

function warningsOf(parts: readonly DataRecord[]): readonly (readonly string[])[] {
  return parts.map(({ value }) => value.warnings.filter((code) => code.startsWith('continued-')));
}

function containers(...memberCounts: readonly number[]): XmlElement {
  const members = (count: number): readonly XmlElement[] => {
    return Array.from({ length: count }, (_, index) => {
      return element('member', { type: 'uri', value: `sip:user${String(index)}@northpier.example` });
    });
  };
  const all = memberCounts.map((count, index) => element('container', { id: String(index) }, ...members(count)));
  return element('containers', { eid: '10' }, ...all);
}

/** One category with these services, each with so many capabilities. */
function services(...capabilityCounts: readonly number[]): XmlElement {
  const all = capabilityCounts.map((count, index) => {
    const capabilities = Array.from({ length: count }, () => element('text', { render: 'true', capture: 'true' }));
    const uri = `sip:service${String(index)}@northpier.example`;
    return element('service', { uri }, element('capabilities', {}, ...capabilities));
  });
  const body = within(SERVICE, element('services', {}, ...all));
  return userPresence(user('sip:odo@northpier.example', category('services', { instance: '0' }, body)));
}

describe('an item that is too large for a part of its own', () => {
  test('goes on in the next one, which says so', () => {
    const record = onlyRecord(containers(2, 400, 3));
    const parts = split(record);
    expect(parts.length).toBeGreaterThan(2);
    expect(warningsOf(parts)).toEqual([[], ...parts.slice(1).map(() => ['continued-item'])]);
    expect(joinParts(parts.map(written))).toEqual(written(record));
  });

  test('goes on inside an item of its own', () => {
    const record = onlyRecord(services(1, 300, 2));
    const parts = split(record);
    expect(parts.length).toBeGreaterThan(2);
    expect(warningsOf(parts)).toEqual([[], ...parts.slice(1).map(() => ['continued-item', 'continued-inner-item'])]);
    expect(joinParts(parts.map(written))).toEqual(written(record));
  });

  test('that ends with its part is not said to go on', () => {
    const parts = split(onlyRecord(containers(100, 100, 100)), 24_000);
    expect(warningsOf(parts).some((codes) => codes.length === 0)).toBe(true);
    expect(joinParts(parts.map(written))).toEqual(written(onlyRecord(containers(100, 100, 100))));
  });
});

test('what says whose record it is, is never cut: there is no record then', () => {
  const record = onlyRecord(userPresence(user(`sip:${'o'.repeat(20_000)}@northpier.example`)));
  expect(split(record)).toEqual([]);
});

/** How many levels of items of a schema hold arrays themselves. */
function levelsOf(schema: RecordSchema): number {
  const inner = arraysOf(schema).map(({ items }) => {
    const item = recordIn(items);
    return item === null || arraysOf(item).length === 0 ? 0 : 1 + levelsOf(item);
  });
  return Math.max(0, ...inner);
}

test.each(Object.keys(TOPICS) as readonly LogicalTopic[])(
  '%s has no deeper arrays than a part can go on in',
  (topic) => {
    expect(levelsOf(TOPICS[topic].schema)).toBeLessThanOrEqual(OPENED_LEVELS_MAX);
  },
);
