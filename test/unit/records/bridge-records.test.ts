import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { deadLetterRecords, eventDeadLetters } from '../../../src/records/dead-letter-records.ts';
import { encodeRecord } from '../../../src/records/encode-record.ts';
import { operationsRecord } from '../../../src/records/operations-record.ts';
import type { DeadLetterRecord } from '../../../src/records/topics/dead-letter.ts';
import type { DataRecord } from '../../../src/records/topics/topics.ts';
import { TOPIC_NAMES } from '../../support/topic-names.ts';
import { admitted, category, element, recordContext, user, userPresence } from './builders.ts';

const OPTIONS = {
  installation: 'cwa-bridge',
  topics: TOPIC_NAMES,
};
const LETTER = { reason: 'malformed', action: 'retry', message: 'not closed', attempts: 2 } as const;
const LIMITS = { recordBytesMax: 8192, bodyBytesMax: 1_000_000 };

function lettersOf(records: readonly DataRecord[]): readonly DeadLetterRecord[] {
  return records.map((record) => {
    if (record.topic !== 'deadletter') throw new Error(`a record of ${record.topic}`);
    return record.value;
  });
}

function bodyOf(letters: readonly DeadLetterRecord[]): Buffer {
  return Buffer.concat(letters.map(({ bodyBase64 }) => Buffer.from(bodyBase64 ?? '', 'base64')));
}

function idOf(identity: string, part: number): string {
  const lines = ['cwa-bridge', 'bot', '1700000000', identity, '0', String(part)];
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32);
}

describe('operationsRecord', () => {
  test('says what is known, null for the rest, and is about the bridge', () => {
    const record = operationsRecord('gap', { reason: 'session-lost', gapId: 'g1', fromEid: 7n }, recordContext());
    expect(record).toMatchObject({
      topic: 'operations',
      value: {
        recordType: 'gap',
        channel: 'bridge',
        origin: 'bridge',
        eventName: '',
        subjectUri: null,
        sequence: 5,
        reason: 'session-lost',
        gapId: 'g1',
        fromEid: 7n,
        toEid: null,
        missing: [],
      },
    });
    expect(encodeRecord(record, OPTIONS)).toMatchObject({ topic: 'cwa.operations', key: 'sip:bot@northpier.example' });
  });

  test('its id follows from its sequence', () => {
    expect(operationsRecord('sessionLost', {}, recordContext()).value.id).toBe(idOf('operation:5', 0));
  });
});

describe('deadLetterRecords', () => {
  const body = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));

  test('carry the whole body in parts, none larger than a record may be', () => {
    const records = deadLetterRecords({ ...LETTER, body }, recordContext(), LIMITS);
    const letters = lettersOf(records);
    expect(letters.length).toBeGreaterThan(3);
    expect(letters.map(({ part, parts, sequence }) => [part, parts, sequence])).toEqual(
      letters.map((_, index) => [index, letters.length, 5 + index]),
    );
    expect(bodyOf(letters).equals(body)).toBe(true);
    expect(letters[0]?.bodySha256).toBe(createHash('sha256').update(body).digest('hex'));
    for (const record of records) {
      expect(encodeRecord(record, OPTIONS).bytes).toBeLessThanOrEqual(LIMITS.recordBytesMax);
    }
  });

  test('have the ids of the first sequence and the part', () => {
    const ids = deadLetterRecords({ ...LETTER, body }, recordContext(), LIMITS).map(({ value }) => value.id);
    expect(ids).toEqual(ids.map((_, part) => idOf('deadletter:5', part)));
  });

  test('stop at the limit for bodies and say how large the whole was', () => {
    const letters = lettersOf(
      deadLetterRecords({ ...LETTER, body }, recordContext(), { ...LIMITS, bodyBytesMax: 100 }),
    );
    expect(letters).toHaveLength(1);
    expect(bodyOf(letters).equals(body.subarray(0, 100))).toBe(true);
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(letters[0]).toMatchObject({ bodyBytes: 20_000, truncated: [{ path: 'bodyBase64', bytes: 20_000, sha256 }] });
  });

  test('tell an empty body from none', () => {
    const of = (content: Uint8Array | null): readonly DeadLetterRecord[] =>
      lettersOf(deadLetterRecords({ ...LETTER, body: content }, recordContext(), LIMITS));
    expect(of(Buffer.alloc(0))).toMatchObject([{ bodyBytes: 0, bodyBase64: '' }]);
    expect(of(null)).toMatchObject([{ bodyBytes: null, bodySha256: null, bodyBase64: null }]);
  });
});

describe('eventDeadLetters', () => {
  const event = admitted(
    userPresence(user('sip:odo@northpier.example', category('note', {}, element('x', {}, 'å'.repeat(9000))))),
  );
  const letter = { ...LETTER, reason: 'oversizeRecord' } as const;

  test('carry the whole event as XML, and what the event was', () => {
    const letters = lettersOf(eventDeadLetters(event, letter, recordContext(), LIMITS));
    expect(bodyOf(letters).toString('utf8')).toBe(
      `<userPresence eid="10"><user uri="sip:odo@northpier.example"><cwaCategory name="note"><x>${'å'.repeat(9000)}</x></cwaCategory></user></userPresence>`,
    );
    for (const each of letters) {
      expect(each).toMatchObject({ eid: 10n, eventName: 'userPresence', channel: 'data', origin: 'bridge' });
    }
  });

  test('the same event gives the same ids, whatever sequence it gets', () => {
    const ids = (firstSequence: number): readonly string[] =>
      eventDeadLetters(event, letter, recordContext({ firstSequence }), LIMITS).map(({ value }) => value.id);
    expect(ids(5)).toEqual(ids(90));
    expect(ids(5)[1]).toBe(idOf(`deadletter:${event.identity}`, 1));
  });

  test('are few and small whatever the answer calls its session and itself', () => {
    const long = 'n'.repeat(2_000_000);
    const limits = { ...LIMITS, recordBytesMax: 16_384 };
    const letters = eventDeadLetters(event, letter, recordContext({ sid: long, ackId: long }), limits);
    expect(letters.length).toBeLessThan(10);
    for (const each of letters) {
      expect(encodeRecord(each, OPTIONS).bytes).toBeLessThanOrEqual(limits.recordBytesMax);
      expect(each.value.truncated).toMatchObject([
        { path: 'sid', bytes: 2_000_000 },
        { path: 'ackId', bytes: 2_000_000 },
      ]);
    }
  });

  test('hold nothing that the configuration withholds', () => {
    const letters = lettersOf(eventDeadLetters(event, letter, recordContext({ privacyNotes: 'drop' }), LIMITS));
    expect(bodyOf(letters).toString('utf8')).not.toContain('å');
  });
});
