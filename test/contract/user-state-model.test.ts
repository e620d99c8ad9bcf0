import { expect, test } from 'vitest';

import type { PlanContext } from '../../src/bridge/plans/plan.ts';
import { Random } from '../../src/simulator/random.ts';
import { expectedOf, type Observation } from '../support/brute-force-users.ts';
import { drawSubscription, drawWord } from '../support/model-words.ts';
import { ModelWorld, type Outcome } from '../support/model-world.ts';
import { bridgeSettings } from '../unit/bridge/builders.ts';

const HISTORIES = 10_000;
const STEPS = 6;
const USERS = ['sip:anna@harbour.example', 'sip:ben@harbour.example'] as const;
const FLAP_MS = 60_000;

/** What an edge says, without what the head says. */
const EDGE_FIELDS = [
  ...['edge', 'state', 'previousState', 'certainty', 'causeRecordId', 'at', 'earliestAt', 'latestAt'],
  ...['previousSince', 'previousDurationMs', 'availability', 'previousAvailability', 'isFlap', 'gapId'],
];

const SETTINGS = bridgeSettings();

function contextFor(users: readonly string[], newId: () => string): PlanContext {
  return { newId, now: 0, claim: 1, settings: { ...SETTINGS, account: { ...SETTINGS.account, users } } };
}

function drawOutcome(random: Random): Outcome {
  return random.weighted({ committed: 6, aborted: 1, 'committed-unheard': 1 });
}

/** One random history: presence, lost sessions, restarts, aborts, staleness, and users who come and go. */
async function live(seed: string): Promise<ModelWorld> {
  const random = new Random(seed);
  let gaps = 0;
  const newId = (): string => `gap-${String((gaps += 1))}`;
  const world = new ModelWorld((users) => contextFor(users, newId), USERS);
  await world.loseSession('committed');
  for (let step = 0; step < STEPS; step += 1) {
    await world.clock.advance(random.between(1, 50_000));
    const action = random.weighted({ say: 12, lose: 2, restart: 2, watch: 1, stale: 2 });
    if (action === 'say') await say(world, random);
    else if (action === 'lose') await world.loseSession(drawOutcome(random));
    else if (action === 'restart') await world.restart(world.users);
    else if (action === 'watch') await world.restart(random.chance(0.5) ? USERS : USERS.slice(0, 1));
    else await world.flagStale(drawOutcome(random));
  }
  await world.poll('committed');
  return world;
}

async function say(world: ModelWorld, random: Random): Promise<void> {
  const isPresence = random.chance(0.85);
  for (let event = random.between(1, 2); event > 0; event -= 1) {
    const users = random.chance(0.2) ? [...USERS, ...USERS.slice(0, 1)] : [random.pick(USERS)];
    world.say(users.map((uri) => ({ uri, word: isPresence ? drawWord(random) : drawSubscription(random) })));
  }
  await world.poll(drawOutcome(random));
}

function judge(world: ModelWorld): void {
  for (const uri of USERS) {
    const history = world.histories.get(uri) ?? [];
    const expected = expectedOf(history, FLAP_MS);
    expect(world.current.get(uri) ?? null).toEqual(
      expected.current === null ? null : expect.objectContaining({ userUri: uri, ...expected.current }),
    );
    const ids = new Set(history.flatMap((entry) => (entry.kind === 'observation' ? [entry.id] : [])));
    const edges = world.log.filter(
      ({ causeRecordId, recordType }) => recordType === 'signIn' && ids.has(String(causeRecordId)),
    );
    expect(edges.map((edge) => Object.fromEntries(EDGE_FIELDS.map((name) => [name, edge[name]])))).toEqual(
      expected.edges,
    );
    const records = world.log.filter(({ id }) => ids.has(id));
    expect(records.map(({ previous, warnings }) => ({ previous, isStale: warnings.includes('stale-state') }))).toEqual(
      expected.records,
    );
  }
  judgeLog(world);
}

/** No record twice, no hole, and each edge of a user behind a record about the user. */
function judgeLog({ log, strangers }: ModelWorld): void {
  expect(log.filter(({ causeRecordId }) => strangers.has(String(causeRecordId)))).toEqual([]);
  expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
  const misplaced = log.filter((record, index) => {
    const before = log[index - 1];
    const isFirst = record.generation !== before?.generation;
    const isUserEdge = record.recordType === 'signIn' && record.subject === 'user';
    if (record.sequence !== (isFirst ? 1 : before.sequence + 1)) return true;
    return isUserEdge && record.causeRecordId !== before?.id;
  });
  expect(misplaced).toEqual([]);
}

/** The account's own edges: in with each session that starts, out with each that is lost. */
function judgeAccount({ log }: ModelWorld): void {
  const changes = log.filter(({ recordType }) => recordType === 'sessionStarted' || recordType === 'sessionLost');
  const edges = log.filter(({ recordType, subject }) => recordType === 'signIn' && subject === 'account');
  expect(edges.map(({ causeRecordId, edge }) => [causeRecordId, edge])).toEqual(
    changes.map(({ id, recordType }) => [id, recordType === 'sessionStarted' ? 'signedIn' : 'signedOut']),
  );
}

test(`over ${HISTORIES.toLocaleString('en')} random histories what is published is the fold of all that the server said`, async () => {
  const seen = { edges: new Set<unknown>(), stale: 0, aged: 0, observations: 0 };
  for (let number = 0; number < HISTORIES; number += 1) {
    const seed = `history-${String(number)}`;
    const world = await live(seed);
    try {
      judge(world);
      judgeAccount(world);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    for (const record of world.log)
      if (record.recordType === 'signIn') seen.edges.add(`${String(record.edge)} ${String(record.certainty)}`);
    for (const history of world.histories.values()) {
      seen.stale += history.filter(({ kind }) => kind === 'stale').length;
      seen.observations += history.filter((entry): entry is Observation => entry.kind === 'observation').length;
    }
    seen.aged += world.log.filter(({ warnings }) => warnings.includes('stale-state')).length;
  }
  // What the histories are for did occur in them.
  expect([...seen.edges].map(String).sort()).toEqual(ALL_EDGES);
  expect(seen.stale).toBeGreaterThan(HISTORIES / 10);
  expect(seen.aged).toBeGreaterThan(HISTORIES / 10);
  expect(seen.observations).toBeGreaterThan(3 * HISTORIES);
}, 120_000);

const ALL_EDGES = [
  'baseline observed',
  'lost inferred',
  'lost observed',
  'signedIn inferred',
  'signedIn observed',
  'signedOut inferred',
  'signedOut observed',
];
