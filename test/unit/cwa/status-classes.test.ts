import { expect, test } from 'vitest';

import { type AnswerFacts, classifyStatus } from '../../../src/cwa/classify.ts';
import {
  SessionLostError,
  SignInRefusedError,
  TicketLostError,
  TransientError,
  WrongServiceError,
} from '../../../src/cwa/errors.ts';
import type { StatusClass } from '../../../src/lib/status-class.ts';

function facts(
  statusCode: number,
  configuredClass: StatusClass,
  channel: AnswerFacts['channel'] = 'data',
): AnswerFacts {
  const operation = 'GET /cwa/AsyncDataChannel.ashx';
  return { channel, operation, statusCode, contentType: null, location: null, retryAfterMs: 7_000, configuredClass };
}

test.each([
  [401, 'transient', TransientError],
  [500, 'session-lost', SessionLostError],
  [500, 'ticket-lost', TicketLostError],
  [503, 'wrong-service', WrongServiceError],
  [302, 'ticket-lost', TicketLostError],
] as const)('status %i can be made %s', (statusCode, statusClass, expected) => {
  expect(classifyStatus(facts(statusCode, statusClass), null)).toBeInstanceOf(expected);
});

test('an error code in the body says more than any status', () => {
  const fault = {
    code: 18100,
    subCode: 0,
    reason: null,
    detail: null,
    exceptionType: null,
    exceptionDetail: null,
    sip: null,
  };
  expect(classifyStatus(facts(500, 'transient'), fault)).toBeInstanceOf(SessionLostError);
});

test('a refused sign-in stays one: it must not be tried again and again', () => {
  expect(classifyStatus(facts(401, 'transient', 'signIn'), null)).toBeInstanceOf(SignInRefusedError);
});
