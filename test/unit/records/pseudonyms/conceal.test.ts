import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { OutgoingRecord } from '../../../../src/lib/outgoing-record.ts';
import { outgoingOf, outgoingStatesOf, type OutletSettings } from '../../../../src/records/outlet.ts';
import { concealRecord } from '../../../../src/records/pseudonyms/conceal.ts';
import { concealDigest, concealId, pseudonymOf } from '../../../../src/records/pseudonyms/pseudonym.ts';
import type { Schema } from '../../../../src/records/schema/schema.ts';
import type { CurrentRecord } from '../../../../src/records/topics/current.ts';
import {
  ALL_TOPICS,
  type DataRecord,
  type LogicalTopic,
  type PublishedTopic,
  TOPICS,
} from '../../../../src/records/topics/topics.ts';
import { TOPIC_NAMES } from '../../../support/topic-names.ts';
import { category, element, note, normalized, user, userPresence } from '../builders.ts';
import { ADDRESS_FORMS, HOST, KEY, LOCAL, NEXT_KEY, plantedIn } from './planted.ts';

const PLAIN: OutletSettings = { installation: 'lab', topics: TOPIC_NAMES, recordBytesMax: 1_000_000 };
const CONCEALING: OutletSettings = { ...PLAIN, pseudonymKeys: [KEY, NEXT_KEY] };
const URI = 'sip:odo@x.example';

const TOPIC_LIST = Object.keys(TOPICS) as readonly LogicalTopic[];
const EVERY_TOPIC = Object.keys(ALL_TOPICS) as readonly PublishedTopic[];

/** What goes out for a record of the topic with the text in every field. */
function published(topic: PublishedTopic, text: string, settings: OutletSettings): string {
  const value = plantedIn(ALL_TOPICS[topic].schema, text);
  const records =
    topic === 'current'
      ? outgoingStatesOf(value as CurrentRecord, settings)
      : [outgoingOf({ topic, value } as DataRecord, settings)];
  return records.map(shown).join('\n').toLowerCase();
}

function shown({ headers, key, value }: OutgoingRecord): string {
  return JSON.stringify({ headers, key, value: String(value) });
}

describe.each(EVERY_TOPIC)('a record of %s', (topic) => {
  test('shows no address that stands in any of its texts: not in the value, the key or a header', () => {
    const around = fc.constantFrom('', ' ', 'ask ', '"', '<a b="', '>', '\n', '(', 'x=', '@', '@ ', '%40 ', 'sip: ');
    fc.assert(
      fc.property(around, fc.constantFrom(...ADDRESS_FORMS), around, (before, form, after) => {
        const text = before + form + after;
        expect(published(topic, text, PLAIN)).toContain(LOCAL);
        expect(published(topic, text, CONCEALING)).not.toContain(LOCAL);
      }),
    );
  });

  test('shows not even the host, and is still what its schema says', () => {
    for (const form of ADDRESS_FORMS) expect(published(topic, ` ${form} `, CONCEALING)).not.toContain(HOST);
  });

  test('says the pseudonym wherever the address stood', () => {
    const name = pseudonymOf(URI, KEY).toLowerCase();
    expect(published(topic, URI, CONCEALING)).toContain(name);
    expect(published(topic, `ask ${URI}`, CONCEALING)).toContain(`ask ${name}`);
  });

  test('keeps every other text', () => {
    expect(published(topic, 'at the lighthouse', CONCEALING)).toContain('at the lighthouse');
  });
});

describe('every topic', () => {
  test('names the same person alike, under one key', () => {
    const keys = TOPIC_LIST.map((topic) => {
      const value = plantedIn(TOPICS[topic].schema, URI);
      return outgoingOf({ topic, value } as DataRecord, CONCEALING).key;
    });
    expect(new Set(keys)).toEqual(new Set([pseudonymOf(URI, KEY)]));
  });

  test('has no verbatim text where null may not stand', () => {
    const roles = EVERY_TOPIC.flatMap((topic) => barelyVerbatim(ALL_TOPICS[topic].schema, topic));
    expect(roles).toEqual([]);
  });

  test('is plain as long as there is no key: the very record goes out', () => {
    const [record] = normalized(userPresence(user(URI)));
    if (record === undefined) throw new Error('no record');
    expect(shown(outgoingOf(record, { ...PLAIN, pseudonymKeys: [] }))).toBe(shown(outgoingOf(record, PLAIN)));
    expect(outgoingOf(record, PLAIN).key).toBe(URI);
  });
});

/** Paths of verbatim texts that may not be null. */
function barelyVerbatim(schema: Schema, path: string): readonly string[] {
  if (schema.kind === 'string') return schema.role === 'verbatim' ? [path] : [];
  if (schema.kind === 'array') return barelyVerbatim(schema.items, `${path}[]`);
  if (schema.kind === 'nullable') return schema.inner.kind === 'string' ? [] : barelyVerbatim(schema.inner, path);
  if (schema.kind !== 'record') return [];
  return Object.entries(schema.fields).flatMap(([name, { type }]) => barelyVerbatim(type, `${path}.${name}`));
}

describe('an event', () => {
  const root = userPresence(
    user('"Odo" <SIP:Odo@x.example>', category('note', {}, note(element('body', {}, `ask ${URI}`)))),
    user('odo', category('state', {})),
  );

  test('is told of whom its records are by pseudonyms alone, also in its XML', () => {
    const records = normalized(root, { includeRaw: true }).map((record) => concealRecord(record, KEY).value);
    expect(records).toMatchObject([
      {
        accountUri: pseudonymOf('sip:bot@northpier.example', KEY),
        subjectUri: pseudonymOf(URI, KEY),
        subjectUriRaw: null,
        note: `ask ${pseudonymOf(URI, KEY)}`,
      },
      { subjectUri: pseudonymOf('odo', KEY), subjectUriRaw: null },
    ]);
    expect(records.map(({ raw }) => raw).join('')).not.toMatch(/odo@|"odo"/i);
  });

  test('keeps one id, which is keyed: the same event gives the same, and only with the key', () => {
    const [plain] = normalized(root);
    const [again] = normalized(root);
    if (plain === undefined || again === undefined) throw new Error('no record');
    const { id } = concealRecord(plain, KEY).value;
    expect(id).toBe(concealId(plain.value.id, KEY));
    expect(concealRecord(again, KEY).value.id).toBe(id);
    expect(concealRecord(plain, NEXT_KEY).value.id).not.toBe(id);
  });

  test('confirms no guess of what was in a message by the digest of it', () => {
    const content = element('content', {}, `ask ${URI}`);
    const message = element('messageReceived', {}, element('message', {}, content));
    const conference = element('conference', { eid: '10', confId: '1' }, message);
    const [plain] = normalized(conference, { privacyMessages: 'keep' });
    if (plain?.topic !== 'conversations') throw new Error('no conversation');
    const concealed = concealRecord(plain, KEY);
    const [item] = plain.value.items;
    expect(concealed.value).toMatchObject({
      items: [
        { content: `ask ${pseudonymOf(URI, KEY)}`, contentSha256: concealDigest(item?.contentSha256 ?? '', KEY) },
      ],
    });
  });
});
