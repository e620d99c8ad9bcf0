import { describe, expect, test } from 'vitest';

import { runsAhead } from '../../../../src/bridge/plans/ack-id.ts';
import { Canary } from '../../../../src/bridge/session/canary.ts';
import type { Plan } from '../../../../src/bridge/plans/plan.ts';
import { StarvedError } from '../../../../src/bridge/session/starved-error.ts';
import type { CommandAnswer } from '../../../../src/cwa/commands.ts';
import { SessionLostError, TransientError } from '../../../../src/cwa/errors.ts';
import type { PollResult } from '../../../../src/cwa/poll.ts';
import type { PresenceRequests } from '../../../../src/cwa/requests.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import {
  ACCOUNT_URI,
  bridgeSettings,
  commandAnswer,
  event,
  NOW,
  openProgress,
  presenceOf,
  received,
  response,
} from '../builders.ts';
import { cursorOn, FakeObserver, FakeShard, partsWith } from '../fakes.ts';

const NEVER = new AbortController().signal;
const CANARY = { intervalMs: 600_000, timeoutMs: 120_000 };

/** A session that is polled: every turn lets time pass, and one poll is answered. */
class Sut {
  readonly clock = new ManualClock();
  readonly observer = new FakeObserver();
  readonly queries: PresenceRequests[] = [];
  answer: (rid: string) => Promise<CommandAnswer> = (rid) =>
    Promise.resolve(commandAnswer([response('requestAccepted', { rid })]));
  readonly #cursor = cursorOn(new FakeShard(), openProgress(), { clock: this.clock });
  readonly #canary: Canary;

  constructor() {
    const queryPresence = (requests: PresenceRequests): Promise<CommandAnswer> => {
      this.queries.push(requests);
      return this.answer(requests.requests[0]?.rid ?? '');
    };
    const { clock, observer } = this;
    const settings = bridgeSettings({ canary: CANARY });
    this.#canary = new Canary(partsWith({ queryPresence }, { cursor: this.#cursor, clock, observer, settings }));
  }

