import { expect, onTestFinished, test } from 'vitest';

import { KafkaWatch } from '../../../src/daemon/kafka-watch.ts';
import { KafkaError } from '../../../src/kafka/kafka-error.ts';
import type { ClusterLayout } from '../../../src/kafka/port.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const answers: (() => Promise<ClusterLayout>)[] = [];
  const stop = new AbortController();
  const watch = new KafkaWatch(
    { layout: () => (answers.shift() ?? (() => Promise.resolve(new Map())))() },
    'cwa.progress',
    clock,
  );
  const ended = watch.run(stop.signal);
  ended.catch(() => undefined);
  onTestFinished(() => {
    stop.abort();
  });
  return { answers, clock, ended, stop, watch };
}

const away = (): Promise<ClusterLayout> =>
  Promise.reject(new KafkaError('no broker', { kind: 'unknown', kafkaCode: 'ECONNREFUSED', phase: 'metadata' }));

test('a Kafka that does not answer is noticed, and so is its return', async () => {
  const { answers, clock, watch } = setUp();
  answers.push(away, away);
  expect(watch.failureCode).toBeNull();
  await clock.advance(5_000);
  expect(watch.failureCode).toBe('ECONNREFUSED');
  await clock.advance(5_000);
  expect(watch.failureCode).toBe('ECONNREFUSED');
  await clock.advance(5_000);
  expect(watch.failureCode).toBeNull();
});

test('the watch ends with its signal, also in the middle of a question', async () => {
  const { answers, clock, ended, stop } = setUp();
  answers.push(() => {
    stop.abort(new Error('SIGTERM'));
    return Promise.reject(new Error('SIGTERM'));
  });
  await clock.advance(5_000);
  await expect(ended).resolves.toBeUndefined();
  expect(clock.sleepers).toBe(0);
});

test('a mistake of our own is not taken for an answer of Kafka', async () => {
  const { answers, clock, ended } = setUp();
  answers.push(() => Promise.reject(new TypeError('a mistake')));
  await clock.advance(5_000);
  await expect(ended).rejects.toThrow(TypeError);
});
