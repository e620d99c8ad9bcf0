import { describe, expect, test } from 'vitest';

import { Acknowledger } from '../../../../src/bridge/session/acknowledger.ts';
import type { BridgeSettings } from '../../../../src/bridge/settings.ts';
import type { CommandAnswer } from '../../../../src/cwa/commands.ts';
import { SessionLostError, TicketLostError, TransientError } from '../../../../src/cwa/errors.ts';
import type { AcknowledgeRequests } from '../../../../src/cwa/requests.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import { createLogger } from '../../../../src/observability/log.ts';
import { LogLines } from '../../../support/log-lines.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { bridgeSettings, commandAnswer, openProgress, response, valuesOf } from '../builders.ts';
import { cursorOn, FakeShard, partsWith, rejectedWhenAborted } from '../fakes.ts';

const NEVER = new AbortController().signal;
const [ILSE, ODO] = ['sip:ilse@harbour.example', 'sip:odo@harbour.example'];

type Answer = (requests: AcknowledgeRequests, signal: AbortSignal) => Promise<CommandAnswer>;

/** A session in which subscribers are announced; every request is accepted unless the test says otherwise. */
class Sut {
  readonly clock = new ManualClock();
  readonly log = new LogLines();
  readonly posts: AcknowledgeRequests[] = [];
  readonly shard = new FakeShard();
  answer: Answer = ({ requests }) =>
    Promise.resolve(commandAnswer(requests.map(({ rid }) => response('requestAccepted', { rid }))));
  readonly #cursor = cursorOn(this.shard, openProgress(), { clock: this.clock });
  readonly #acknowledger: Acknowledger;

  constructor(acknowledgeSubscribers: BridgeSettings['session']['acknowledgeSubscribers'] = 'uri') {
    const acknowledgeSubscriber: Answer = (requests, signal) => {
      this.posts.push(requests);
      return this.answer(requests, signal);
    };
    const parts = partsWith(
      { acknowledgeSubscriber },
      {
        cursor: this.#cursor,
        clock: this.clock,
        log: createLogger({ level: 'debug', destination: this.log }),
        settings: bridgeSettings({ acknowledgeSubscribers }),
      },
    );
    this.#acknowledger = new Acknowledger(parts);
  }

  /** One poll, in whose answer these subscribers were announced. */
  async poll(subscribers: readonly string[], events: readonly XmlElement[] = []): Promise<void> {
    this.#acknowledger.heard(subscribers, { events });
    await this.#acknowledger.afterPoll((plan) => this.#cursor.advance(plan), NEVER);
  }

  async beginSession(): Promise<void> {
    const { progress } = this.#cursor;
    await this.#cursor.advance({ records: [], next: { ...progress, generation: progress.generation + 1 } });
  }

  /** Whom each POST named. */
  get named(): readonly (readonly string[])[] {
    return this.posts.map(({ requests }) => requests.flatMap(({ uris }) => uris));
  }

  get lines(): readonly string[] {
    return this.log.text.split('\n').filter((line) => line.includes('announces them again'));
  }
}

