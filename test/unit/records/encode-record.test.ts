import { expect, test } from 'vitest';

import type { OutgoingRecord } from '../../../src/lib/outgoing-record.ts';
import { encodeRecord } from '../../../src/records/encode-record.ts';
import type { SchemaIds } from '../../../src/records/encode-value.ts';
import { TOPIC_NAMES } from '../../support/topic-names.ts';
import { element, normalized, user, userPresence } from './builders.ts';

const OPTIONS = {
  installation: 'cwa-bridge',
  topics: { ...TOPIC_NAMES, presence: 'prod.presence', unknown: 'prod.unknown' },
};

const NO_IDS = Object.fromEntries(Object.keys(TOPIC_NAMES).map((topic) => [topic, 0])) as SchemaIds;

function encodedOf(root: Parameters<typeof normalized>[0]): OutgoingRecord {
  const [record] = normalized(root);
  if (record === undefined) throw new Error('no record');
  return encodeRecord(record, OPTIONS);
}

test('a record about a user is keyed by the user and carries CloudEvents attributes as headers', () => {
  const outgoing = encodedOf(userPresence(user('SIP:Odo@northpier.example')));
  const { id, receivedAt } = JSON.parse(String(outgoing.value)) as {
    readonly id: string;
    readonly receivedAt: number;
  };
  expect(outgoing).toMatchObject({ topic: 'prod.presence', key: 'sip:odo@northpier.example', timestampMs: receivedAt });
  expect(outgoing.headers).toEqual({
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: 'com.cwa-bridge.userPresence.v1',
    ce_source: '/cwa-bridge/northpier/bot',
    ce_subject: 'sip:odo@northpier.example',
    ce_time: '2023-11-14T22:13:20.123Z',
    'content-type': 'application/json',
    'schema-version': '1',
  });
});

test('a record about no one user is keyed by the account', () => {
  expect(encodedOf(element('tideChanged'))).toMatchObject({ topic: 'prod.unknown', key: 'sip:bot@northpier.example' });
  expect(encodedOf(element('contactGroup'))).toMatchObject({ topic: 'cwa.contacts', key: 'sip:bot@northpier.example' });
  expect(encodedOf(userPresence(user('')))).toMatchObject({ topic: 'prod.presence', key: 'sip:bot@northpier.example' });
});

test('with the ids of schemas the value is Avro in the wire format of the registry, and its size counts', () => {
  const [record] = normalized(userPresence(user('sip:odo@northpier.example')));
  if (record === undefined) throw new Error('no record');
  const json = encodeRecord(record, OPTIONS);
  const schemaIds = { ...NO_IDS, presence: 0x01020304 };
  const avro = encodeRecord(record, { ...OPTIONS, schemaIds });
  expect(avro.value.subarray(0, 5).toString('hex')).toBe('0001020304');
  expect(avro.headers).toEqual({ ...json.headers, 'content-type': 'application/avro' });
  expect(avro.value.length).toBeLessThan(json.value.length);
  expect(json.bytes - avro.bytes).toBe(json.value.length - avro.value.length);
});
