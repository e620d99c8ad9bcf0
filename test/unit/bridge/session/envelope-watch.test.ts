import { describe, expect, test } from 'vitest';

import { EnvelopeWatch } from '../../../../src/bridge/session/envelope-watch.ts';
import type { EventsAnswer } from '../../../../src/cwa/documents/envelope.ts';
import type { PollResult } from '../../../../src/cwa/poll.ts';
import { createLogger } from '../../../../src/observability/log.ts';
import { LogLines } from '../../../support/log-lines.ts';
import { bridgeSettings, event, NOW, openProgress, received } from '../builders.ts';
import { cursorOn, FakeObserver, FakeShard, partsWith } from '../fakes.ts';

function setUp({ isUserActive = true } = {}) {
  const observer = new FakeObserver();
  const lines = new LogLines();
  const log = createLogger({ level: 'warn', destination: lines });
  const settings = { ...bridgeSettings(), isUserActive };
  const watch = new EnvelopeWatch(partsWith({}, { cursor: cursorOn(new FakeShard()), observer, log, settings }));
  const look = (envelope: Partial<EventsAnswer>, generation = 1): void => {
    const answer = { ...received([], { ackId: '7' }).answer, ...envelope };
    const result: PollResult = { kind: 'events', answer, receivedAt: NOW, bodyBytes: 0, body: new Uint8Array() };
    watch.look(result, openProgress({ generation }));
  };
  const warnings = (): readonly unknown[] => lines.text.trim().split('\n').filter(Boolean);
  return { look, observer, warnings };
}

describe('an ackId', () => {
  test.each<readonly [string, Partial<EventsAnswer>]>([
    ['lowered', { ackId: '6' }],
    ['missing', { ackId: null }],
    ['invalid', { ackId: 'many' }],
    ['foreign-session', { sid: '999' }],
  ])('that is %s is counted every time and told once a session', (kind, envelope) => {
    const { look, observer, warnings } = setUp();
    look(envelope);
    look(envelope);
    expect([observer.oddities, warnings().length]).toEqual([[kind, kind], 1]);
    look(envelope, 2);
    expect(warnings()).toHaveLength(2);
  });

  test('that moves further than the answer has events is counted only', () => {
    const { look, observer, warnings } = setUp();
    look({ ackId: '9', events: [event('tide', '8'), event('tide', '9')] });
    expect(observer.oddities).toEqual([]);
    look({ ackId: '10', events: [event('tide', '8')] });
    expect([observer.oddities, warnings().length]).toEqual([['ran-ahead'], 0]);
  });
});

test.each([
  [86_400_000, 1],
  [1, 1],
  [3_000, 0],
  [null, 0],
])('a wait of %s ms that the server asks for gives %i warnings', (pollWaitTimeMs, expected) => {
  const { look, warnings } = setUp();
  look({ pollWaitTimeMs });
  look({ pollWaitTimeMs });
  expect(warnings()).toHaveLength(expected);
});

describe('the time left to a session', () => {
  test('is an alarm when it falls under a fifth although polls say that a person is active', () => {
    const { look, observer, warnings } = setUp();
    for (const sessionTimeoutSeconds of [600, 300, 121, 119, 100, 600]) look({ sessionTimeoutSeconds });
    expect(observer.timeLow.slice(1)).toEqual([false, false, false, true, true, false]);
    expect(warnings()).toHaveLength(1);
  });

  test('runs out as it should where they do not say so', () => {
    const { look, observer } = setUp({ isUserActive: false });
    for (const sessionTimeoutSeconds of [600, 1]) look({ sessionTimeoutSeconds });
    expect(observer.timeLow).toEqual([false]);
  });
});