  async turn(ms: number, events: readonly XmlElement[] = [], ackId = this.#cursor.progress.ackId): Promise<void> {
    await this.clock.advance(ms);
    const { answer } = received(events, { ackId });
    const result: PollResult = { kind: 'events', answer, receivedAt: NOW, bodyBytes: 0, body: new Uint8Array() };
    await this.commit({ records: [], next: { ...this.#cursor.progress, ackId } });
    await this.#canary.afterPoll(result, (plan) => this.commit(plan), NEVER);
  }

  async turns(count: number, ms: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.turn(ms);
  }

  get rid(): string {
    return this.queries.at(-1)?.requests[0]?.rid ?? '';
  }

  async beginSession(): Promise<void> {
    const { progress } = this.#cursor;
    await this.commit({ records: [], next: { ...progress, generation: progress.generation + 1 } });
  }

  private commit(plan: Plan): Promise<void> {
    return this.#cursor.advance(plan);
  }
}

function outcome(name: string, rid: string): XmlElement {
  return response(name, { rid, eid: '9' });
}

describe('a canary', () => {
  test('asks for the presence of the account itself, soon after the session is open, and then in its interval', async () => {
    const sut = new Sut();
    await sut.turns(3, 15_000);
    expect(sut.queries).toEqual([{ sid: '412', requests: [{ rid: sut.rid, uris: [ACCOUNT_URI] }] }]);
    await sut.turn(1_000, [outcome('requestSucceeded', sut.rid)]);
    await sut.turns(37, 15_000);
    expect(sut.queries).toHaveLength(1);
    await sut.turns(6, 15_000);
    expect(sut.queries).toHaveLength(2);
  });

  test.each([
    ['its outcome', (rid: string) => outcome('requestSucceeded', rid), 'answered'],
    ['a failure under its rid', (rid: string) => outcome('requestFailed', rid), 'failed'],
    ['the presence that it asked for', () => presenceOf('9', ACCOUNT_URI.toUpperCase()), 'answered'],
  ])('is answered by %s: the session hears something', async (_, answer, expected) => {
    const sut = new Sut();
    await sut.turns(3, 15_000);
    await sut.turn(1_000, [answer(sut.rid)]);
    await sut.turns(20, 15_000);
    expect(sut.observer.canaries).toEqual([expected]);
  });

  test('that is answered by nothing but other events is overdue: the session starves', async () => {
    const sut = new Sut();
    await sut.turns(3, 15_000);
    for (let i = 0; i < 7; i += 1) await sut.turn(15_000, [event('tide', '8'), outcome('requestSucceeded', '1')], '9');
    await expect(sut.turn(15_000)).rejects.toThrow(StarvedError);
    expect(sut.observer.canaries).toEqual(['overdue']);
  });

  test('is not overdue because Kafka was away: only time between answered polls counts', async () => {
    const sut = new Sut();
    await sut.turns(3, 15_000);
    await sut.turn(3_600_000, [event('tide', '8')], '8');
    await sut.turn(3_600_000, [event('tide', '9')], '9');
    await sut.turn(15_000, [outcome('requestSucceeded', sut.rid)]);
    expect(sut.observer.canaries).toEqual(['answered']);
  });

  test('of a session that is gone is answered by nobody, and nobody waits for it', async () => {
    const sut = new Sut();
    await sut.turns(3, 15_000);
    await sut.beginSession();
    await sut.turns(2, 15_000);
    expect(sut.queries).toHaveLength(1);
    await sut.turn(15_000);
    expect(sut.queries).toHaveLength(2);
    expect(sut.observer.canaries).toEqual([]);
  });

  test('that is refused at once proves nothing, and costs nothing', async () => {
    const sut = new Sut();
    sut.answer = (rid) => Promise.resolve(commandAnswer([response('requestRejected', { rid })]));
    await sut.turns(20, 15_000);
    expect(sut.observer.canaries).toEqual(['refused']);
  });

  test('that does not get through is sent again another time; a lost session is none of its business', async () => {
    const sut = new Sut();
    sut.answer = () => Promise.reject(new TransientError('503', { reason: 'busy' }));
    await sut.turns(20, 15_000);
    expect(sut.observer.canaries).toEqual(['unsent']);
    sut.answer = () => Promise.reject(new SessionLostError('18100'));
    await expect(sut.turns(60, 15_000)).rejects.toThrow(SessionLostError);
  });
});

describe('canaries that nobody answers', () => {
  async function sessionsGivenUp(sut: Sut): Promise<number> {
    let givenUp = 0;
    for (let i = 0; i < 400; i += 1) {
      try {
        await sut.turn(15_000);
      } catch (error) {
        expect(error).toBeInstanceOf(StarvedError);
        givenUp += 1;
        await sut.beginSession();
      }
    }
    return givenUp;
  }

  test('cost one session where none was ever answered: perhaps the server answers none', async () => {
    expect(await sessionsGivenUp(new Sut())).toBe(1);
  });

  test('cost three where one was: then a person has to look', async () => {
    const sut = new Sut();
    await sut.turns(3, 15_000);
    await sut.turn(1_000, [outcome('requestSucceeded', sut.rid)]);
    expect(await sessionsGivenUp(sut)).toBe(3);
    expect(sut.observer.canaries.slice(0, 5)).toEqual(['answered', ...Array.from({ length: 4 }, () => 'overdue')]);
  });
});

describe('an acknowledgement that moves further than its answer has events', () => {
  test.each([
    ['7', '9', 2, false],
    ['7', '9', 1, true],
    ['7', '7', 0, false],
    ['7', '3', 0, false],
    ['0', '9', 2, true],
    ['7', 'x', 0, false],
    ['9007199254740993', '9007199254740995', 1, true],
  ])('from %s to %s with %i events: %s', (before, after, events, expected) => {
    expect(runsAhead(before, after, events)).toBe(expected);
  });

  test('brings the canary forward, though not more often than one is waited for', async () => {
    const sut = new Sut();
    await sut.turns(3, 15_000);
    await sut.turn(1_000, [outcome('requestSucceeded', sut.rid)], '8');
    await sut.turn(1_000, [event('tide', '9')], '1009');
    await sut.turns(7, 15_000);
    expect(sut.queries).toHaveLength(1);
    await sut.turn(15_000);
    expect(sut.queries).toHaveLength(2);
  });
});
