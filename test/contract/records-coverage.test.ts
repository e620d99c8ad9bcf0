import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { BODY_KINDS } from '../../src/records/categories/category-bodies.ts';
import { type Category, categorySchema } from '../../src/records/categories/category.ts';
import { rawCategorySchema } from '../../src/records/categories/raw-category.ts';
import { NORMALIZERS } from '../../src/records/normalize-event.ts';
import type { Schema } from '../../src/records/schema/schema.ts';
import { headFields } from '../../src/records/topics/head.ts';
import type { PresenceRecord } from '../../src/records/topics/presence.ts';
import { type DataRecord, TOPICS } from '../../src/records/topics/topics.ts';
import { type Warning, WARNINGS } from '../../src/records/warnings.ts';
import { recordsOfDocument } from './records-of-document.ts';

/**
 * What the golden documents speak of, measured by the program's own registries: an event, a category or a field that
 * is added without a document that shows it fails here.
 */
const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'records');
const files = readdirSync(FIXTURES);
const documents = new Map(
  files
    .filter((file) => file.endsWith('.xml'))
    .map((file) => [
      file.slice(0, -'.xml'.length),
      recordsOfDocument(readFileSync(join(FIXTURES, file)), { privacyMessages: 'keep' }),
    ]),
);

/** Documents that are there on one line in the CWA namespace as well. */
const paired = [...documents.keys()].filter((name) => documents.has(`${name}.compact`));

/** Documents that say too much, too little, or what cannot be read. */
const hostile = [...documents.keys()].filter((name) => name.endsWith('hostile'));

/** What the bridge adds of its own: no document holds it. */
const OWN_FIELDS = new Set([...Object.keys(headFields), 'method', 'concerns', 'durationMs']);

/** A subject has the shape of a message, which alone has a format. */
const FORMAT_OF_SUBJECT = 'conversations.items.subjects.format';

/** Warnings that say how an event stands to others, to the size of a record or to the rules of privacy. */
const BEYOND_THE_EVENT = new Set<string>([
  'late-eid',
  'duplicate-eid',
  'possible-repeat',
  'replayed',
  'continued-item',
  'continued-inner-item',
  'text-withheld',
  'stale-state',
] satisfies readonly Warning[]);

/** What others see of a user; everything is seen by the user alone (events-and-categories §6.2). */
const SEEN_BY_OTHERS = ['state', 'note', 'contactCard', 'calendarData', 'services', 'legacyInterop', 'noteHistory'];

function recordsOf(names: readonly string[]): readonly DataRecord[] {
  return names.flatMap((name) => documents.get(name) ?? []);
}

/** What stands inside a conference may stand among the events as well: either way it is typed. */
function typedEventsOf(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const { topic, value } of recordsOf(names)) {
    if (topic !== 'unknown') seen.add(value.eventName);
    if (topic === 'conversations') for (const { kind } of value.items) seen.add(kind);
  }
  return seen;
}

function presenceOf(names: readonly string[]): readonly PresenceRecord[] {
  return recordsOf(names).flatMap((record) => (record.topic === 'presence' ? [record.value] : []));
}

/** Names of the categories that were read into a typed body. */
function typedCategoriesOf(names: readonly string[], event: string): ReadonlySet<string> {
  const categories = presenceOf(names).flatMap((record) => (record.eventName === event ? record.categories : []));
  const isTyped = (category: Category): boolean => category.bodyNamespace !== null && category.rawXml === null;
  return new Set(categories.filter(isTyped).map(({ name }) => name));
}