describe('who watches the account', () => {
  test('is acknowledged by a request of its own, all in one POST, whose answers are published', async () => {
    const sut = new Sut('uris');
    await sut.poll([ILSE, ODO]);
    const [post] = sut.posts;
    expect(post).toMatchObject({ form: 'uris', sid: '412', requests: [{ uris: [ILSE] }, { uris: [ODO] }] });
    expect(new Set(post?.requests.map(({ rid }) => rid)).size).toBe(2);
    const answers = sut.shard.units.flatMap((unit) => valuesOf(unit));
    expect(answers).toMatchObject([
      { recordType: 'requestAccepted', method: 'acknowledgeSubscriber', concerns: [ILSE] },
      { recordType: 'requestAccepted', method: 'acknowledgeSubscriber', concerns: [ODO] },
    ]);
    expect(sut.lines).toEqual([]);
  });

  test('is left alone if that is not configured', async () => {
    const sut = new Sut('off');
    await sut.poll([ILSE, ODO]);
    await sut.poll([]);
    expect(sut.posts).toEqual([]);
  });

  test('is acknowledged once in a session, and again in the next', async () => {
    const sut = new Sut();
    await sut.poll([ILSE, ILSE]);
    await sut.poll([ILSE, ODO]);
    expect(sut.named).toEqual([[ILSE], [ODO]]);
    await sut.beginSession();
    await sut.poll([ILSE]);
    expect(sut.named).toEqual([[ILSE], [ODO], [ILSE]]);
  });

  test('is acknowledged fifty at a time, between the polls that follow', async () => {
    const crowd = Array.from({ length: 120 }, (_, i) => `sip:u${String(i)}@harbour.example`);
    const sut = new Sut();
    await sut.poll(crowd);
    expect(sut.named.map((uris) => uris.length)).toEqual([50]);
    for (let i = 0; i < 4; i += 1) await sut.poll([]);
    expect(sut.named.map((uris) => uris.length)).toEqual([50, 50, 20]);
    expect(sut.named.flat()).toEqual(crowd);
  });

  test('is forgotten with the session, if it still waits', async () => {
    const sut = new Sut();
    await sut.poll(Array.from({ length: 60 }, (_, i) => `sip:u${String(i)}@harbour.example`));
    await sut.beginSession();
    await sut.poll([ILSE]);
    expect(sut.named.at(-1)).toEqual([ILSE]);
  });

  test('is not named if it is no SIP address, which servers reject', async () => {
    const sut = new Sut();
    await sut.poll(['tel:+15550100', ODO]);
    expect(sut.named).toEqual([[ODO]]);
  });
});

describe('an acknowledgement', () => {
  test.each([
    ['that does not get through', () => Promise.reject(new TransientError('503', { reason: 'server-fault' }))],
    ['that is refused like a bad ticket', () => Promise.reject(new TicketLostError('403'))],
    ['for a session that is lost', () => Promise.reject(new SessionLostError('18100'))],
  ])('%s leads to nothing but a log line', async (_, answer) => {
    const sut = new Sut();
    sut.answer = answer;
    await sut.poll([ILSE]);
    await sut.poll([ILSE]);
    expect(sut.posts).toHaveLength(1);
    expect(sut.shard.units).toEqual([]);
    expect(sut.lines).toHaveLength(1);
  });

  test('that takes long is given up: polls go on', async () => {
    const sut = new Sut();
    sut.answer = (_requests, signal) => rejectedWhenAborted(signal);
    const polled = sut.poll([ILSE]);
    await sut.clock.advance(9_999);
    expect(sut.lines).toEqual([]);
    await sut.clock.advance(1);
    await polled;
    expect(sut.lines).toHaveLength(1);
    expect(sut.clock.sleepers).toBe(0);
  });

  test('that is refused at once is published, and told once', async () => {
    const sut = new Sut();
    sut.answer = ({ requests }) =>
      Promise.resolve(commandAnswer(requests.map(({ rid }) => response('requestRejected', { rid }))));
    await sut.poll([ILSE, ODO]);
    await sut.poll([ILSE, ODO]);
    expect(sut.posts).toHaveLength(1);
    expect(sut.shard.units.flatMap((unit) => valuesOf(unit))).toHaveLength(2);
    expect(sut.lines).toHaveLength(1);
  });

  test('that fails later is told; one that succeeds, or is of somebody else, is not', async () => {
    const sut = new Sut();
    await sut.poll([ILSE, ODO]);
    const [first = '', second = ''] = sut.posts[0]?.requests.map(({ rid }) => rid) ?? [];
    const failed = (rid: string): XmlElement => response('requestFailed', { rid, eid: '9' });
    await sut.poll([], [failed('1'), response('requestSucceeded', { rid: second, eid: '8' })]);
    expect(sut.lines).toEqual([]);
    await sut.poll([], [failed(first)]);
    await sut.poll([], [failed(first), failed(second)]);
    expect(sut.lines).toHaveLength(1);
    expect(sut.lines[0]).toContain(`"rids":["${first}"]`);
  });
});
