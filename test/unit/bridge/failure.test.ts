import { describe, expect, test } from 'vitest';

import { failureOf, isAbort } from '../../../src/bridge/failure.ts';
import { SecretUnreadableError } from '../../../src/config/secret-unreadable-error.ts';
import { DocumentRefusedError } from '../../../src/cwa/documents/document-refused-error.ts';
import {
  SessionLostError,
  SignInRefusedError,
  TicketLostError,
  TransientError,
  WrongServiceError,
} from '../../../src/cwa/errors.ts';
import { ShardLostError, TopologyError } from '../../../src/kafka/shard-errors.ts';

describe('the failure of a step', () => {
  const failures: readonly (readonly [string, Error, ReturnType<typeof failureOf>])[] = [
    ['no answer', new TransientError('x', { reason: 'timeout' }), 'transient'],
    ['a lost session', new SessionLostError('x'), 'session-lost'],
    ['a lost ticket', new TicketLostError('x'), 'ticket-lost'],
    ['a refused sign-in', new SignInRefusedError('x'), 'sign-in-refused'],
    ['a wrong address', new WrongServiceError('x'), 'wrong-service'],
    ['a refused document', new DocumentRefusedError('malformed', 'x', { line: 1, column: 1 }), 'refused-document'],
    ['a password file that is away', new SecretUnreadableError('/run/secret', new Error('ENOENT')), 'transient'],
    ['a lost shard', new ShardLostError(0, 'claimed-by-other'), null],
    ['topics that are not as they must be', new TopologyError('topics-missing', 'x'), null],
    ['a mistake of our own', new TypeError('x'), null],
  ];
  test.each(failures)('%s', (_, error, failure) => {
    expect(failureOf(error)).toBe(failure);
  });
});

describe('an abort', () => {
  test('is told by the reason of the signal, or by its name', () => {
    const reason = new Error('SIGTERM received');
    const signal = AbortSignal.abort(reason);
    expect(isAbort(reason, signal)).toBe(true);
    expect(isAbort(new DOMException('aborted', 'AbortError'), signal)).toBe(true);
    expect(isAbort(new Error('SIGTERM received'), signal)).toBe(false);
  });

  test('is none as long as the signal has not aborted', () => {
    expect(isAbort(new DOMException('aborted', 'AbortError'), new AbortController().signal)).toBe(false);
  });
});
