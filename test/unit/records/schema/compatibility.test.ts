import avro from 'avsc';
import { describe, expect, test } from 'vitest';

import { parseAvsc } from '../../../../src/records/schema/avsc.ts';
import { incompatibilities } from '../../../../src/records/schema/compatibility.ts';

type Json = Readonly<Record<string, unknown>>;
type Mutation = (fields: Map<string, Json>) => void;

const note = { type: 'record', name: 'Note', fields: [{ name: 'text', type: 'string' }] };
const OLD: readonly Json[] = [
  { name: 'id', type: 'string' },
  { name: 'sequence', type: 'long' },
  { name: 'part', type: 'int' },
  { name: 'receivedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'isSelf', type: 'boolean' },
  { name: 'eid', type: ['null', 'long'], default: null },
  { name: 'warnings', type: { type: 'array', items: 'string' } },
  { name: 'notes', type: { type: 'array', items: note } },
  { name: 'lastNote', type: ['null', 'com.cwa_bridge.Note'], default: null },
];

function avsc(fields: readonly Json[], name = 'Presence'): string {
  return JSON.stringify({ type: 'record', name, namespace: 'com.cwa_bridge', doc: 'words', fields });
}

function mutated(mutate: Mutation): string {
  const fields = new Map(OLD.map((field) => [String(field.name), field]));
  mutate(fields);
  return avsc([...fields.values()]);
}

function set(name: string, change: Json): Mutation {
  return (fields) => {
    fields.set(name, { ...fields.get(name), ...change });
  };
}

/** The judgement of a library that knows nothing of ours. */
function isReadableByAvsc(newer: string, older: string): boolean {
  const [reader, writer] = [typeOf(newer), typeOf(older)];
  try {
    reader.createResolver(writer);
    return true;
  } catch {
    return false;
  }
}

function typeOf(text: string): avro.Type {
  return avro.Type.forSchema(JSON.parse(text) as avro.Schema);
}

function findings(newer: string, older = avsc(OLD)) {
  return incompatibilities(parseAvsc(newer), parseAvsc(older));
}

const BREAKING: readonly (readonly [what: string, mutate: Mutation, path: string, change: RegExp])[] = [
  ['a new field without default', (f) => f.set('site', { name: 'site', type: 'string' }), 'site', /without a default/],
  ['a new nullable field without default', (f) => f.set('x', { name: 'x', type: ['null', 'int'] }), 'x', /without a d/],
  ['a renamed field', (f) => f.set('id', { name: 'recordId', type: 'string' }), 'recordId', /added, or renamed/],
  ['a text that became a number', set('id', { type: 'long' }), 'id', /was string and is long/],
  ['a number that became a text', set('sequence', { type: 'string' }), 'sequence', /was long and is string/],
  ['a long that became an int', set('sequence', { type: 'int' }), 'sequence', /was long and is int/],
  ['a boolean that became a text', set('isSelf', { type: 'string' }), 'isSelf', /was boolean and is string/],
  ['null that is no longer allowed', set('eid', { type: 'long', default: 0 }), 'eid', /may no longer be null/],
  [
    'null that another branch replaced',
    set('eid', { type: ['long', 'string'], default: 0 }),
    'eid',
    /no longer be null/,
  ],
  [
    'a nullable of another type',
    set('eid', { type: ['null', 'string'] }),
    'eid',
    /was long and is one of null, string/,
  ],
  ['items of another type', set('warnings', { type: { type: 'array', items: 'int' } }), 'warnings[]', /was string/],
  ['an array that became one value', set('warnings', { type: 'string' }), 'warnings', /was array of string/],
  [
    'one value that became an array',
    set('id', { type: { type: 'array', items: 'string' } }),
    'id',
    /is array of string/,
  ],
  [
    'a new field without default deep inside',
    set('notes', {
      type: { type: 'array', items: { ...note, fields: [...note.fields, { name: 'at', type: 'long' }] } },
    }),
    'notes[].at',
    /without a default/,
  ],
  [
    'a record with another name',
    (f) => {
      f.delete('lastNote');
      set('notes', { type: { type: 'array', items: { ...note, name: 'Memo' } } })(f);
    },
    'notes[]',
    /was the record com.cwa_bridge.Note and is com.cwa_bridge.Memo/,
  ],
];

/** Avro converts these silently. Consumers of JSON have no resolver, and a time is not just a number. */
const STRICTER: readonly (readonly [what: string, mutate: Mutation, path: string, change: RegExp])[] = [
  ['a long that became a double', set('sequence', { type: 'double' }), 'sequence', /was long and is double/],
  ['an int that became a float', set('part', { type: 'float' }), 'part', /was int and is float/],
  ['a text that became bytes', set('id', { type: 'bytes' }), 'id', /was string and is bytes/],
  ['a time that became a number', set('receivedAt', { type: 'long' }), 'receivedAt', /timestamp-millis and has none/],
  [
    'milliseconds that became microseconds',
    set('receivedAt', { type: { type: 'long', logicalType: 'timestamp-micros' } }),
    'receivedAt',
    /timestamp-millis and has timestamp-micros/,
  ],
];

const HARMLESS: readonly (readonly [what: string, mutate: Mutation])[] = [
  ['the same schema', () => undefined],
  ['a new nullable field', (f) => f.set('x', { name: 'x', type: ['null', 'string'], default: null })],
  ['a new field with a default', (f) => f.set('x', { name: 'x', type: 'string', default: 'none' })],
  ['a removed field', (f) => f.delete('isSelf')],
  ['null beside a type that had none', set('id', { type: ['null', 'string'] })],
  ['an int that became a long', set('part', { type: 'long' })],
  ['an int that became a nullable long', set('part', { type: ['null', 'long'] })],
  ['other words', set('id', { doc: 'better words' })],
  [
    'another order',
    (f) => {
      const id = f.get('id') ?? {};
      f.delete('id');
      f.set('id', id);
    },
  ],
  [
    'a new nullable field deep inside',
    set('notes', {
      type: {
        type: 'array',
        items: { ...note, fields: [...note.fields, { name: 'at', type: ['null', 'long'], default: null }] },
      },
    }),
  ],
];

describe('incompatibilities', () => {
  test.each(BREAKING)('refuses %s, as avsc does', (_what, mutate, path, change) => {
    const newer = mutated(mutate);
    expect(findings(newer)).toEqual([
      { path, change: expect.stringMatching(change), consequence: expect.stringMatching(/\w{3} \w+/) },
    ]);
    expect(isReadableByAvsc(newer, avsc(OLD))).toBe(false);
  });

  test.each(STRICTER)('refuses %s, which avsc converts', (_what, mutate, path, change) => {
    const newer = mutated(mutate);
    expect(findings(newer)).toMatchObject([{ path, change: expect.stringMatching(change) }]);
    expect(isReadableByAvsc(newer, avsc(OLD))).toBe(true);
  });

  test.each(HARMLESS)('accepts %s, as avsc does', (_what, mutate) => {
    const newer = mutated(mutate);
    expect(findings(newer)).toEqual([]);
    expect(isReadableByAvsc(newer, avsc(OLD))).toBe(true);
  });

  test('refuses another name of the record itself', () => {
    expect(findings(avsc(OLD, 'State'))).toMatchObject([{ path: '', change: expect.stringMatching(/is .*State/) }]);
  });

  test('refuses a default that is not of the first type of its union', () => {
    const newer = mutated(set('x', { name: 'x', type: ['null', 'string'], default: '' }));
    expect(findings(newer)).toMatchObject([{ path: 'x', change: expect.stringMatching(/has the default ""/) }]);
  });

  test('lists everything that breaks, in the order of the fields', () => {
    const newer = mutated((fields) => {
      for (const name of ['id', 'sequence', 'part']) set(name, { type: 'boolean', default: false })(fields);
    });
    expect(findings(newer).map(({ path }) => path)).toEqual(['id', 'sequence', 'part']);
  });

  test('ends for a record that contains itself', () => {
    const fields = [
      { name: 'child', type: ['null', 'Presence'], default: null },
      { name: 'id', type: 'string' },
    ];
    const older = avsc([fields[0] ?? {}]);
    expect(findings(avsc(fields), older)).toMatchObject([{ path: 'id' }]);
    expect(findings(avsc(fields), avsc(fields))).toEqual([]);
  });
});
