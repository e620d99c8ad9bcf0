import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { beforeAll, describe, expect, test } from 'vitest';

import type { Ledger } from '../../src/simulator/ledger.ts';
import { ACCOUNT, setStage, type Stage, USERS } from '../support/bridge.ts';
import { expectNoHole } from '../support/exactly-once.ts';
import { uniqueName } from '../support/kafka.ts';
import { CAPABILITY_VERSIONS, CUSTOM_NAMES, largePresenceOf } from '../support/large-presence.ts';
import { beginPresences, threePresences, publishPresences, textOf } from '../support/presence-transactions.ts';
import { PYTHON_INSTALL_TIMEOUT_MS, recipePython } from '../support/recipe-python.ts';
import { queryRecords } from '../support/recipe-sql.ts';
import { RecipeProcess, unpackRecipes } from '../support/recipes.ts';
import type { RecordValue } from '../support/topic-tail.ts';
import { until } from '../support/until.ts';

/** The programs of docs/consumers, as they stand there, over what the bridge publishes. */

const [ANNA = '', BEN = '', CLIO = ''] = USERS;
/** Availabilities and their names, as the protocol has them (events-and-categories §8.1). */
const AVAILABLE = 3_500;
const BUSY = 6_500;
const OFFLINE = 18_500;

/** What tells a recipe where to read; a group of its own for each test. */
function whereabouts({ brokers, prefix }: Stage): NodeJS.ProcessEnv {
  return {
    BROKERS: brokers.join(','),
    TOPIC_PREFIX: prefix,
    GROUP: uniqueName('recipe'),
    NODE_OPTIONS: '--disable-warning=TimeoutNegativeWarning',
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
  };
}

function startInOrder(folder: string, env: NodeJS.ProcessEnv): RecipeProcess {
  return RecipeProcess.start(process.execPath, ['consumer.mjs'], { folder, env: { SETTLE_MS: '1000', ...env } });
}

async function everythingIsAcknowledged(ledger: Ledger): Promise<void> {
  await until('everything is acknowledged', () => ledger.events.every(({ acknowledgedAt }) => acknowledgedAt !== null));
}

function valuesOf(lines: readonly string[]): readonly RecordValue[] {
  return lines.map((line) => JSON.parse(line) as RecordValue);
}

/** The events of the data channel that the records come from, in their order, as `sid/eid`. */
function eventsIn(values: readonly RecordValue[]): readonly string[] {
  const first = values.filter(({ channel, recordType, userIndex, part }) => {
    return channel === 'data' && recordType !== 'signIn' && userIndex === 0 && part === 0;
  });
  return first.map(({ sid, eid }) => `${sid ?? ''}/${String(eid)}`);
}

