import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { AccountProgress } from '../../../../src/bridge/progress/account-progress.ts';
import { leaveSession } from '../../../../src/bridge/session/leave.ts';
import type { CommandAnswer } from '../../../../src/cwa/commands.ts';
import { SessionLostError, TransientError } from '../../../../src/cwa/errors.ts';
import { bridgeSettings, commandAnswer, openProgress, placesOf, response, valuesOf } from '../builders.ts';
import { cursorOn, FakeShard, partsWith } from '../fakes.ts';

const NEVER = new AbortController().signal;
const KEY = { id: 'key-1', key: randomBytes(32) };

async function leave(
  recovered: AccountProgress,
  {
    keys = [],
    terminate = () => Promise.resolve(null),
    deadline = NEVER,
  }: {
    keys?: readonly (typeof KEY)[];
    terminate?: () => Promise<CommandAnswer | null>;
    deadline?: AbortSignal;
  } = {},
) {
  const shard = new FakeShard();
  const ended: string[] = [];
  const client = {
    terminateSession: ({ sid }: { readonly sid: string }) => {
      ended.push(sid);
      return terminate();
    },
  };
  const cursor = cursorOn(shard, recovered, { sealingKeys: keys, secrets: () => 'ticket' });
  const settings = { ...bridgeSettings(), sealingKeys: keys };
  await leaveSession(partsWith(client, { cursor, settings }), deadline);
  return { shard, ended, cursor };
}

describe('who leaves', () => {
  test('with a sealing key commits the newest secrets and leaves the session open', async () => {
    const { shard, ended, cursor } = await leave(openProgress(), { keys: [KEY] });
    expect(ended).toEqual([]);
    expect(shard.units).toHaveLength(1);
    expect(cursor.progress).toMatchObject({ state: 'open', sid: '412', sealed: { keyId: 'key-1' } });
  });

  test('without one signs the session out, and says so', async () => {
    const { shard, ended, cursor } = await leave(openProgress());
    expect(ended).toEqual(['412']);
    expect(placesOf({ records: shard.units[0]?.records ?? [] })).toEqual([
      'sessionEnded@1600000000.20',
      'signIn@1600000000.21',
    ]);
    expect(cursor.progress.state).toBe('ended');
  });

  test('without one publishes what the server answered, before the end that it is', async () => {
    const answer = commandAnswer([response('requestSucceeded', { rid: '10001' })]);
    const { shard } = await leave(openProgress(), { terminate: () => Promise.resolve(answer) });
    expect(shard.units).toHaveLength(1);
    const [succeeded, ended] = valuesOf({ records: shard.units[0]?.records ?? [] });
    expect(succeeded).toMatchObject({ recordType: 'requestSucceeded', method: 'terminateSession', sequence: 20 });
    expect(ended).toMatchObject({ recordType: 'sessionEnded', sequence: 21 });
  });

  const troubles: readonly (readonly [string, Error])[] = [
    ['cannot be reached', new TransientError('no answer', { reason: 'timeout' })],
    ['has lost the session', new SessionLostError('18100')],
  ];
  test.each(troubles)('a server that %s claims nothing: the session stays open in the progress', async (_, error) => {
    const { shard, cursor } = await leave(openProgress(), { terminate: () => Promise.reject(error) });
    expect(shard.units).toEqual([]);
    expect(cursor.progress.state).toBe('open');
  });

  test('when the time is over goes without a word', async () => {
    const deadline = AbortSignal.abort(new Error('late'));
    const terminate = (): Promise<null> => Promise.reject(new Error('late'));
    const { shard } = await leave(openProgress(), { terminate, deadline });
    expect(shard.units).toEqual([]);
  });

  test.each(['opening', 'ended', 'quarantined'] as const)('in state %s has nothing to do', async (state) => {
    const { shard, ended } = await leave(openProgress({ state }));
    expect({ units: shard.units, ended }).toEqual({ units: [], ended: [] });
  });
});
