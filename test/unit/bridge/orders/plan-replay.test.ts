import { describe, expect, test } from 'vitest';

import { planReplay } from '../../../../src/bridge/orders/plan-replay.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../../../../src/cwa/documents/document-limits.ts';
import { DocumentRefusedError } from '../../../../src/cwa/documents/document-refused-error.ts';
import type { Letter } from '../../../../src/records/dead-letters/letter-assembler.ts';
import { present } from '../../../../src/lib/assert.ts';
import { category, note, user, userPresence } from '../../records/builders.ts';
import { event, openProgress, planContext, USERS, valuesOf } from '../builders.ts';
import { letterOf, partsIn, recordsOf, recordsOfRefused, settingsWith } from '../letter-builders.ts';

const [ANNA = ''] = USERS;
const LARGE = 4_000_000;
const TEXT = 'Ω"<&> '.repeat(20_000);
const PRESENCE = userPresence(user(ANNA, category('note', { instance: '0' }, note(event('body', null, TEXT)))));

/** The account some sessions later. */
const LATER = openProgress({ generation: 1_600_009_999, sid: '999', ackId: '3', nextSequence: 40, nextAnswer: 8 });

function replayed(letter: Letter, recordBytesMax = LARGE) {
  return planReplay(planContext({ settings: settingsWith(recordBytesMax) }), LATER, letter, DEFAULT_DOCUMENT_LIMITS);
}

describe('a dead letter that is published anew', () => {
  const letter = letterOf(partsIn(recordsOf(PRESENCE, 16_384)));
  const [original] = valuesOf({ records: recordsOf(PRESENCE, LARGE) });

  test('takes the numbers of now, and keeps the id and the place that its event had', () => {
    const plan = present(replayed(letter), 'a plan');
    expect(valuesOf(plan)).toMatchObject([
      {
        generation: LATER.generation,
        sequence: 40,
        answer: 8,
        id: original?.id,
        origin: 'replay',
        warnings: ['replayed'],
        sid: '412',
        polledAckId: '7',
        note: TEXT,
        previous: null,
      },
    ]);
    expect(plan.next).toEqual({ ...LATER, nextSequence: 41, nextAnswer: 9 });
  });

  test('leaves no trace in what is known of users, and none in what was seen', () => {
    const plan = present(replayed(letter), 'a plan');
    expect(plan.records).toHaveLength(1);
    expect(plan.next.users).toBe(LATER.users);
    expect(plan.next.seen).toBe(LATER.seen);
  });

  test('gives the same ids each time', () => {
    const ids = [1, 2].map(() => valuesOf(present(replayed(letter), 'a plan')).map(({ id }) => id));
    expect(ids[0]).toEqual(ids[1]);
  });

  test('is none while an event of it would be a dead letter again', () => {
    expect(replayed(letter, 16_384)).toBeNull();
  });

  test('is one record for each event of a whole answer, in the order of publication', () => {
    const body = Buffer.from(
      '<cwaEvents sid="412" ackId="9" xmlns="http://schemas.microsoft.com/2006/09/rtc/cwa"><tide eid="9"/><tide eid="8"/></cwaEvents>',
    );
    const plan = present(replayed(letterOf(partsIn(recordsOfRefused(body)))), 'a plan');
    expect(valuesOf(plan)).toMatchObject([
      { sequence: 40, eid: 8, ackId: '9', origin: 'replay' },
      { sequence: 41, eid: 9, ackId: '9', origin: 'replay' },
    ]);
  });

  test('of an answer of the command channel keeps the answers and the events inside apart', () => {
    const body = Buffer.from(
      '<cwaResponses sid="412" xmlns="http://schemas.microsoft.com/2006/09/rtc/cwa"><requestAccepted rid="5"/><cwaEvents sid="412"><tide eid="8"/></cwaEvents></cwaResponses>',
    );
    const plan = present(replayed(letterOf(partsIn(recordsOfRefused(body)))), 'a plan');
    expect(valuesOf(plan)).toMatchObject([
      { recordType: 'requestAccepted', channel: 'command', sequence: 40, method: null },
      { recordType: 'unknown', channel: 'data', sequence: 41 },
    ]);
  });

  test('is refused while its body cannot be read', () => {
    const broken = letterOf(partsIn(recordsOfRefused(Buffer.from('<cwaEvents><'))));
    expect(() => replayed(broken)).toThrow(DocumentRefusedError);
  });
});
