import { describe, expect, test } from 'vitest';

import { AckJudge, type JudgeWorld } from '../../../../dev/chaos/ack-judge.ts';
import { Coalesced } from '../../../../dev/chaos/coalesced.ts';
import type { CommittedProgress } from '../../../../dev/chaos/progress-reader.ts';

const POLL = { sid: '412', accountUri: 'sip:watcher@pier.example', ackId: '7', at: 0 };

function progress(ackId: string, overrides: Partial<CommittedProgress> = {}): CommittedProgress {
  return { state: 'open', sid: '412', partition: 2, ackId, lastOrder: null, ...overrides };
}

/** A judge whose reader knows `known`, and reads `fresh` when it catches up. */
function judgeWith(
  known: CommittedProgress | undefined,
  fresh: readonly CommittedProgress[],
  world: Partial<JudgeWorld> = {},
  undecided: readonly number[] = [],
): AckJudge {
  const unread = [...fresh];
  return new AckJudge(
    {
      accountIdOf: () => 'watcher',
      kafkaWellSince: () => 0,
      kafkaStoppedSince: () => null,
      answeredAt: () => null,
      ...world,
    },
    (onCommitted) => {
      if (known !== undefined) onCommitted('watcher', known);
      return {
        stop: () => Promise.resolve(),
        lastRead: () => known,
        catchUp: () => {
          for (const read of unread.splice(0)) onCommitted('watcher', read);
          return Promise.resolve({ isCaughtUp: true, undecided: new Set(undecided) });
        },
      };
    },
  );
}

describe('a poll', () => {
  test('may carry what is committed', async () => {
    const judge = judgeWith(progress('5'), [progress('7')]);
    await judge.judge(POLL);
    expect(judge.report).toMatchObject({ judged: 1, judgedBehind: 0, violations: 0 });
  });

  test('may carry what was committed while a newer commit is under way', async () => {
    const judge = judgeWith(progress('7'), [progress('9')]);
    await judge.judge(POLL);
    expect(judge.report).toMatchObject({ judged: 1, judgedBehind: 1, violations: 0 });
  });

  test.each([
    ['a later acknowledgement', progress('5')],
    ['another session', progress('7', { sid: '413' })],
    ['a session that is not yet open', progress('7', { state: 'opening' })],
    ['an account without progress', undefined],
  ])('must not carry %s', async (_what, committed) => {
    const judge = judgeWith(committed, []);
    await judge.judge(POLL);
    expect(judge.report).toMatchObject({ judged: 1, violations: 1 });
    expect(judge.report.examples[0]).toContain('412/7');
  });
});

describe('an acknowledgement that is not there', () => {
  const longAgo = { kafkaWellSince: () => Date.now() - 30_000 };

  test('is excused while its partition has an undecided transaction', async () => {
    const judge = judgeWith(progress('5'), [], longAgo, [2]);
    const judged = judge.judge({ ...POLL, at: Date.now() });
    await judge.stop();
    await judged;
    expect(judge.report).toMatchObject({ undecided: 1, violations: 0 });
  });

  test('is not excused by an undecided transaction elsewhere', async () => {
    const judge = judgeWith(progress('5'), [], longAgo, [1]);
    await judge.judge({ ...POLL, at: Date.now() });
    expect(judge.report).toMatchObject({ violations: 1 });
  });
});

describe('while no broker runs', () => {
  test('a poll may carry the last that was known', async () => {
    const judge = judgeWith(progress('7'), [], { kafkaStoppedSince: () => 100 });
    await judge.judge(POLL);
    expect(judge.report).toMatchObject({ judged: 1, judgedBlind: 1, violations: 0 });
  });

  test('an acknowledgement that was given since cannot be committed', async () => {
    const world = { kafkaStoppedSince: () => 100, answeredAt: () => 101 };
    const judge = judgeWith(progress('5'), [progress('7')], world);
    await judge.judge(POLL);
    expect(judge.report).toMatchObject({ violations: 1 });
  });

  test('another acknowledgement waits for the broker to be back', async () => {
    let stoppedSince: number | null = 100;
    const world = { kafkaStoppedSince: () => stoppedSince, answeredAt: () => 99 };
    const judge = judgeWith(progress('5'), [progress('7')], world);
    const judged = judge.judge(POLL);
    expect(judge.report).toMatchObject({ judged: 0 });
    stoppedSince = null;
    await judged;
    expect(judge.report).toMatchObject({ judged: 1, judgedBlind: 0, judgedLate: 1, violations: 0 });
  });

  test('a poll that is open at the end is not judged', async () => {
    const judge = judgeWith(progress('5'), [], { kafkaStoppedSince: () => 100 });
    const judged = judge.judge(POLL);
    await judge.stop();
    await judged;
    expect(judge.report).toMatchObject({ judged: 0, undecided: 1, violations: 0 });
  });
});

describe('a shared question', () => {
  test('is asked anew for whoever comes while one runs, once for all of them', async () => {
    const rounds: PromiseWithResolvers<number>[] = [];
    const shared = new Coalesced(() => {
      const round = Promise.withResolvers<number>();
      rounds.push(round);
      return round.promise;
    });
    const first = shared.get();
    const later = [shared.get(), shared.get()];
    expect(rounds).toHaveLength(1);
    rounds[0]?.resolve(1);
    expect(await first).toBe(1);
    await expect.poll(() => rounds.length).toBe(2);
    rounds[1]?.resolve(2);
    expect(await Promise.all(later)).toEqual([2, 2]);
  });

  test('is asked again after it failed', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve(3)];
    const shared = new Coalesced(() => answers.shift() ?? Promise.resolve(4));
    await expect(shared.get()).rejects.toThrow('away');
    expect(await shared.get()).toBe(3);
  });
});
