import { describe, expect, onTestFinished, test } from 'vitest';

import { Bridge } from '../../../../src/bridge/bridge.ts';
import { Cursor, type ShardWriter } from '../../../../src/bridge/progress/cursor.ts';
import { recoverProgress } from '../../../../src/bridge/progress/user-progress.ts';
import { WatchList } from '../../../../src/bridge/watching/watch-list.ts';
import { SessionLostError } from '../../../../src/cwa/errors.ts';
import type { CommandAnswer, SessionAnswer } from '../../../../src/cwa/commands.ts';
import type { PollRequest, PollResult } from '../../../../src/cwa/poll.ts';
import type { PresenceRequests, UnsubscribeRequests } from '../../../../src/cwa/requests.ts';
import type { OutgoingRecord } from '../../../../src/lib/outgoing-record.ts';
import type { XmlElement } from '../../../../src/lib/xml.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';
import {
  ACCOUNT_URI,
  commandAnswer,
  event,
  NOW,
  type PlannedValue,
  presenceOf,
  received,
  response,
  valuesOf,
} from '../builders.ts';
import { FakeWatchSource, partsWith } from '../fakes.ts';

const [ANNA, BEN, CARL, SILENT] = ['anna', 'ben', 'carl', 'silent'].map((name) => `sip:${name}@harbour.example`) as [
  string,
  string,
  string,
  string,
];

/** The process dies here: nothing that it would have done happens. */
class Crash extends Error {}

/** What a process does to the world, counted, so that it can be killed before or behind any of it. */
class Fate {
  count = 0;
  #deadlyAt = Number.POSITIVE_INFINITY;
  #isDone = false;

  killAt(effect: number, isDone: boolean): void {
    this.#deadlyAt = effect;
    this.#isDone = isDone;
  }

