import { logLevel } from 'kafkajs';
import { expect, test } from 'vitest';

import { kafkajsLogCreator } from '../../../../src/kafka/kafkajs/log-creator.ts';
import type { Log } from '../../../../src/lib/log.ts';

function lines(level: logLevel, message: string): readonly string[] {
  const seen: string[] = [];
  const logger: Log = {
    debug: () => seen.push('debug'),
    info: () => seen.push('info'),
    warn: () => seen.push('warn'),
    error: () => seen.push('error'),
  };
  const log = { timestamp: '', logger: 'kafkajs', message };
  kafkajsLogCreator(logger)(logLevel.DEBUG)({ namespace: 'Connection', level, label: '', log });
  return seen;
}

test.each([
  'Response AddPartitionsToTxn(key: 24, version: 1)',
  'Failed to send messages: The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing',
  'Connection error: connect ECONNREFUSED 127.0.0.1:9092',
])('takes what happens on a normal day for debug: %s', (message) => {
  expect(lines(logLevel.ERROR, message)).toEqual(['debug']);
});

test('shows other errors as warnings: our own code reports what follows from them', () => {
  expect(lines(logLevel.ERROR, 'Something that nobody has seen before')).toEqual(['warn']);
  expect(lines(logLevel.WARN, 'Something')).toEqual(['info']);
  expect(lines(logLevel.INFO, 'Something')).toEqual(['debug']);
});
