import { describe, expect, test } from 'vitest';

import { replayLetter } from '../../../../src/bridge/plans/replay-letter.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../../../../src/cwa/documents/document-limits.ts';
import { DocumentRefusedError } from '../../../../src/cwa/documents/document-refused-error.ts';
import { category, note, user, userPresence } from '../../records/builders.ts';
import { event, USERS } from '../builders.ts';
import {
  type Json,
  letterOf,
  partsIn,
  recordsOf,
  recordsOfRefused,
  settingsWith,
  valueOf,
} from '../letter-builders.ts';

const [ANNA = ''] = USERS;
const LARGE = 4_000_000;

function replayed(records: Parameters<typeof partsIn>[0]): readonly Json[] {
  return replayLetter(letterOf(partsIn(records)), settingsWith(LARGE), DEFAULT_DOCUMENT_LIMITS).records.map(valueOf);
}

/** Without what says where a record stands, which nobody but the session knows. */
function content({ sequence, answer, publishedAt, receivedAt, ackId, eventIndex, ...value }: Json): Json {
  return value;
}

describe('a dead letter of an event', () => {
  const text = 'Ω"<&> '.repeat(20_000);
  const presence = userPresence(user(ANNA, category('note', { instance: '0' }, note(event('body', null, text)))));

  test('becomes the records that it would have been under a larger limit, with the same ids', () => {
    const [first, ...more] = replayed(recordsOf(presence, 16_384));
    const [whole] = recordsOf(presence, LARGE).map(valueOf);
    expect(more).toEqual([]);
    expect(content(first ?? {})).toEqual(content(whole ?? {}));
    expect(first?.note).toBe(text);
  });

  test('keeps its id if it came without an eid', () => {
    const tide = event('tide', null, 'high '.repeat(4_000));
    expect(replayed(recordsOf(tide, 1_500))[0]?.id).toBe(recordsOf(tide, LARGE).map(valueOf)[0]?.id);
  });
});

describe('a dead letter of an answer', () => {
  const answer = `<cwaEvents sid="412" ackId="9"><tide eid="9">low</tide><tide eid="8">hög</tide></cwaEvents>`;

  test('becomes the records of its events, in order, in the generation of the letter', () => {
    const values = replayed(recordsOfRefused(Buffer.from(answer)));
    expect(values).toMatchObject([
      { eventName: 'tide', eid: 8, generation: 1_600_000_000, sid: '412', polledAckId: '7' },
      { eventName: 'tide', eid: 9, generation: 1_600_000_000, sid: '412', polledAckId: '7' },
    ]);
  });

  test('is decoded by the charset of its content type', () => {
    const values = replayed(recordsOfRefused(Buffer.from(answer, 'latin1'), 'text/xml; charset=iso-8859-1'));
    expect(values[0]?.rawXml).toContain('hög');
  });

  test('of the command channel becomes outcomes of requests', () => {
    const body = Buffer.from('<cwaResponses sid="412"><requestSucceeded rid="5"/></cwaResponses>');
    expect(replayed(recordsOfRefused(body))).toMatchObject([{ recordType: 'requestSucceeded', rid: '5' }]);
  });

  test('that still cannot be read is refused', () => {
    expect(() => replayed(recordsOfRefused(Buffer.from('<cwaEvents>< tide/></cwaEvents>')))).toThrow(
      DocumentRefusedError,
    );
  });
});