describe('the consumer in order', () => {
  test('prints each record once and as it is, in order over topics, partitions, sessions and its own restart', async () => {
    const stage = await setStage({
      simulator: { users: 20, eventsPerSecond: 200, eventsTotal: 80 },
      settings: { kafka: { topics: { partitions: 3 } } },
    });
    const { records, simulator } = stage;
    const folder = await unpackRecipes();
    const env = whereabouts(stage);
    const first = startInOrder(folder, env);
    await stage.start();
    await until('all changes are made', () => simulator.changesLeft === 0);
    await everythingIsAcknowledged(simulator.ledger);
    await first.linesAtLeast(records.all.length);
    expect(await first.end('SIGTERM'), first.stderr).toBe(0);

    simulator.loseSessions(ACCOUNT.uri);
    await records.count('snapshotEnded', 2);
    simulator.setPresence(ANNA, { note: 'the last one' });
    await records.find('the last change is there', ({ note }) => note === 'the last one');
    await everythingIsAcknowledged(simulator.ledger);
    const second = startInOrder(folder, env);
    await second.whileRunning('the last change is printed', () => second.stdout.includes('the last one'));
    expect(await second.end('SIGTERM'), second.stderr).toBe(0);

    await expectNoHole(records);
    const lines = [...first.lines, ...second.lines];
    expect(lines).toEqual(records.inSequence().map(({ text }) => text));
    const handedOver = simulator.ledger.events.map(({ sid, eid }) => `${sid}/${String(eid)}`);
    expect(eventsIn(valuesOf(lines))).toEqual(handedOver);
    expect(new Set(valuesOf(lines).map(({ generation }) => generation)).size).toBe(2);
    expect(`${first.stderr}${second.stderr}`).not.toContain('late');
  });

  test('keeps all digits, leaves out repeats, puts in order what is not, and drops nothing that comes late', async () => {
    const stage = await setStage();
    const eids = ['7', '9007199254740993', '9223372036854775807'] as const;
    const [one, two, three] = threePresences(eids);
    const replayed = { ...two, sequence: 4, origin: 'replay', warnings: ['possible-repeat'] };
    const last = { ...one, id: 'the-last', sequence: 5 };
    await publishPresences(stage, [three, one, last, two, replayed].map(textOf));
    const recipe = startInOrder(await unpackRecipes(), whereabouts(stage));
    const inOrder = [one, two, three, last].map(textOf);
    expect(await recipe.linesAtLeast(4)).toEqual(inOrder);
    for (const eid of eids) expect(recipe.stdout).toContain(`"eid":${eid},`);

    // As where retention has deleted a part: it does not wait for each number by itself.
    const sparse = Array.from({ length: 60 }, (_, n) => textOf({ ...one, id: `sparse-${n}`, sequence: 10 + 2 * n }));
    await publishPresences(stage, sparse);
    expect(await recipe.linesAtLeast(64)).toEqual([...inOrder, ...sparse]);
    const late = textOf({ ...one, id: 'the-late', sequence: 2 });
    await publishPresences(stage, [late]);
    expect((await recipe.linesAtLeast(65)).at(-1)).toBe(late);
    expect(recipe.stderr).toBe('late: bot 1700000000 2\n');
    expect(await recipe.end('SIGTERM')).toBe(0);
  });

  test('sees no record of an aborted transaction where a plain kafkajs consumer does', async () => {
    const stage = await setStage();
    const [one, two, three] = threePresences(['1', '2', '3']);
    const early = textOf({ ...one, id: 'never-committed' });
    // The one that began second is aborted first: so the broker lists them in the other order than kafkajs thinks.
    const outer = await beginPresences(stage, [early]);
    const inner = await beginPresences(stage, [textOf(two)]);
    await inner.abort();
    await outer.abort();
    await publishPresences(stage, [one, two, three].map(textOf));
    await stage.records.count('userPresence', 4);
    expect(stage.records.all.map(({ text }) => text)).toContain(early);

    const recipe = startInOrder(await unpackRecipes(), whereabouts(stage));
    expect(await recipe.linesAtLeast(3)).toEqual([one, two, three].map(textOf));
    expect(await recipe.end('SIGTERM'), recipe.stderr).toBe(0);
  });
});

describe('the consumer into a database', () => {
  beforeAll(async () => {
    await recipePython();
  }, PYTHON_INSTALL_TIMEOUT_MS);

  test('has each presence record once, split ones whole, also when it is killed', async () => {
    const stage = await setStage({
      simulator: { users: 20, eventsPerSecond: 100, eventsTotal: 100 },
      settings: { kafka: { recordBytesMax: 16_384, topics: { partitions: 3 } } },
    });
    const { records, simulator } = stage;
    const python = await recipePython();
    const folder = await unpackRecipes();
    const env = { ...whereabouts(stage), TOPIC: `${stage.prefix}presence`, DATABASE: 'presence.db' };
    const start = (): RecipeProcess => RecipeProcess.start(python, ['presence_to_sqlite.py'], { folder, env });
    const rows = (sql: string) => rowsOf(join(folder, 'presence.db'), sql);

    await stage.start();
    await records.count('userPresence', 5);
    const killed = start();
    const taken = await killed.whileRunning('it has stored something', () => rows(USER_PRESENCES).at(0) ?? false);
    await killed.end('SIGKILL');
    forget(join(folder, 'presence.db'), String(taken.id));
    simulator.pushEvent(ACCOUNT.uri, { xml: largePresenceOf(BEN), eventName: 'userPresence', users: [BEN] });
    await until('all changes are made', () => simulator.changesLeft === 0);
    await everythingIsAcknowledged(simulator.ledger);

    const again = start();
    const events = simulator.ledger.events.filter(({ eventName }) => eventName === 'userPresence');
    const all = events.flatMap(({ eid, users }) => users.map((uri) => `${String(eid)} ${uri}`));
    // What was taken away does not come back: reading goes on where it was.
    const expected = all.filter((name) => name !== nameOf(taken));
    await again.whileRunning('everything is stored', () => rows(USER_PRESENCES).length >= expected.length);
    expect(await again.end('SIGTERM'), again.stderr).toBe(0);
    expect(rows(USER_PRESENCES).map(nameOf)).toEqual(expected);
    expect(expected).toHaveLength(all.length - 1);

    const warnings = records.all.flatMap(({ value }) => value.warnings as readonly string[]);
    expect(warnings).toEqual(expect.arrayContaining(['continued-item', 'continued-inner-item']));
    const [split] = rows(`SELECT record FROM presence WHERE record LIKE '%${CUSTOM_NAMES.at(-1) ?? ''}%'`);
    expect(split?.record).toContain('9007199254740993');
    const { categories, ...head } = JSON.parse(String(split?.record)) as RecordValue & { categories: CategoryValue[] };
    expect(head).toMatchObject({ part: 0, parts: 1, warnings: [], userIndex: 0 });
    expect(categories.map(({ name }) => name)).toEqual(['services', ...CUSTOM_NAMES]);
    const [service] = categories[0]?.services?.services ?? [];
    expect(service?.capabilities.map(({ version }) => version)).toEqual(CAPABILITY_VERSIONS);
    expect(rows('SELECT * FROM part')).toEqual([]);
  });
});

