import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { parseProgress } from '../../../../src/bridge/progress/account-progress.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';
import { outgoingRecord } from '../../../support/outgoing.ts';
import { NOW, openProgress } from '../builders.ts';
import { cursorOn, FakeShard } from '../fakes.ts';

const KEY = { id: 'key-1', key: randomBytes(32) };

describe('the cursor', () => {
  test('moves when the commit is done, not before', async () => {
    const shard = new FakeShard();
    const { promise, resolve } = Promise.withResolvers<void>();
    shard.outcomes.push(() => promise);
    const cursor = cursorOn(shard);

    const advance = cursor.advance({ records: [], next: openProgress({ ackId: '9' }) });
    await settled();
    expect(cursor.progress.ackId).toBe('7');
    resolve();
    await advance;
    expect(cursor.progress.ackId).toBe('9');
  });

  test('stays where it is when the commit fails', async () => {
    const shard = new FakeShard();
    shard.outcomes.push(() => Promise.reject(new Error('the shard is lost')));
    const cursor = cursorOn(shard);
    await expect(cursor.advance({ records: [], next: openProgress({ ackId: '9' }) })).rejects.toThrow(
      'the shard is lost',
    );
    expect(cursor.progress).toEqual(openProgress());
  });

  test('writes what it moves to: records and progress in one unit, every write unlike the one before', async () => {
    const shard = new FakeShard();
    const cursor = cursorOn(shard, openProgress({ revision: 4 }));
    const record = outgoingRecord({ topic: 't', key: 'k', value: '{}' });
    await cursor.advance({ records: [record], next: cursor.progress });
    await cursor.advance({ records: [], next: cursor.progress });

    expect(shard.units[0]).toMatchObject({ accountId: 'pilot', records: [record], progress: [{ key: 'a/pilot' }] });
    const [first = '', second = ''] = shard.written;
    expect(first).not.toBe(second);
    expect(parseProgress('pilot', second)).toEqual(cursor.progress);
    expect(cursor.progress).toMatchObject({ revision: 6, claim: 3, committedAt: NOW });
  });

  test('gives request ids that no earlier owner can have used, and each once', async () => {
    const shard = new FakeShard();
    const cursor = cursorOn(shard, openProgress({ nextRid: 7 }));
    expect([cursor.takeRid(), cursor.takeRid()]).toEqual(['10007', '10008']);
    await cursor.advance({ records: [], next: cursor.progress });
    expect(cursor.progress.nextRid).toBe(10_009);
  });
});

describe('the secrets of a session', () => {
  test('are sealed with each commit of an open session, and open for the next owner', async () => {
    const shard = new FakeShard();
    let secrets = 'ticket-1';
    const cursor = cursorOn(shard, openProgress(), { sealingKeys: [KEY], secrets: () => secrets });
    expect(cursor.hasUnsealedSecrets).toBe(true);
    await cursor.advance({ records: [], next: cursor.progress });
    expect(cursor.hasUnsealedSecrets).toBe(false);
    secrets = 'ticket-2';
    expect(cursor.hasUnsealedSecrets).toBe(true);

    const [written = ''] = shard.written;
    expect(written).not.toContain('ticket-1');
    const next = cursorOn(new FakeShard(), parseProgress('pilot', written), { sealingKeys: [KEY] });
    expect(next.openSecrets()).toBe('ticket-1');
  });

  test('do not open under another key, nor in another generation', async () => {
    const shard = new FakeShard();
    const cursor = cursorOn(shard, openProgress(), { sealingKeys: [KEY], secrets: () => 'ticket' });
    await cursor.advance({ records: [], next: cursor.progress });
    const { progress } = cursor;
    const otherKey = { id: 'key-2', key: randomBytes(32) };
    expect(cursorOn(shard, progress, { sealingKeys: [otherKey] }).openSecrets()).toBeNull();
    const later = { ...progress, generation: progress.generation + 1 };
    expect(cursorOn(shard, later, { sealingKeys: [KEY] }).openSecrets()).toBeNull();
  });

  test.each(['opening', 'ended', 'quarantined'] as const)('are not written in state %s', async (state) => {
    const shard = new FakeShard();
    const cursor = cursorOn(shard, openProgress(), { sealingKeys: [KEY], secrets: () => 'ticket' });
    await cursor.advance({ records: [], next: openProgress({ state }) });
    expect(cursor.progress.sealed).toBeNull();
  });

  test('are not written without a key', async () => {
    const cursor = cursorOn(new FakeShard(), openProgress(), { secrets: () => 'ticket' });
    await cursor.advance({ records: [], next: cursor.progress });
    expect(cursor.progress.sealed).toBeNull();
    expect(cursor.hasUnsealedSecrets).toBe(false);
  });
});

test('the time of a commit is the wall time when it was begun', async () => {
  const clock = new ManualClock();
  const cursor = cursorOn(new FakeShard(), openProgress(), { clock });
  await clock.advance(1_234);
  await cursor.advance({ records: [], next: cursor.progress });
  expect(cursor.progress.committedAt).toBe(NOW + 1_234);
});
