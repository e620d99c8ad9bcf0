import { describe, expect, test } from 'vitest';

import { classifyFault, classifyHtml, classifyStatus } from '../../../src/cwa/classify.ts';
import type { AnswerFacts, Channel } from '../../../src/cwa/classify.ts';
import {
  SessionLostError,
  SignInRefusedError,
  TicketLostError,
  TransientError,
  WrongServiceError,
} from '../../../src/cwa/errors.ts';
import type { CwaFault } from '../../../src/cwa/documents/fault.ts';
import type { StatusClass } from '../../../src/lib/status-class.ts';

function answer(statusCode: number, channel: Channel = 'data', more: Partial<AnswerFacts> = {}): AnswerFacts {
  const operation = 'GET /cwa/AsyncDataChannel.ashx';
  return { channel, operation, statusCode, contentType: null, location: null, retryAfterMs: null, ...more };
}

function fault(code: number | null): CwaFault {
  return {
    code,
    subCode: null,
    reason: 'canary',
    detail: 'canary',
    exceptionType: null,
    exceptionDetail: null,
    sip: null,
  };
}

describe('a status', () => {
  test.each([200, 201, 204, 206])('%i is no error', (statusCode) => {
    expect(classifyStatus(answer(statusCode), null)).toBeNull();
  });

  test.each([
    [401, 'signIn', SignInRefusedError],
    [403, 'signIn', SignInRefusedError],
    [440, 'signIn', SignInRefusedError],
    [401, 'command', TicketLostError],
    [403, 'data', TicketLostError],
    [440, 'data', TicketLostError],
    [404, 'signIn', WrongServiceError],
    [404, 'command', WrongServiceError],
    [405, 'data', WrongServiceError],
    [400, 'data', TransientError],
    [408, 'data', TransientError],
    [413, 'command', TransientError],
    [429, 'data', TransientError],
    [500, 'signIn', TransientError],
    [502, 'command', TransientError],
    [503, 'data', TransientError],
    [504, 'data', TransientError],
  ] as const)('%i on the %s channel is the right class', (statusCode, channel, expected) => {
    expect(classifyStatus(answer(statusCode, channel), null)).toBeInstanceOf(expected);
  });

  test('brings the wait that the server asks for', () => {
    expect(classifyStatus(answer(503, 'data', { retryAfterMs: 7000 }), null)).toMatchObject({ retryAfterMs: 7000 });
  });

  test('gives way to the code in the body', () => {
    expect(classifyStatus(answer(500), fault(18100))).toBeInstanceOf(SessionLostError);
    expect(classifyStatus(answer(403), fault(18101))).toBeInstanceOf(TransientError);
    expect(classifyStatus(answer(403), fault(18102))).toBeInstanceOf(TicketLostError);
  });
});

describe('a redirect', () => {
  test.each([
    ['data', 302, '/forms/logon.html?x', TicketLostError],
    ['command', 302, 'https://sso.fabrikam.example/login', TicketLostError],
    ['data', 302, '/error.aspx?path=/cwa', TransientError],
    ['data', 302, null, TransientError],
    ['data', 304, null, TransientError],
    ['data', 301, 'https://im.fabrikam.example/cwa/', WrongServiceError],
    ['command', 308, 'https://im.fabrikam.example/cwa/', WrongServiceError],
    ['signIn', 302, '/forms/logon.html', SignInRefusedError],
    ['signIn', 302, 'https://im.fabrikam.example/', WrongServiceError],
  ] as const)('on the %s channel with %i to %s is the right class', (channel, statusCode, location, expected) => {
    expect(classifyStatus(answer(statusCode, channel, { location }), null)).toBeInstanceOf(expected);
  });

  test('is told without what its address may carry', () => {
    const location = 'https://canary:canary@im.fabrikam.example/x;canary?canary#canary';
    const error = classifyStatus(answer(301, 'data', { location }), null);
    expect(error?.message).toContain('https://im.fabrikam.example/x;');
    expect(`${String(error?.message)}${JSON.stringify(error)}`).not.toContain('canary');
  });
});

describe('a web page', () => {
  test('is a lost ticket, or a refused sign-in', () => {
    expect(classifyHtml(answer(200))).toBeInstanceOf(TicketLostError);
    expect(classifyHtml(answer(200, 'signIn'))).toBeInstanceOf(SignInRefusedError);
  });
});

describe('a fault code', () => {
  test.each([
    [18100, SessionLostError, 'reconnect'],
    [18101, TransientError, 'retry'],
    [18202, TransientError, 'retry'],
    [18203, TransientError, 'retry'],
    [18301, TransientError, 'retry'],
    [18302, TransientError, 'retry'],
    [18400, TransientError, 'retry'],
  ] as const)('%i has a class of its own', (code, expected, disposition) => {
    const error = classifyFault(answer(200), fault(code));
    expect(error).toBeInstanceOf(expected);
    expect(error?.disposition).toBe(disposition);
  });

  test.each([18000, 18001, 18102, 18201, null])('%s is a matter of the request', (code) => {
    expect(classifyFault(answer(200), fault(code))).toBeNull();
  });

  test('is told by number, without what the server wrote', () => {
    const error = classifyFault(answer(200), fault(18400));
    expect(error?.message).toContain('error code 18400');
    expect(`${String(error?.message)}${JSON.stringify(error?.context)}`).not.toContain('canary');
  });
});

describe('a status that the configuration names', () => {
  const facts = (statusCode: number, configuredClass: StatusClass, channel?: Channel): AnswerFacts =>
    answer(statusCode, channel, { retryAfterMs: 7_000, configuredClass });

  test.each([
    [401, 'transient', TransientError],
    [500, 'session-lost', SessionLostError],
    [500, 'ticket-lost', TicketLostError],
    [503, 'wrong-service', WrongServiceError],
    [302, 'ticket-lost', TicketLostError],
  ] as const)('%i can be made %s', (statusCode, statusClass, expected) => {
    expect(classifyStatus(facts(statusCode, statusClass), null)).toBeInstanceOf(expected);
  });

  test('gives way to the code in the body', () => {
    expect(classifyStatus(facts(500, 'transient'), fault(18100))).toBeInstanceOf(SessionLostError);
  });

  test('changes nothing about a refused sign-in: it must not be tried again and again', () => {
    expect(classifyStatus(facts(401, 'transient', 'signIn'), null)).toBeInstanceOf(SignInRefusedError);
  });
});