const USER_PRESENCES = "SELECT * FROM presence WHERE record_type = 'userPresence' ORDER BY generation, sequence";

function nameOf({ eid, user_uri: user }: Readonly<Record<string, unknown>>): string {
  return `${String(eid)} ${String(user)}`;
}

/** What the test looks at of a category. */
interface CategoryValue {
  readonly name: string;
  readonly services: {
    readonly services: readonly { readonly capabilities: readonly { readonly version: string }[] }[];
  } | null;
}

/** None while there is no table yet. */
function rowsOf(file: string, sql: string): readonly Readonly<Record<string, unknown>>[] {
  if (!existsSync(file)) return [];
  using database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  const hasTables = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'place'").get() !== undefined;
  return hasTables ? database.prepare(sql).all() : [];
}

function forget(file: string, id: string): void {
  using database = new DatabaseSync(file);
  database.prepare('DELETE FROM presence WHERE id = ?').run(id);
}

describe('who was available when', () => {
  beforeAll(async () => {
    await recipePython();
  }, PYTHON_INSTALL_TIMEOUT_MS);

  test('tells each user at a moment and between two, and that nothing is known while there is no session', async () => {
    const stage = await setStage();
    const { records, simulator } = stage;
    const set = async (uri: string, availability: number): Promise<void> => {
      const note = uniqueName('change');
      simulator.setPresence(uri, { availability });
      simulator.setPresence(uri, { note });
      await records.find('the change is there', (value) => value.note === note);
    };
    simulator.setPresence(CLIO, { availability: OFFLINE });
    const bridge = await stage.start();
    await records.count('snapshotEnded', 1);
    await set(ANNA, AVAILABLE);
    await set(BEN, BUSY);
    const morning = await moment();
    await set(ANNA, OFFLINE);
    const noon = await moment();
    await bridge.stop();
    await records.count('sessionEnded', 1);
    const night = await moment();
    simulator.setPresence(CLIO, { availability: AVAILABLE });
    await stage.start();
    await records.count('snapshotEnded', 2);
    const nextDay = await moment();

    const folder = await unpackRecipes();
    await writeFile(join(folder, 'records.ndjson'), await printedBy(stage, folder));
    const at = (when: number) => queryRecords(folder, ['availability.sql', 'at.sql'], { moment: when });
    const named = async (when: number) => (await at(when)).map(({ availabilityName }) => availabilityName);
    expect((await at(morning)).map(({ userUri }) => userUri)).toEqual([ANNA, BEN, CLIO]);
    expect(await named(morning)).toEqual(['Available', 'Busy', 'Offline']);
    expect(await named(noon)).toEqual(['Offline', 'Busy', 'Offline']);
    expect(await named(night)).toEqual([null, null, null]);
    expect(await named(nextDay)).toEqual(['Offline', 'Busy', 'Available']);

    const times = await queryRecords(folder, ['availability.sql', 'between.sql'], { since: morning, until: noon });
    const total = (uri: string): number => {
      return times.filter(({ userUri }) => userUri === uri).reduce((sum, row) => sum + Number(row.milliseconds), 0);
    };
    expect(USERS.map(total)).toEqual([noon - morning, noon - morning, noon - morning]);
    expect(
      new Set(times.map(({ userUri, availabilityName }) => `${String(userUri)} ${String(availabilityName)}`)),
    ).toEqual(new Set([`${ANNA} Available`, `${ANNA} Offline`, `${BEN} Busy`, `${CLIO} Offline`]));
  });
});

