import { createRequire } from 'node:module';

import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';

import { KafkaError, kafkaCodeOf, kindOf, toKafkaError } from '../../../src/kafka/kafka-error.ts';

// The real errors of the client, made by the client: its table by code is private, hence the path.
const { createErrorFromCode } = createRequire(import.meta.url)('kafkajs/src/protocol/error.js') as {
  createErrorFromCode: (code: number) => Error;
};

function wrapped(cause: Error): Error {
  return new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 0, retryTime: 0 });
}

function noCoordinator(): Error {
  return Object.assign(new Error('none'), { name: 'KafkaJSGroupCoordinatorNotFound' });
}

describe('kafkaCodeOf', () => {
  test.each([
    [51, 'CONCURRENT_TRANSACTIONS', 'unknown'],
    [47, 'INVALID_PRODUCER_EPOCH', 'fenced'],
    [90, 'PRODUCER_FENCED', 'fenced'],
    [10, 'MESSAGE_TOO_LARGE', 'rejected'],
    [32, 'INVALID_TIMESTAMP', 'rejected'],
    [87, 'INVALID_RECORD', 'rejected'],
    [6, 'NOT_LEADER_FOR_PARTITION', 'unknown'],
    [55, 'OPERATION_NOT_ATTEMPTED', 'unknown'],
    [29, 'TOPIC_AUTHORIZATION_FAILED', 'denied'],
    [53, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'denied'],
  ])('knows protocol error %i as %s, also wrapped', (code, name, kind) => {
    const error = createErrorFromCode(code);

    expect([kafkaCodeOf(error), kafkaCodeOf(wrapped(error)), kindOf(kafkaCodeOf(error))]).toEqual([name, name, kind]);
  });

  test.each([
    [
      'a refused connection',
      wrapped(new kafkajs.KafkaJSConnectionError('no', { code: 'ECONNREFUSED' })),
      'ECONNREFUSED',
    ],
    ['a missing coordinator', noCoordinator(), 'KafkaJSGroupCoordinatorNotFound'],
    ['a bare error', new Error('Broker not connected'), 'UNEXPECTED'],
    ['an aggregate', new kafkajs.KafkaJSAggregateError('no', [createErrorFromCode(29)]), 'TOPIC_AUTHORIZATION_FAILED'],
    ['something that is no error', 'no', 'UNEXPECTED'],
  ])('names %s', (_what, error, code) => {
    expect(kafkaCodeOf(error)).toBe(code);
  });
});

describe('toKafkaError', () => {
  test('takes anything unexpected for an outcome that is not known', () => {
    const error = toKafkaError(new Error('Broker not connected'), 'the commit', { phase: 'commit' });

    expect(error).toMatchObject({ kind: 'unknown', phase: 'commit', disposition: 'reconnect', code: 'kafka-unknown' });
    expect(error.message).toBe(
      'Kafka: the commit failed with UNEXPECTED: Broker not connected (No broker of kafka.brokers answers: cwa-bridge doctor tries each.)',
    );
  });

  test('says that a missing coordinator may be a missing right', () => {
    const error = toKafkaError(noCoordinator(), 'fencing', { phase: 'fence' });

    expect(error.message).toMatch(
      /coordinator is not available.*or a right is missing: WRITE on the transactional ids/,
    );
  });

  test('returns our own error as it is', () => {
    const own = new KafkaError('Kafka: no', { kind: 'unknown', kafkaCode: 'X', phase: 'data' });

    expect(toKafkaError(own, 'something else', { phase: 'commit' })).toBe(own);
  });
});
