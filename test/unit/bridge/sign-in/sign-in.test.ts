import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { parseProgress } from '../../../../src/bridge/progress/account-progress.ts';
import { RefusedSecret } from '../../../../src/bridge/sign-in/refused-secret.ts';
import { type SignInParts, signInWithinBudget } from '../../../../src/bridge/sign-in/sign-in.ts';
import { createSignInGate } from '../../../../src/bridge/sign-in/sign-in-gate.ts';
import { SignInRefusedError, TransientError } from '../../../../src/cwa/errors.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';
import { bridgeSettings, openProgress, placesOf, planContext } from '../builders.ts';
import { cursorOn, FakeObserver, FakeShard } from '../fakes.ts';

const NEVER = new AbortController().signal;
const KEY = { id: 'key-1', key: randomBytes(32) };
const NEXT_KEY = { id: 'key-2', key: randomBytes(32) };
const HOUR_MS = 3_600_000;

/** An account whose process can be started anew on what was committed. */
class Sut {
  readonly clock = new ManualClock();
  readonly shard = new FakeShard();
  readonly observer = new FakeObserver();
  keys: readonly (typeof KEY)[];
  readonly refused = new RefusedSecret();
  attempts = 0;
  password = 'wrong';
  answer: () => Promise<void> = () => Promise.resolve();
  #parts: SignInParts;

  constructor(keys: readonly (typeof KEY)[] = []) {
    this.keys = keys;
    this.#parts = this.#partsOn(openProgress());
  }

  signIn(): Promise<void> {
    return signInWithinBudget(this.#parts, NEVER);
  }

  restart(): void {
    const written = this.shard.written.at(-1);
    this.#parts = this.#partsOn(written === undefined ? openProgress() : parseProgress('pilot', written));
  }

  #partsOn(recovered: ReturnType<typeof openProgress>): SignInParts {
    return {
      settings: { ...bridgeSettings(), sealingKeys: this.keys },
      gate: { enter: () => Promise.resolve() },
      cursor: cursorOn(this.shard, recovered, { clock: this.clock, sealingKeys: this.keys }),
      observer: this.observer,
      clock: this.clock,
      password: () => Promise.resolve(this.password),
      refused: this.refused,
      planContext: () => planContext({ now: this.clock.now() }),
      signIn: () => {
        this.attempts += 1;
        return this.answer();
      },
    };
  }
}

const refuse = (): Promise<void> => Promise.reject(new SignInRefusedError('the server refused the sign-in'));

