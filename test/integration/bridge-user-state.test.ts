import { randomBytes } from 'node:crypto';

import { expect, onTestFinished, test } from 'vitest';

import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { expectExactlyOnce, expectNoHole } from '../support/exactly-once.ts';
import { uniqueName } from '../support/kafka.ts';
import { type TailRecord, TopicTail } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

const [ANNA = '', BEN = ''] = USERS;
const IN = 3_500;
const OUT = 18_500;

const SEALED = { sealing: { keys: [{ id: 'key-1', key: randomBytes(32).toString('base64') }] } };

/** Follows the topic of the current states. */
async function currentOf({ brokers, prefix }: Stage): Promise<TopicTail> {
  const tail = await TopicTail.open(brokers, [`${prefix}presence.current`], uniqueName('current'));
  onTestFinished(() => tail.close());
  return tail;
}

/** The last value of each key: what a reader of the compacted topic keeps. Null for a tombstone. */
function latest(tail: TopicTail): ReadonlyMap<string | null, TailRecord['value'] | null> {
  return new Map(tail.all.map(({ key, value }) => [key, value]));
}

/** The edges of a user, in order. */
function edgesOf({ records }: Stage, uri: string): readonly string[] {
  const edges = records.inSequence().filter(({ value }) => value.recordType === 'signIn' && value.subjectUri === uri);
  return edges.map(({ value }) => `${String(value.edge)} ${String(value.certainty)}`);
}

/** Topics are read side by side: what was published first need not have been read first. */
async function expectEdges(stage: Stage, uri: string, expected: readonly string[]): Promise<void> {
  await until(`edges of ${uri}`, () => edgesOf(stage, uri).length >= expected.length);
  expect(edgesOf(stage, uri)).toEqual(expected);
}

async function change(stage: Stage, uri: string, availability: number, edges: number): Promise<void> {
  stage.simulator.setPresence(uri, { availability, activityToken: null });
  await until(`edge ${String(edges)} of ${uri}`, () => edgesOf(stage, uri).length === edges, {
    describe: () => edgesOf(stage, uri).join('\n'),
  });
}

/** Each state is that of the last presence record of its user that speaks of it. */
async function expectFold(stage: Stage, current: TopicTail): Promise<void> {
  for (const uri of USERS) {
    const said = stage.records
      .inSequence()
      .filter(({ value }) => value.subjectUri === uri && value.recordType === 'userPresence')
      .findLast(({ value }) => value.availability !== null);
    await until(`the state of ${uri} is that of ${String(said?.value.id)}`, () => {
      return latest(current).get(uri)?.availability === said?.value.availability;
    });
    const edge = stage.records
      .inSequence()
      .findLast(({ value }) => value.recordType === 'signIn' && value.subjectUri === uri);
    expect(latest(current).get(uri)).toMatchObject({ userUri: uri, isStale: false, signInState: edge?.value.state });
  }
}

test('a change is one edge, over kill -9 and a restart, and the current state is what was said last', async () => {
  const stage = await setStage({ settings: SEALED });
  const { records, simulator } = stage;
  for (const uri of USERS) simulator.setPresence(uri, { availability: IN, activityToken: null });
  const current = await currentOf(stage);
  const { child } = await stage.spawn();
  await records.count('snapshotEnded', 1);
  await expectEdges(stage, ANNA, ['baseline observed']);
  await change(stage, ANNA, OUT, 2);

  await child.end('SIGKILL');
  simulator.setPresence(ANNA, { availability: IN, activityToken: null });
  simulator.setPresence(BEN, { availability: 6_500, activityToken: null });
  const bridge = await stage.start();
  await until('the changes of the meantime are there', () => edgesOf(stage, ANNA).length === 3);
  await change(stage, BEN, OUT, 2);

  await expectEdges(stage, ANNA, ['baseline observed', 'signedOut observed', 'signedIn observed']);
  await expectEdges(stage, BEN, ['baseline observed', 'signedOut observed']);
  await expectFold(stage, current);
  await expectExactlyOnce(records, simulator.ledger);
  await expectNoHole(records);
  const ofBen = records.ofType('userPresence').filter(({ value }) => value.subjectUri === BEN);
  expect(ofBen.at(-1)?.value).toMatchObject({
    availability: OUT,
    previous: { availability: 6_500, availabilityName: 'Busy' },
  });
  await bridge.stop();
});

test('what a lost session hid is inferred by the snapshot, and the account itself was out in between', async () => {
  const stage = await setStage();
  const { records, simulator } = stage;
  for (const uri of USERS) simulator.setPresence(uri, { availability: IN, activityToken: null });
  const current = await currentOf(stage);
  await stage.start();
  await records.count('snapshotEnded', 1);
  simulator.loseSessions(ACCOUNT.uri);
  simulator.setPresence(ANNA, { availability: OUT, activityToken: null });
  await records.count('snapshotEnded', 2);

  await expectEdges(stage, ANNA, ['baseline observed', 'signedOut inferred']);
  await expectEdges(stage, BEN, ['baseline observed']);
  const edge = records.ofType('signIn').findLast(({ value }) => value.subjectUri === ANNA);
  const gap = records.inSequence().findLast(({ value }) => value.recordType === 'gap');
  expect(edge?.value.gapId).toBe(gap?.value.gapId);
  const own = (): readonly unknown[] => {
    const edges = records.inSequence().filter(({ value }) => value.subject === 'account');
    return edges.map(({ value }) => value.edge);
  };
  await until('edges of the account', () => own().length >= 3);
  expect(own()).toEqual(['signedIn', 'signedOut', 'signedIn']);
  await expectFold(stage, current);
});

test('a user who is no longer watched has no current state any more', async () => {
  const stage = await setStage({ settings: SEALED });
  const { records } = stage;
  const current = await currentOf(stage);
  const first = await stage.start();
  await records.count('snapshotEnded', 1);
  await until('everybody has a state', () => latest(current).size === USERS.length);
  await first.stop();

  const { password, uri, user } = ACCOUNT;
  const watch = { users: USERS.slice(1) };
  await stage.start({ accounts: [{ id: 'watcher', site: 'lab', user, password, uri, watch }] });
  await until('the state of the user ends', () => latest(current).get(ANNA) === null);
  expect(latest(current).get(BEN)).toMatchObject({ userUri: BEN });
});

test('users of an account that is no longer configured have no current state, unless another account watches them', async () => {
  const stage = await setStage({ settings: SEALED });
  const { records } = stage;
  const current = await currentOf(stage);
  const first = await stage.start();
  await records.count('snapshotEnded', 1);
  await until('everybody has a state', () => latest(current).size === USERS.length);
  await first.stop();

  const { password, uri, user } = ACCOUNT;
  const account = { site: 'lab', user, password, uri };
  const second = await stage.start({ accounts: [{ ...account, id: 'heir', watch: { users: USERS.slice(1) } }] });
  await until('the state of the user ends', () => latest(current).get(ANNA) === null);
  await until('the other account goes on', () => latest(current).get(BEN)?.accountId === 'heir');
  await second.stop();

  await stage.start({ accounts: [{ ...account, id: 'watcher', watch: { users: USERS } }] });
  await until('the account is back', () => latest(current).get(ANNA)?.accountId === 'watcher');
});
