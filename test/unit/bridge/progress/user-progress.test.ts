import { describe, expect, test } from 'vitest';

import { planAnswer } from '../../../../src/bridge/plans/plan-answer.ts';
import { changedUserStates, recoverUserStates } from '../../../../src/bridge/progress/user-progress.ts';
import { initialUserState } from '../../../../src/records/state/user-state.ts';
import { openProgress, planContext, presenceOf, received, USERS } from '../builders.ts';
import { cursorOn, FakeShard } from '../fakes.ts';

const [ANNA = '', BEN = ''] = USERS;
const ABORTED = (): Promise<void> => Promise.reject(new Error('the shard is lost'));

/** The plan of an answer in which both users are told of. */
function planOf(progress = openProgress()): ReturnType<typeof planAnswer> {
  return planAnswer(planContext(), progress, received([presenceOf('8', ANNA, BEN)]));
}

describe('the states of users', () => {
  test('are written in the unit of their records and of the progress, which stands first', async () => {
    const shard = new FakeShard();
    const plan = planOf();
    await cursorOn(shard).advance(plan);
    const [unit] = shard.units;
    expect(unit?.progress.map(({ key }) => key)).toEqual(['a/pilot', `u/pilot/${ANNA}`, `u/pilot/${BEN}`]);
    expect(unit?.records).toBe(plan.records);
  });

  test('are adopted with the commit, and not before', async () => {
    const shard = new FakeShard();
    const { promise, resolve } = Promise.withResolvers<void>();
    shard.outcomes.push(() => promise);
    const cursor = cursorOn(shard);
    const advance = cursor.advance(planOf());
    expect(cursor.progress.users.size).toBe(0);
    resolve();
    await advance;
    expect([...cursor.progress.users.keys()]).toEqual(USERS);
  });

  test('are forgotten when the commit fails: the same answer gives the same records again', async () => {
    const shard = new FakeShard();
    shard.outcomes.push(ABORTED);
    const cursor = cursorOn(shard);
    const first = planOf(cursor.progress);
    await expect(cursor.advance(first)).rejects.toThrow('the shard is lost');
    expect(cursor.progress.users.size).toBe(0);
    expect(planOf(cursor.progress).records).toEqual(first.records);
  });

  test('are not written again while they stay the same', async () => {
    const shard = new FakeShard();
    const cursor = cursorOn(shard);
    await cursor.advance(planOf());
    await cursor.advance({ records: [], next: cursor.progress });
    const told = planAnswer(planContext(), cursor.progress, received([presenceOf('9', ANNA)]));
    await cursor.advance(told);
    expect(shard.units.slice(1).map(({ progress }) => progress.map(({ key }) => key))).toEqual([
      ['a/pilot'],
      ['a/pilot'],
    ]);
  });

  test('come back out of what is committed in the shard, those of this account alone', async () => {
    const shard = new FakeShard();
    const cursor = cursorOn(shard);
    await cursor.advance(planOf());
    const written = shard.units.flatMap(({ progress }) => progress);
    const committed = new Map(written.flatMap(({ key, value }) => (value === null ? [] : [[key, value] as const])));
    committed.set(`u/pilot2/${ANNA}`, 'of another account');
    expect(recoverUserStates('pilot', committed)).toEqual(cursor.progress.users);
  });

  test('that are gone are deleted', () => {
    const before = new Map(USERS.map((uri) => [uri, initialUserState('pilot', uri)]));
    const after = new Map([...before].slice(1));
    expect(changedUserStates('pilot', before, after)).toEqual([{ key: `u/pilot/${ANNA}`, value: null }]);
  });

  test('of a user whose URI has a slash are found again', () => {
    const uri = 'sip:a/b@harbour.example';
    const [write] = changedUserStates('pilot', new Map(), new Map([[uri, initialUserState('pilot', uri)]]));
    const committed = new Map([[write?.key ?? '', write?.value ?? '']]);
    expect([...recoverUserStates('pilot', committed).keys()]).toEqual([uri]);
  });
});