describe('the sign-in budget', () => {
  test('lets a sign-in through and writes nothing about it', async () => {
    const sut = new Sut();
    await sut.signIn();
    expect(sut.observer.signIns).toEqual(['accepted']);
    expect(sut.shard.units).toEqual([]);
  });

  test('commits a refusal before anybody hears of it', async () => {
    const sut = new Sut();
    sut.answer = refuse;
    const { promise, resolve } = Promise.withResolvers<void>();
    sut.shard.outcomes.push(() => promise);
    const outcome = sut.signIn();
    let isHeard = false;
    outcome.catch(() => (isHeard = true));
    await settled();
    expect(sut.shard.units).toHaveLength(1);
    expect(placesOf({ records: sut.shard.units[0]?.records ?? [] })).toEqual(['quarantined@1600000000.20']);
    expect(isHeard).toBe(false);
    resolve();
    await expect(outcome).rejects.toThrow(SignInRefusedError);
    expect(sut.observer.signIns).toEqual(['refused']);
  });

  test('asks the server twice at most, over any number of restarts', async () => {
    const sut = new Sut();
    sut.answer = refuse;
    for (let start = 0; start < 10; start += 1) {
      await expect(sut.signIn()).rejects.toThrow(SignInRefusedError);
      sut.restart();
    }
    expect(sut.attempts).toBe(2);
    await expect(sut.signIn()).rejects.toThrow(/site "harbour" refused it 2 times, last at 2023-.* could lock it/);
  });

  test('without a sealing key forgets refusals after an hour, because nothing else shows a changed password', async () => {
    const sut = new Sut();
    sut.answer = refuse;
    for (let start = 0; start < 3; start += 1) {
      await expect(sut.signIn()).rejects.toThrow();
      sut.restart();
    }
    await sut.clock.advance(HOUR_MS);
    sut.answer = () => Promise.resolve();
    await sut.signIn();
    expect(sut.attempts).toBe(3);
  });

  test('with a sealing key waits for another password, however long', async () => {
    const sut = new Sut([KEY]);
    sut.answer = refuse;
    for (let start = 0; start < 3; start += 1) {
      await expect(sut.signIn()).rejects.toThrow();
      sut.restart();
    }
    await sut.clock.advance(100 * HOUR_MS);
    await expect(sut.signIn()).rejects.toThrow(
      /Change its password in the password file, which the bridge notices by itself/,
    );
    expect(sut.attempts).toBe(2);

    sut.password = 'right';
    sut.answer = () => Promise.resolve();
    await sut.signIn();
    expect(sut.attempts).toBe(3);
    // The slate is clean again.
    expect(parseProgress('pilot', sut.shard.written.at(-1) ?? '').logins.refusals).toEqual([]);
  });

  test.each([
    ['after the stop', [[KEY], [KEY], [NEXT_KEY, KEY], [NEXT_KEY], [NEXT_KEY]]],
    ['between the refusals', [[KEY], [NEXT_KEY, KEY], [NEXT_KEY], [NEXT_KEY]]],
  ])('keeps the stop when the sealing keys are rotated %s', async (_, rotation) => {
    const sut = new Sut([KEY]);
    sut.answer = refuse;
    for (const keys of rotation) {
      sut.keys = keys;
      sut.restart();
      await expect(sut.signIn()).rejects.toThrow(SignInRefusedError);
      await sut.clock.advance(100 * HOUR_MS);
    }
    expect(sut.attempts).toBe(2);
  });

  test('counts the refusals of the last hour under a key that has taken the place of all others', async () => {
    const sut = new Sut([KEY]);
    sut.answer = refuse;
    for (let start = 0; start < 3; start += 1) {
      await expect(sut.signIn()).rejects.toThrow();
      sut.restart();
    }
    sut.keys = [NEXT_KEY];
    sut.restart();
    await expect(sut.signIn()).rejects.toThrow();
    expect(sut.attempts).toBe(2);
    await sut.clock.advance(HOUR_MS);
    await expect(sut.signIn()).rejects.toThrow();
    expect(sut.attempts).toBe(3);
  });

  test('does not count trouble on the way', async () => {
    const sut = new Sut();
    sut.answer = () => Promise.reject(new TransientError('no answer', { reason: 'timeout' }));
    for (let i = 0; i < 5; i += 1) await expect(sut.signIn()).rejects.toThrow(TransientError);
    expect(sut.observer.signIns).toEqual(Array.from({ length: 5 }, () => 'failed'));
    expect(sut.shard.units).toEqual([]);
  });

  test('never writes the password', async () => {
    const sut = new Sut([KEY]);
    sut.answer = refuse;
    await expect(sut.signIn()).rejects.toThrow();
    expect(sut.shard.written.join('')).not.toContain('wrong');
  });
});

describe('the gate of a site', () => {
  test('lets the first through at once and spaces the others, each somewhere in its slot', async () => {
    const clock = new ManualClock(0);
    const gate = createSignInGate(60, clock, () => 0.5);
    const entered: number[] = [];
    const all = [1, 2, 3, 4].map(() => gate.enter(NEVER).then(() => entered.push(clock.monotonic())));
    await settled();
    for (let i = 0; i < 12; i += 1) await clock.advance(500);
    await Promise.all(all);
    expect(entered).toEqual([0, 1_500, 2_500, 3_500]);
  });

  test('lets nobody wait after a quiet time', async () => {
    const clock = new ManualClock(0);
    const gate = createSignInGate(60, clock, () => 0.5);
    await gate.enter(NEVER);
    await clock.advance(10_000);
    await gate.enter(NEVER);
    expect(clock.sleepers).toBe(0);
  });

  test('ends the wait of who gives up', async () => {
    const clock = new ManualClock(0);
    const gate = createSignInGate(1, clock, () => 0.5);
    await gate.enter(NEVER);
    const stop = new AbortController();
    const waiting = gate.enter(stop.signal);
    stop.abort();
    await waiting;
    expect(clock.monotonic()).toBe(0);
  });
});
