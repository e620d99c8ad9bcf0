import { describe, expect, test } from 'vitest';

import { planAnswer } from '../../../../src/bridge/plans/plan-answer.ts';
import { planResponses, type ReceivedResponses } from '../../../../src/bridge/plans/plan-responses.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import {
  commandAnswer,
  event,
  NOW,
  openProgress,
  placesOf,
  planContext,
  presenceOf,
  received,
  response,
  USERS,
  valuesOf,
} from '../builders.ts';

const [ANNA = '', BEN = ''] = USERS;
const SENT = {
  method: 'subscribePresence',
  sentAt: NOW - 150,
  requests: [
    { rid: '10007', uris: [ANNA] },
    { rid: '10008', uris: [BEN] },
  ],
};

function answered(elements: readonly XmlElement[], sent: ReceivedResponses['sent'] = SENT): ReceivedResponses {
  const { answer, receivedAt } = commandAnswer(elements);
  return { answer, receivedAt, sent };
}

/** A `cwaEvents` as it may stand inside `cwaResponses`. */
function nested(...events: readonly XmlElement[]): XmlElement {
  return { ...response('cwaEvents', { ackId: '9', sid: '412' }), children: events };
}

describe('the plan of an answer of the command channel', () => {
  test('has one record for each answer, in document order, with what we know of the request', () => {
    const elements = [response('requestFailed', { rid: '10008' }), response('requestAccepted', { rid: '10007' })];
    const plan = planResponses(planContext(), openProgress(), answered(elements));
    expect(placesOf(plan)).toEqual(['requestFailed@1600000000.20', 'requestAccepted@1600000000.21']);
    const known = { method: 'subscribePresence', durationMs: 130, channel: 'command', eid: null, answer: 5 };
    expect(valuesOf(plan)).toMatchObject([
      { ...known, rid: '10008', concerns: [BEN], outcome: 'failed', polledAckId: null },
      { ...known, rid: '10007', concerns: [ANNA], outcome: 'accepted', polledAckId: null },
    ]);
    expect(plan.next).toMatchObject({ nextSequence: 22, nextAnswer: 6, ackId: '7' });
  });

  test('tells equal answers apart, in one document and in two', () => {
    const error = response('error', { code: '18400' });
    const first = planResponses(planContext(), openProgress(), answered([error, error]));
    const second = planResponses(planContext(), first.next, answered([error]));
    const ids = [...valuesOf(first), ...valuesOf(second)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(valuesOf(planResponses(planContext(), openProgress(), answered([error, error])))).toEqual(valuesOf(first));
  });

  test('knows nothing of a rid that is not ours', () => {
    const plan = planResponses(planContext(), openProgress(), answered([response('requestAccepted', { rid: '4' })]));
    expect(valuesOf(plan)).toMatchObject([{ rid: '4', method: null, durationMs: null, concerns: [] }]);
  });

  test('remembers the requests: their outcome on the data channel is known for ours', () => {
    const plan = planResponses(planContext(), openProgress(), answered([]));
    const outcome = { ...response('requestSucceeded', { eid: '8', rid: '10008' }) };
    const values = valuesOf(planAnswer(planContext(), plan.next, received([outcome])));
    expect(values).toMatchObject([{ method: 'subscribePresence', durationMs: 100, channel: 'data', eid: 8 }]);
  });

  test('publishes events inside as the data channel does, and they are known when the poll brings them again', () => {
    const events = [presenceOf('8', ANNA), event('tide', null)];
    const elements = [response('requestAccepted', { rid: '10007' }), nested(...events)];
    const plan = planResponses(planContext(), openProgress(), answered(elements));
    expect(placesOf(plan)).toEqual([
      'requestAccepted@1600000000.20',
      'userPresence@1600000000.21',
      'unknown@1600000000.22',
    ]);
    expect(valuesOf(plan).map(({ channel, answer }) => [channel, answer])).toEqual([
      ['command', 5],
      ['data', 6],
      ['data', 6],
    ]);
    expect(plan.next).toMatchObject({ ackId: '7', nextAnswer: 7, nextSequence: 23 });
    const polled = planAnswer(planContext(), plan.next, received(events, { polledAckId: plan.next.ackId }));
    expect(polled).toMatchObject({ records: [], repeats: 2 });
  });

  test('takes nothing from events of another session', () => {
    const foreign = { ...nested(event('tide', '8')), attributes: response('', { sid: '9' }).attributes };
    expect(planResponses(planContext(), openProgress(), answered([foreign])).records).toEqual([]);
  });

  test('holds dead letters instead when Kafka refused the records', () => {
    const elements = [response('requestAccepted', { rid: '10007' }), nested(event('tide', '8'))];
    const plan = planResponses(planContext(), openProgress(), answered(elements), true);
    expect(placesOf(plan)).toEqual(['deadLetter@1600000000.20', 'deadLetter@1600000000.21']);
    expect(plan.next).toMatchObject({ nextSequence: 22, nextAnswer: 7 });
  });
});
