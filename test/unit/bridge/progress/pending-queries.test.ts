import { describe, expect, test } from 'vitest';

import { planAnswer } from '../../../../src/bridge/plans/plan-answer.ts';
import { planResponses } from '../../../../src/bridge/plans/plan-responses.ts';
import { withQueries } from '../../../../src/bridge/progress/pending-queries.ts';
import {
  commandAnswer,
  NOW,
  openProgress,
  planContext,
  presenceOf,
  received,
  response,
  USERS,
  valuesOf,
} from '../builders.ts';

const [ANNA = '', BEN = ''] = USERS;
const QUERY = { method: 'queryPresence', sentAt: NOW, requests: [{ rid: '70', uris: [ANNA, BEN] }] };
const ASKED = openProgress({ queries: [{ rid: '70', uris: [ANNA, BEN] }] });

describe('a query that was accepted', () => {
  test('is remembered with the users it asks about', () => {
    const { answer, receivedAt } = commandAnswer([response('requestAccepted', { rid: '70' })]);
    const { next } = planResponses(planContext(), openProgress(), { answer, receivedAt, sent: QUERY });
    expect(next.queries).toEqual([{ rid: '70', uris: [ANNA, BEN] }]);
  });

  test('marks the next presence of each of them, once', () => {
    const plan = planAnswer(planContext(), ASKED, received([presenceOf('8', ANNA), presenceOf('9', ANNA)]));
    expect(valuesOf(plan).map(({ origin }) => origin)).toEqual(['query', 'live']);
    expect(plan.next.queries).toEqual([{ rid: '70', uris: [BEN] }]);
    const after = planAnswer(planContext(), plan.next, received([presenceOf('10', BEN)], { ackId: '10' }));
    expect(valuesOf(after).map(({ origin }) => origin)).toEqual(['query']);
    expect(after.next.queries).toEqual([]);
  });

  test('and then failed is answered by nobody', () => {
    const failed = { ...response('requestFailed', { rid: '70', eid: '8' }) };
    const plan = planAnswer(planContext(), ASKED, received([failed]));
    expect(plan.next.queries).toEqual([]);
  });

  test('that succeeds before its presence comes still waits for it', () => {
    const succeeded = response('requestSucceeded', { rid: '70', eid: '8' });
    const plan = planAnswer(planContext(), ASKED, received([succeeded, presenceOf('9', ANNA)]));
    expect(valuesOf(plan).map(({ origin }) => origin)).toContain('query');
  });
});

test('a query that is refused at once awaits nobody', () => {
  const refused = {
    ...response('requestFailed', { rid: '70' }),
    children: [response('error', { code: '18201', reason: 'Operation failed' })],
  };
  const { answer, receivedAt } = commandAnswer([refused]);
  const { next } = planResponses(planContext(), openProgress(), { answer, receivedAt, sent: QUERY });
  expect(next.queries).toEqual([]);
});

test('only so many users are awaited: the oldest queries are forgotten', () => {
  const uris = Array.from({ length: 200 }, (_, n) => `sip:user${String(n)}@harbour.example`);
  const requests = ['1', '2', '3'].map((rid) => ({ rid, uris }));
  const pending = withQueries([], { method: 'queryPresence', sentAt: NOW, requests });
  expect(pending.map(({ rid }) => rid)).toEqual(['2', '3']);
});