describe.each([
  ['indented', paired],
  ['compact', paired.map((name) => `${name}.compact`)],
])('the %s documents', (_form, names) => {
  test('hold every event that the code types', () => {
    const seen = typedEventsOf(names);
    expect([...NORMALIZERS.keys()].filter((name) => !seen.has(name))).toEqual([]);
  });

  test("hold every category in the account's view of itself, and what others see in the view of a user", () => {
    const self = typedCategoriesOf(names, 'selfPresence');
    expect([...BODY_KINDS.keys()].filter((name) => !self.has(name))).toEqual([]);
    const others = typedCategoriesOf(names, 'userPresence');
    expect(SEEN_BY_OTHERS.filter((name) => !others.has(name))).toEqual([]);
  });

  test('hold a value of every field of every category', () => {
    const records = presenceOf(names);
    const seen = new Set<string>();
    for (const { categories, rawCategories } of records) {
      for (const category of categories) collect(categorySchema, category, 'category', seen);
      for (const category of rawCategories) collect(rawCategorySchema, category, 'rawCategory', seen);
    }
    const all = [...leavesOf(categorySchema, 'category'), ...leavesOf(rawCategorySchema, 'rawCategory')];
    expect(all.filter((path) => !seen.has(path))).toEqual([]);
  });

  test.each(['contacts', 'conversations', 'requests'] as const)('hold a value of every field of %s', (topic) => {
    expect(unseenFieldsOf(topic, names)).toEqual([]);
  });
});

describe('the hostile documents', () => {
  test('hold every event that the code types', () => {
    const seen = typedEventsOf(hostile);
    expect([...NORMALIZERS.keys()].filter((name) => !seen.has(name))).toEqual([]);
  });

  test('hold every category', () => {
    const seen = new Set(presenceOf(hostile).flatMap(({ categories }) => categories.map(({ name }) => name)));
    expect([...BODY_KINDS.keys()].filter((name) => !seen.has(name))).toEqual([]);
  });

  test('hold a value of every field of the generic form', () => {
    expect(unseenFieldsOf('unknown', [...hostile, 'unknown-events'])).toEqual([]);
  });

  test('bring forth every warning that an event by itself can have', () => {
    const seen = new Set(recordsOf(hostile).flatMap(({ value }) => value.warnings));
    expect(Object.keys(WARNINGS).filter((code) => !seen.has(code) && !BEYOND_THE_EVENT.has(code))).toEqual([]);
  });
});

test('every document has its golden file, and no golden file is without a document', () => {
  const golden = files.filter((file) => file.endsWith('.golden')).map((file) => file.slice(0, -'.golden'.length));
  const bases = [...documents.keys()].filter((name) => !name.endsWith('.compact'));
  expect(bases.filter((name) => !golden.includes(name))).toEqual([]);
  expect(golden.filter((name) => !bases.some((base) => name === base || name.startsWith(`${base}.`)))).toEqual([]);
});

/** Fields of a topic's records, head and own ones aside, that no record of the documents fills. */
function unseenFieldsOf(topic: DataRecord['topic'], names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const { schema } = TOPICS[topic];
  for (const record of recordsOf(names)) if (record.topic === topic) collect(schema, record.value, topic, seen);
  const fields = Object.entries(schema.fields).filter(([name]) => !OWN_FIELDS.has(name));
  const paths = fields.flatMap(([name, { type }]) => leavesOf(type, `${topic}.${name}`));
  return paths.filter((path) => !seen.has(path) && path !== FORMAT_OF_SUBJECT);
}

/** Paths of the fields that hold neither records nor lists of them. */
function leavesOf(schema: Schema, path: string): readonly string[] {
  if (schema.kind === 'nullable') return leavesOf(schema.inner, path);
  if (schema.kind === 'array') return leavesOf(schema.items, path);
  if (schema.kind !== 'record') return [path];
  return Object.entries(schema.fields).flatMap(([name, { type }]) => leavesOf(type, `${path}.${name}`));
}

/** Adds the paths of the leaves in `value` that are neither null nor empty. */
function collect(schema: Schema, value: unknown, path: string, seen: Set<string>): void {
  if (value === null || value === '') return;
  if (schema.kind === 'nullable') collect(schema.inner, value, path, seen);
  else if (schema.kind === 'array') for (const item of value as unknown[]) collect(schema.items, item, path, seen);
  else if (schema.kind !== 'record') seen.add(path);
  else {
    const fields = value as Readonly<Record<string, unknown>>;
    for (const [name, { type }] of Object.entries(schema.fields)) collect(type, fields[name], `${path}.${name}`, seen);
  }
}
