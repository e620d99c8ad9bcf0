import { describe, expect, test } from 'vitest';

import type { AccountProgress } from '../../../../src/bridge/progress/account-progress.ts';
import type { Plan } from '../../../../src/bridge/plans/plan.ts';
import { planAnswer } from '../../../../src/bridge/plans/plan-answer.ts';
import { planSnapshotEnd } from '../../../../src/bridge/plans/plan-snapshot.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import { joinParts } from '../../../support/join-parts.ts';
import { category, note, user, userPresence } from '../../records/builders.ts';
import { bridgeSettings, event, openProgress, planContext, received, USERS } from '../builders.ts';

const [ANNA = '', BEN = ''] = USERS;
const LIMIT = 16_384;

type Json = Readonly<Record<string, unknown>>;

/** The plan of one event, and its values, where records may be `bytesMax` large. */
function planOf(root: XmlElement, bytesMax = LIMIT): { readonly plan: Plan; readonly values: readonly Json[] } {
  const settings = bridgeSettings();
  const context = planContext({
    settings: { ...settings, records: { ...settings.records, recordBytesMax: bytesMax } },
  });
  const plan = planAnswer(context, openProgress(), received([root]));
  return { plan, values: valuesOf(plan) };
}

/** The records of events: those that have a head. */
function valuesOf({ records }: Plan): readonly Json[] {
  const values = records.map(({ value }) => JSON.parse(String(value)) as Json);
  return values.filter(({ recordType }) => recordType !== undefined);
}

function ofType(values: readonly Json[], recordType: string): readonly Json[] {
  return values.filter((value) => value.recordType === recordType);
}

function bodyOf(letters: readonly Json[]): string {
  return Buffer.concat(letters.map(({ bodyBase64 }) => Buffer.from(String(bodyBase64), 'base64'))).toString();
}

function notePresence(text: string): XmlElement {
  const body = note(event('body', null, text));
  return userPresence(user(ANNA, category('note', { instance: '0' }, body)), user(BEN));
}

/** A presence with so many custom categories, of which the consumer sees `rawCategories`. */
function manyCategories(count: number): XmlElement {
  const categories = Array.from({ length: count }, (_, index) => {
    return category('state', { instance: String(index), version: '1', publishTime: '2009-03-02T08:15:00Z' });
  });
  return userPresence(user(ANNA, ...categories), user(BEN));
}

describe('an event with a record that is too large', () => {
  test('is split where its arrays are long, and loses nothing', () => {
    const root = manyCategories(200);
    const { plan, values } = planOf(root);
    const parts = values.filter(({ subjectUri }) => subjectUri === ANNA);
    const [whole] = planOf(root, 1_000_000).values;

    expect(parts.length).toBeGreaterThan(2);
    for (const { bytes } of plan.records) expect(bytes).toBeLessThanOrEqual(LIMIT);
    expect(joinParts(parts)).toEqual(whole);
    expect(ofType(values, 'deadLetter')).toEqual([]);
  });

  test('numbers the parts and what follows without a hole, and gives each its own id', () => {
    const { plan, values } = planOf(manyCategories(200));
    expect(values.map(({ sequence }) => sequence)).toEqual(values.map((_, index) => 20 + index));
    expect(values.at(-1)).toMatchObject({ subjectUri: BEN, userIndex: 1, part: 0, parts: 1 });
    expect(new Set(values.map(({ id }) => id)).size).toBe(values.length);
    expect(plan.next.nextSequence).toBe(20 + values.length);
  });

  test('keeps the id of part 0 whatever the limit is', () => {
    const ids = [LIMIT, 40_000, 1_000_000].map((limit) => planOf(manyCategories(200), limit).values[0]?.id);
    expect(new Set(ids).size).toBe(1);
  });

  test('has its long text cut, and goes to the dead letters whole', () => {
    const text = 'Ω"<&> '.repeat(20_000);
    const { plan, values } = planOf(notePresence(text));
    const [first] = ofType(values, 'userPresence');
    const letters = ofType(values, 'deadLetter');

    for (const { bytes } of plan.records) expect(bytes).toBeLessThanOrEqual(LIMIT);
    expect(text.startsWith(String(first?.note))).toBe(true);
    expect(String(first?.note).length).toBeGreaterThan(1_000);
    expect(first?.truncated).toMatchObject([
      { path: 'note', bytes: 140_000 },
      { path: 'categories[0].note.bodies[0].text', bytes: 140_000 },
    ]);
    expect(letters[0]).toMatchObject({ reason: 'oversizeRecord', action: 'published cut, and whole here', eid: 10 });
    expect(bodyOf(letters)).toContain('Ω"&lt;&amp;&gt; '.repeat(20_000));
    expect(values.map(({ sequence }) => sequence)).toEqual(values.map((_, index) => 20 + index));
  });

  test('goes to the dead letters whole as well if only its XML was cut', () => {
    const { values } = planOf(event('tide', '10', 'high '.repeat(20_000)), 1_000_000);
    expect(values.map(({ recordType }) => recordType)).toEqual(['unknown', 'deadLetter']);
    expect(values[0]?.truncated).toMatchObject([{ path: 'rawXml' }]);
    expect(bodyOf(values.slice(1))).toContain('high '.repeat(20_000));
  });

  test('is dead letters alone if a record has no room beside its head', () => {
    const { values } = planOf(notePresence('short'), 1_500);
    expect(values.every(({ recordType }) => recordType === 'deadLetter')).toBe(true);
    expect(values[0]).toMatchObject({ reason: 'oversizeRecord', action: 'published here instead' });
    expect(bodyOf(values)).toContain('>short</body>');
  });

  test('gives the same records every time', () => {
    const root = notePresence('Ω"<&> '.repeat(20_000));
    expect(planOf(root)).toEqual(planOf(root));
  });
});

test('a list of missing users that is too long for one record is split too', () => {
  const missing = Array.from({ length: 2_000 }, (_, index) => `sip:user${String(index)}@harbour.example`);
  const settings = bridgeSettings();
  const context = planContext({ settings: { ...settings, records: { ...settings.records, recordBytesMax: LIMIT } } });
  const progress: AccountProgress = openProgress({ snapshotSince: 1, watch: { hash: 'h', pending: missing } });
  const plan = planSnapshotEnd(context, progress, 1_000);
  const parts = plan === null ? [] : valuesOf(plan);

  expect(parts.length).toBeGreaterThan(4);
  expect(joinParts(parts)).toMatchObject({ recordType: 'snapshotEnded', missing, parts: 1 });
  expect(plan?.next.nextSequence).toBe(20 + parts.length);
});
