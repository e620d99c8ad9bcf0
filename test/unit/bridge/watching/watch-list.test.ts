import { describe, expect, test } from 'vitest';

import type { AccountProgress } from '../../../../src/bridge/progress/account-progress.ts';
import { planAnswer } from '../../../../src/bridge/plans/plan-answer.ts';
import { watchHash } from '../../../../src/bridge/plans/plan-generation.ts';
import { WatchList } from '../../../../src/bridge/watching/watch-list.ts';
import { openProgress, planContext, presenceOf, received, USERS } from '../builders.ts';
import { FakeWatchSource } from '../fakes.ts';

const [ANNA = '', BEN = ''] = USERS;
const CARL = 'sip:carl@harbour.example';

function listOn(progress: AccountProgress, users: readonly string[] = USERS) {
  const source = new FakeWatchSource();
  source.users = users;
  return { source, list: new WatchList(source, progress) };
}

/** Both were subscribed; Anna was heard of, Ben is awaited. */
const subscribed = planAnswer(
  planContext(),
  openProgress({ watch: { hash: watchHash(USERS), pending: USERS }, snapshotSince: 0 }),
  received([presenceOf('8', ANNA)]),
).next;

describe('the list in effect at the start', () => {
  test('is the configured one where no session is open', () => {
    const { list } = listOn({ ...subscribed, state: 'ended' }, [CARL]);
    expect(list.users).toEqual([CARL]);
    expect(list.change).toBeNull();
  });

  test('is the configured one of a session that has subscribed it, in whatever order', () => {
    const { list } = listOn(subscribed, USERS.toReversed());
    expect(list.users).toEqual(USERS.toReversed());
    expect(list.change).toBeNull();
  });

  test('is what an open session has subscribed: whoever has a state or is awaited', () => {
    const { list } = listOn(subscribed, [BEN, CARL]);
    expect(list.users.toSorted()).toEqual(USERS);
    expect(list.change).toEqual({ users: [BEN, CARL], added: [CARL], removed: [ANNA] });
  });
});

describe('a change', () => {
  test('is what the configured list has more and less', () => {
    const { list, source } = listOn(openProgress());
    list.adopt({ users: USERS });
    expect(list.change).toBeNull();
    source.users = [CARL, ANNA];
    expect(list.change).toEqual({ users: [CARL, ANNA], added: [CARL], removed: [BEN] });
    expect(list).toMatchObject({ users: USERS, configured: [CARL, ANNA] });
  });

  test('is over when it is adopted', () => {
    const { list, source } = listOn(openProgress({ state: 'ended' }));
    source.users = [CARL];
    list.adopt(list.change ?? { users: [] });
    expect(list.users).toEqual([CARL]);
    expect(list.change).toBeNull();
  });

  test('is none where only the order is another', () => {
    const { list, source } = listOn(openProgress({ state: 'ended' }));
    source.users = USERS.toReversed();
    expect(list.change).toBeNull();
  });
});
