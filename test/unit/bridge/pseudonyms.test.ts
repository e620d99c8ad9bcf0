import { createSecretKey } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { Plan, PlanContext } from '../../../src/bridge/plans/plan.ts';
import { planAnswer } from '../../../src/bridge/plans/plan-answer.ts';
import { planUnwatched } from '../../../src/bridge/plans/plan-users.ts';
import { RecordBatch } from '../../../src/bridge/plans/record-batch.ts';
import type { OutgoingRecord } from '../../../src/lib/outgoing-record.ts';
import type { XmlElement } from '../../../src/lib/xml.ts';
import { concealDigest, type PseudonymKey, pseudonymOf } from '../../../src/records/pseudonyms/pseudonym.ts';
import { joinParts } from '../../support/join-parts.ts';
import { admitted, category, element, note, state, user, userPresence } from '../records/builders.ts';
import { ACCOUNT_URI, bridgeSettings, event, openProgress, planContext, received, USERS } from './builders.ts';

const [ANNA = '', BEN = ''] = USERS;
const KEY: PseudonymKey = { id: 'k2', key: createSecretKey(Buffer.alloc(32, 2)) };
const OLD_KEY: PseudonymKey = { id: 'k1', key: createSecretKey(Buffer.alloc(32, 1)) };
const LIMIT = 16_384;

type Json = Readonly<Record<string, unknown>>;

function contextWith(pseudonymKeys: readonly PseudonymKey[], recordBytesMax = 900_000): PlanContext {
  const settings = bridgeSettings();
  return planContext({ settings: { ...settings, records: { ...settings.records, pseudonymKeys, recordBytesMax } } });
}

function planOf(root: XmlElement, context = contextWith([KEY])): Plan {
  return planAnswer(context, openProgress(), received([root]));
}

function valueOf({ value }: OutgoingRecord): Json {
  return JSON.parse(String(value)) as Json;
}

function ofTopic({ records }: Plan, topic: string): readonly OutgoingRecord[] {
  return records.filter((record) => record.topic === topic);
}

function isAvailable(uri: string): XmlElement {
  return user(uri, category('state', {}, state({}, element('availability', {}, '3500'))));
}

function contacts(count: number): XmlElement {
  const list = Array.from({ length: count }, (_, index) =>
    element('contact', { uri: `sip:u${String(index)}@x.example` }),
  );
  return element('contactGroup', { eid: '10', fullList: 'true' }, ...list);
}

describe('with pseudonyms', () => {
  const plan = planOf(userPresence(isAvailable(ANNA), isAvailable(BEN)));

  test('presence, edge and current state of a user have one key, and say nothing of the address', () => {
    const names = [ANNA, BEN].flatMap((uri) => Array.from({ length: 3 }, () => pseudonymOf(uri, KEY)));
    expect(plan.records.map(({ key }) => key)).toEqual(names);
    for (const { headers, key, value } of plan.records) {
      expect(JSON.stringify([headers, key, String(value)])).not.toContain('harbour.example');
      expect(headers.ce_subject ?? key).toBe(key);
    }
  });

  test('records still point to one another', () => {
    const [presence, edge, current] = plan.records.map(valueOf);
    expect(edge?.causeRecordId).toBe(presence?.id);
    expect(current?.sourceRecordId).toBe(presence?.id);
    expect(plan.records[0]?.headers.ce_id).toBe(presence?.id);
  });

  test('the bridge itself keeps the addresses: it goes on as without', () => {
    expect([...plan.next.users.keys()]).toEqual([ANNA, BEN]);
    expect(plan.next).toEqual(planOf(userPresence(isAvailable(ANNA), isAvailable(BEN)), contextWith([])).next);
  });

  test('whoever counts sees the address, also of a record in parts', () => {
    const categories = Array.from({ length: 300 }, (_, index) => category('state', { instance: String(index) }));
    const batch = new RecordBatch(contextWith([KEY], LIMIT), openProgress());
    batch.event(admitted(userPresence(user(ANNA, ...categories))), () => false);
    const records = batch.entries.flatMap(({ record }) => (record?.topic === 'presence' ? [record] : []));
    expect(records.length).toBeGreaterThan(2);
    for (const { value } of records) expect(value.subjectUri).toBe(ANNA);
  });
});