/** A time that no change shares: milliseconds since the epoch, and it is later when this resolves. */
async function moment(): Promise<number> {
  const now = Date.now();
  await until('it is later', () => Date.now() > now);
  return now;
}

/** Everything that the consumer in order prints of what there is now. */
async function printedBy(stage: Stage, folder: string): Promise<string> {
  const recipe = startInOrder(folder, whereabouts(stage));
  await recipe.linesAtLeast(stage.records.all.length);
  await recipe.end('SIGTERM');
  return recipe.stdout;
}

describe('the sign-in alert', () => {
  test('tells who signed in and out, but nothing of baselines, flaps and the session, and forgets no sign-out', async () => {
    const stage = await setStage({ settings: { signin: { flapMs: 3_000 } } });
    const { records, simulator } = stage;
    for (const uri of USERS) simulator.setPresence(uri, { availability: AVAILABLE });
    const bridge = await stage.start();
    await until('each user has a baseline', () => edgesIn(stage, 'baseline').length === USERS.length);
    await records.count('snapshotEnded', 1);
    const folder = await unpackRecipes();
    const env = { ...whereabouts(stage), TOPIC: `${stage.prefix}signin`, HOLD_MS: '3500' };
    const start = (): RecipeProcess => RecipeProcess.start(process.execPath, ['alert.mjs'], { folder, env });
    const first = start();
    const set = async (uri: string, availability: number): Promise<void> => {
      const count = edgesIn(stage, 'signedIn', 'signedOut').length;
      simulator.setPresence(uri, { availability });
      await until('the edge is there', () => edgesIn(stage, 'signedIn', 'signedOut').length > count);
    };

    await set(ANNA, OFFLINE);
    await set(ANNA, AVAILABLE);
    expect(edgesIn(stage, 'signedIn')).toMatchObject([{ isFlap: true }]);
    await set(BEN, OFFLINE);
    await set(CLIO, OFFLINE);
    await first.linesAtLeast(2);
    await bridge.stop();
    const changedAt = Date.now();
    simulator.setPresence(BEN, { availability: AVAILABLE });
    await stage.start();
    await records.count('snapshotEnded', 2);
    await set(ANNA, OFFLINE);
    await set(CLIO, AVAILABLE);
    // It has read on and holds back what came before: then it ends.
    await first.linesAtLeast(4);
    expect(await first.end('SIGTERM'), first.stderr).toBe(0);
    const second = start();
    await second.whileRunning('the sign-out that was held back is told', () => second.stdout.includes(ANNA));
    expect(await second.end('SIGTERM'), second.stderr).toBe(0);

    // What was told behind the one that was held back comes again: by its id it is the same.
    const told = valuesOf([...first.lines, ...second.lines]);
    const alerts = told.filter(({ id }, index) => told.findIndex((other) => other.id === id) === index);
    expect(alerts.map(({ user, edge, certainty }) => [user, edge, certainty])).toEqual([
      [BEN, 'signedOut', 'observed'],
      [CLIO, 'signedOut', 'observed'],
      [BEN, 'signedIn', 'inferred'],
      [CLIO, 'signedIn', 'observed'],
      [ANNA, 'signedOut', 'observed'],
    ]);
    expect(Date.parse(String(alerts[2]?.earliest))).toBeLessThanOrEqual(changedAt);
    expect(Date.parse(String(alerts[2]?.latest))).toBeGreaterThanOrEqual(changedAt);
    expect(records.ofType('signIn').filter(({ value }) => value.subject === 'account').length).toBeGreaterThan(0);
  });
});

function edgesIn({ records }: Stage, ...edges: readonly string[]): readonly RecordValue[] {
  const values = records.ofType('signIn').map(({ value }) => value);
  return values.filter(({ edge, subject }) => subject === 'user' && edges.includes(String(edge)));
}