  /** @throws {@link Crash} */
  act<T>(effect: () => T): Promise<T> {
    this.count += 1;
    if (this.count > this.#deadlyAt) return new Promise(() => undefined);
    if (this.count < this.#deadlyAt) return Promise.resolve(effect());
    if (this.#isDone) effect();
    return Promise.reject(new Crash());
  }
}

/** A server that knows one session at a time, remembers what was asked, and is silent about one user. */
class Server {
  sid = 411;
  subscribed = new Set<string>();
  /** Method and users of each request. */
  readonly asked: string[] = [];
  /** Refuses this spelling. */
  unknownMethod: string | null = null;
  #events: { readonly eid: number; readonly element: XmlElement }[] = [];
  #eid = 0;

  open(rid: string): SessionAnswer {
    this.sid += 1;
    this.subscribed = new Set();
    this.#events = [];
    this.#eid = 0;
    const session = { sid: String(this.sid), uri: null, pollWaitTimeMs: null };
    return { ...commandAnswer([response('requestAccepted', { rid })]), session, trouble: null };
  }

  say(uri: string): void {
    this.#emit((eid) => presenceOf(eid, uri));
  }

  subscribe({ requests }: PresenceRequests): CommandAnswer {
    for (const { uris } of requests) {
      this.asked.push(`subscribe ${uris.map(nameOf).join(' ')}`);
      for (const uri of uris) {
        this.subscribed.add(uri);
        if (uri !== SILENT) this.say(uri);
      }
    }
    return this.#accept(requests);
  }

  unsubscribe({ method, requests }: UnsubscribeRequests): CommandAnswer {
    for (const { uris } of requests) this.asked.push(`${method} ${uris.map(nameOf).join(' ')}`);
    if (method === this.unknownMethod) {
      return commandAnswer(requests.map(({ rid }) => response('requestInvalid', { rid })));
    }
    for (const { uris } of requests) for (const uri of uris) this.subscribed.delete(uri);
    return this.#accept(requests);
  }

  query({ requests }: PresenceRequests): CommandAnswer {
    for (const { rid } of requests) this.#emit((eid) => ({ ...response('requestSucceeded', { rid, eid }) }));
    return this.#accept(requests);
  }

  poll({ ackId }: PollRequest): PollResult {
    this.#events = this.#events.filter(({ eid }) => eid > Number(ackId));
    const events = this.#events.map(({ element }) => element);
    const { answer } = received(events, { ackId: String(this.#eid), sid: String(this.sid) });
    return { kind: 'events', answer, receivedAt: NOW, bodyBytes: 0, body: new Uint8Array() };
  }

  #accept(requests: PresenceRequests['requests']): CommandAnswer {
    return commandAnswer(requests.map(({ rid }) => response('requestAccepted', { rid })));
  }

  #emit(make: (eid: string) => XmlElement): void {
    this.#eid += 1;
    this.#events.push({ eid: this.#eid, element: make(String(this.#eid)) });
  }
}

/** A server, what Kafka has committed, and one process after the other. */
class World {
  readonly clock = new ManualClock();
  readonly server = new Server();
  readonly source = new FakeWatchSource();
  readonly records: OutgoingRecord[] = [];
  readonly #progress = new Map<string, string>();
  #stop = new AbortController();

  constructor(users: readonly string[]) {
    this.source.users = users;
  }

  /** Starts a process; it dies where `fate` says. */
  start(fate = new Fate()): { readonly ended: Promise<void> } {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { clock, server } = this;
    const cursor = new Cursor({
      installation: 'cwa-bridge',
      shard: { claim: 1, commit: (unit) => fate.act(() => this.#commit(unit)) },
      recovered: recoverProgress('pilot', ACCOUNT_URI, this.#progress),
      sealingKeys: [],
      secrets: () => null,
      clock,
    });
    const client = {
      initiateSession: ({ rid }: { readonly rid: string }) => fate.act(() => server.open(rid)),
      subscribePresence: (requests: PresenceRequests) => fate.act(() => server.subscribe(requests)),
      unsubscribePresence: (requests: UnsubscribeRequests) => fate.act(() => server.unsubscribe(requests)),
      queryPresence: (requests: PresenceRequests) => Promise.resolve(server.query(requests)),
      poll: (request: PollRequest) => fate.act(() => server.poll(request)),
      keepAlivePoll: () => Promise.resolve(),
    };
    const watch = new WatchList(this.source, cursor.progress);
    const bridge = new Bridge(partsWith(client, { cursor, clock, watch }), false);
    const ended = bridge.run(this.#stop.signal);
    ended.catch(() => undefined);
    const stop = this.#stop;
    onTestFinished(() => {
      stop.abort();
    });
    return { ended };
  }

  /** Lets minutes pass; two are more than a snapshot takes. */
  async pass(minutes = 2): Promise<void> {
    for (let second = 0; second < 60 * minutes; second += 1) await this.clock.advance(1_000);
    await settled();
  }

  get values(): readonly PlannedValue[] {
    return valuesOf(this);
  }

  /** What the bridge itself said, without what follows from it for the account. */
  get operations(): readonly string[] {
    return this.values.filter(({ channel }) => channel === 'bridge').map(({ recordType }) => recordType);
  }

  /** Key and value of the compacted topic as a reader has them. */
  get current(): ReadonlyMap<string, boolean> {
    const states = this.records.filter(({ topic }) => topic === 'cwa.presence.current');
    return new Map(states.map(({ key, value }) => [key, value !== null]));
  }

  get committedUsers(): readonly string[] {
    return [...this.#progress.keys()].filter((key) => key.startsWith('u/')).map((key) => key.slice('u/pilot/'.length));
  }

  #commit({ progress, records }: Parameters<ShardWriter['commit']>[0]): void {
    this.records.push(...records);
    for (const { key, value } of progress) {
      if (value === null) this.#progress.delete(key);
      else this.#progress.set(key, value);
    }
  }
}

/** The gaps that were opened, and those that were closed. */
function gapsOf({ values }: World): { readonly opened: readonly unknown[]; readonly closed: readonly unknown[] } {
  const idsOf = (type: string): readonly unknown[] => [
    ...new Set(values.filter(({ recordType }) => recordType === type).map(({ gapId }) => gapId)),
  ];
  return { opened: idsOf('gap'), closed: idsOf('snapshotEnded').filter((gapId) => gapId !== null) };
}

function nameOf(uri: string): string {
  return uri.replace(/^sip:|@.*$/g, '');
}

/** Runs until it dies of effect after effect, `before` and behind each, and judges what the next process makes of it. */
async function killEverywhere(
  makeWorld: () => Promise<World>,
  judge: (world: World, where: string) => void,
): Promise<number> {
  let killed = 0;
  for (let effect = 1; ; effect += 1) {
    for (const isDone of [false, true]) {
      const world = await makeWorld();
      const fate = new Fate();
      fate.killAt(effect, isDone);
      const { ended } = world.start(fate);
      await world.pass();
      if (fate.count < effect) return killed;
      await expect(ended).rejects.toThrow(Crash);
      killed += 1;
      world.start();
      await world.pass();
      judge(world, `${isDone ? 'behind' : 'before'} effect ${String(effect)}`);
      if (effect >= EFFECTS_MAX) return killed;
    }
  }
}

/** Everything from the start to the end of a snapshot; what follows are polls and nothing else. */
const EFFECTS_MAX = 9;

test('a process that dies at any step of a new session leaves a gap that the next one closes, with who is missing', async () => {
  const users = [ANNA, BEN, SILENT];
  const killed = await killEverywhere(
    () => Promise.resolve(new World(users)),
    (world, where) => {
      const { closed, opened } = gapsOf(world);
      expect(closed, where).toEqual(opened);
      expect(opened.length, where).toBeGreaterThan(0);
      expect([...world.server.subscribed].toSorted(), where).toEqual(users);
      const last = world.values.findLast(({ recordType }) => recordType === 'snapshotEnded');
      expect(last?.missing, where).toEqual([SILENT]);
      // The first word of everybody in the last generation is of its snapshot, and silence is no word.
      for (const uri of [ANNA, BEN]) {
        const first = world.values.find((value) => value.subjectUri === uri && value.generation === last?.generation);
        expect(first?.origin, where).toBe('snapshot');
      }
      expect(
        world.values.filter(({ subjectUri }) => subjectUri === SILENT),
        where,
      ).toEqual([]);
      expect(world.current.get(SILENT), where).toBeUndefined();
    },
  );
  expect(killed).toBeGreaterThan(10);
}, 120_000);

test('a process that dies at any step of a changed watch list leaves the rest of it to the next one', async () => {
  const users = [BEN, CARL];
  const killed = await killEverywhere(
    async () => {
      const world = new World([ANNA, BEN]);
      world.start();
      await world.pass();
      world.source.users = users;
      return world;
    },
    (world, where) => {
      expect([...world.server.subscribed].toSorted(), where).toEqual(users);
      expect(world.current, where).toEqual(
        new Map([
          [ANNA, false],
          [BEN, true],
          [CARL, true],
        ]),
      );
      expect(world.committedUsers.toSorted(), where).toEqual(users);
      expect(world.values.filter(({ recordType }) => recordType === 'watchChanged').length, where).toBe(1);
      const { closed, opened } = gapsOf(world);
      expect(closed, where).toEqual(opened);
      expect(opened, where).toHaveLength(1);
      const ofCarl = world.values.filter(
        ({ recordType, subjectUri }) => recordType === 'userPresence' && subjectUri === CARL,
      );
      expect(ofCarl[0]?.origin, where).toBe('snapshot');
      // Ben was never asked for again.
      expect(
        world.server.asked.filter((line) => line.includes('ben')),
        where,
      ).toEqual(['subscribe anna ben']);
    },
  );
  expect(killed).toBeGreaterThan(10);
}, 120_000);

describe('a watch list that changes while the session is open', () => {
  async function open(users: readonly string[] = [ANNA, BEN]): Promise<World> {
    const world = new World(users);
    world.start();
    await world.pass();
    world.server.asked.length = 0;
    world.records.length = 0;
    return world;
  }

  test('has only the difference subscribed and unsubscribed, and is recorded once', async () => {
    const world = await open();
    world.source.users = [BEN, CARL];
    await world.pass();
    expect(world.server.asked).toEqual(['unSubscribePresence anna', 'subscribe carl']);
    expect(world.operations).toEqual(['watchChanged', 'snapshotBegun', 'snapshotEnded']);
    expect(world.values.find(({ recordType }) => recordType === 'watchChanged')).toMatchObject({
      users: 2,
      detail: '1 added, 1 removed',
    });
    expect(world.values.find(({ recordType }) => recordType === 'snapshotEnded')).toMatchObject({
      gapId: null,
      missing: [],
    });
    expect(world.current).toEqual(
      new Map([
        [ANNA, false],
        [CARL, true],
      ]),
    );
    expect(world.source.ending).toEqual([[ANNA]]);
  });

  test('lists new users of whom nothing comes as missing', async () => {
    const world = await open();
    world.source.users = [ANNA, BEN, SILENT];
    await world.pass();
    expect(world.server.asked).toEqual(['subscribe silent']);
    expect(world.values.find(({ recordType }) => recordType === 'snapshotEnded')).toMatchObject({ missing: [SILENT] });
    expect(world.current.has(SILENT)).toBe(false);
  });

  test('tells nothing where nothing changed but the order', async () => {
    const world = await open();
    world.source.users = [BEN, ANNA];
    await world.pass();
    expect({ asked: world.server.asked, operations: world.operations }).toEqual({ asked: [], operations: [] });
  });

  test('waits while a snapshot runs', async () => {
    const world = new World([ANNA, SILENT]);
    world.start();
    await world.clock.advance(1_000);
    world.source.users = [ANNA, SILENT, BEN];
    for (let second = 0; second < 50; second += 1) await world.clock.advance(1_000);
    expect(world.server.asked).toEqual(['subscribe anna silent']);
    await world.pass();
    expect(world.server.asked).toEqual(['subscribe anna silent', 'subscribe ben']);
    expect(world.values.filter(({ recordType }) => recordType === 'snapshotEnded')).toMatchObject([
      { missing: [SILENT] },
      { gapId: null, missing: [SILENT] },
    ]);
  });

  test('tries the other spelling of a method that the server does not know, and keeps to it', async () => {
    const world = await open();
    world.server.unknownMethod = 'unSubscribePresence';
    world.source.users = [BEN];
    await world.pass();
    world.source.users = [CARL];
    await world.pass();
    expect(world.server.asked).toEqual([
      'unSubscribePresence anna',
      'unsubscribePresence anna',
      'unsubscribePresence ben',
      'subscribe carl',
    ]);
  });

  test('goes on with a server that knows neither: no state is kept of what it still says', async () => {
    const world = await open();
    world.server.unsubscribe = ({ method, requests }) => {
      world.server.asked.push(method);
      return commandAnswer(requests.map(({ rid }) => response('requestRejected', { rid })));
    };
    world.source.users = [BEN];
    await world.pass();
    world.server.say(ANNA);
    await world.pass();
    expect(world.server.asked).toEqual(['unSubscribePresence', 'unsubscribePresence']);
    expect(world.values.at(-1)).toMatchObject({ recordType: 'userPresence', subjectUri: ANNA });
    expect(world.current.get(ANNA)).toBe(false);
  });

  test('without users unsubscribes them all', async () => {
    const world = await open();
    world.source.users = [];
    await world.pass();
    expect(world.server.asked).toEqual(['unSubscribePresence anna ben']);
    expect([...world.current.values()]).toEqual([false, false]);
  });
});

test('a watch list that changes while no session is open is the one that the next session subscribes', async () => {
  const world = new World([ANNA, BEN]);
  world.start();
  await world.pass();
  const open = world.server.open.bind(world.server);
  world.server.open = () => ({
    ...commandAnswer([event('nothing', null)]),
    session: null,
    trouble: new SessionLostError('18100'),
  });
  const poll = world.server.poll.bind(world.server);
  world.server.poll = () => {
    throw new SessionLostError('18100');
  };
  await world.pass();
  world.records.length = 0;
  world.source.users = [BEN, CARL];
  // The next attempt may be some minutes away.
  await world.pass(15);
  expect(world.current.get(ANNA)).toBe(false);
  Object.assign(world.server, { open, poll });
  world.server.asked.length = 0;
  await world.pass(15);
  expect(world.server.asked).toEqual(['subscribe ben carl']);
  expect(world.operations).not.toContain('watchChanged');
});