describe('a record that is too large under pseudonyms', () => {
  const root = contacts(3_000);
  const parts = ofTopic(planOf(root, contextWith([KEY], LIMIT)), 'cwa.contacts');
  const [whole] = ofTopic(planOf(root, contextWith([KEY], 10_000_000)), 'cwa.contacts');

  test('is measured by what is published: a pseudonym is longer than most addresses', () => {
    const missing = Array.from({ length: 2_000 }, (_, index) => `sip:u${String(index)}@x.example`);
    const [plain, concealed] = [[], [KEY]].map((keys) => {
      const batch = new RecordBatch(contextWith(keys, LIMIT), openProgress());
      batch.operation('snapshotEnded', { missing });
      return batch.records;
    });
    expect(concealed?.length).toBeGreaterThan(plain?.length ?? 0);
    for (const { bytes } of [...parts, ...(concealed ?? [])]) expect(bytes).toBeLessThanOrEqual(LIMIT);
  });

  test('loses nothing, and its parts have the ids that a whole record would begin with', () => {
    if (whole === undefined) throw new Error('no record');
    expect(joinParts(parts.map(valueOf))).toEqual(valueOf(whole));
    expect(new Set(parts.map((part) => valueOf(part).id)).size).toBe(parts.length);
    expect(new Set(parts.map(({ key }) => key))).toEqual(new Set([pseudonymOf(ACCOUNT_URI, KEY)]));
  });
});

describe('a dead letter under pseudonyms', () => {
  test('of an event has no body, but its size and a keyed digest, in one part', () => {
    const text = `ask ${ANNA} `.repeat(5_000);
    const root = userPresence(user(ANNA, category('note', {}, note(event('body', null, text)))));
    const [letter, ...others] = ofTopic(planOf(root, contextWith([KEY], LIMIT)), 'cwa.deadletter').map(valueOf);
    const plain = ofTopic(planOf(root, contextWith([], LIMIT)), 'cwa.deadletter').map(valueOf);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      action: 'published cut',
      parts: 1,
      bodyBase64: null,
      bodyBytes: plain[0]?.bodyBytes,
      bodySha256: concealDigest(String(plain[0]?.bodySha256), KEY),
    });
  });

  test('of an answer has none either, and what the server called it is searched for addresses', () => {
    const batch = new RecordBatch(contextWith([KEY]), openProgress());
    const contentType = `text/plain; to=${ANNA}`;
    const body = Buffer.from(`<a b="${ANNA}"`);
    batch.deadLetter({ reason: 'malformed', action: 'x', message: 'y', body, contentType, attempts: 1 });
    expect(batch.records.map(valueOf)).toMatchObject([
      { bodyBase64: null, bodyBytes: body.length, contentType: `text/plain; to=${pseudonymOf(ANNA, KEY)}` },
    ]);
  });
});

describe('after another key became the first', () => {
  test('a new state of a user ends the one under the older pseudonym, in another partition or not', () => {
    const plan = planOf(userPresence(isAvailable(ANNA)), contextWith([KEY, OLD_KEY]));
    const states = ofTopic(plan, 'cwa.presence.current');
    expect(states.map(({ key, value }) => [key, value === null])).toEqual([
      [pseudonymOf(ANNA, OLD_KEY), true],
      [pseudonymOf(ANNA, KEY), false],
    ]);
  });

  test('a user who is watched no longer has no state under any pseudonym', () => {
    const { next } = planOf(userPresence(isAvailable(ANNA), isAvailable(BEN)));
    const context = contextWith([KEY, OLD_KEY]);
    const { account } = context.settings;
    const settings = { ...context.settings, account: { ...account, users: [BEN] } };
    const plan = planUnwatched({ ...context, settings }, next);
    expect(plan?.records.map(({ key, value }) => [key, value])).toEqual([
      [pseudonymOf(ANNA, OLD_KEY), null],
      [pseudonymOf(ANNA, KEY), null],
    ]);
  });
});
