import { afterAll, beforeAll, expect, test } from 'vitest';

import { LocalRegistry } from '../../dev/registry/local-registry.ts';
import { topics } from '../../src/commands/topics.ts';
import { setStage, USERS } from '../support/bridge.ts';
import { runCommand } from '../support/command-line.ts';
import { uniqueName } from '../support/kafka.ts';
import { PYTHON_INSTALL_TIMEOUT_MS, recipePython } from '../support/recipe-python.ts';
import { RecipeProcess, unpackRecipes } from '../support/recipes.ts';

/** The recipe for Avro, as it stands in docs/consumers, over what the bridge publishes with a real registry. */

/** A registry that has just started takes long for its first schemas where others use the machine. */
const PATIENCE_MS = 60_000;
const TIMEOUT_MS = 4 * PATIENCE_MS;
const [ANNA = ''] = USERS;

let registry: LocalRegistry;
beforeAll(async () => {
  await recipePython();
  registry = await LocalRegistry.start((line) => process.stderr.write(`${line}\n`));
}, PYTHON_INSTALL_TIMEOUT_MS);
afterAll(() => registry.stop());

/** What the recipe makes of a record: times are numbers in JSON, and words where they come from Avro. */
interface Line {
  readonly id: string;
  readonly recordType: string;
  readonly subjectUri: string;
  readonly receivedAt: number | string;
  readonly eid: number;
  readonly note: string | null;
  readonly sid: string;
}

test('prints each record once over its own restart, JSON of before and Avro', { timeout: TIMEOUT_MS }, async () => {
  const stage = await setStage({ hasTopics: false });
  const { brokers, prefix, simulator } = stage;
  expect(await runCommand(topics, ['--create', '-c', await stage.configure()])).toMatchObject({ status: 0 });
  const folder = await unpackRecipes();
  const python = await recipePython();
  const group = uniqueName('avro');
  const env = { BROKERS: brokers.join(','), REGISTRY: registry.url, TOPIC: `${prefix}presence`, GROUP: group };
  const start = (): RecipeProcess => RecipeProcess.start(python, ['avro_to_lines.py'], { folder, env });
  const isPrinted = (recipe: RecipeProcess, note: string): Promise<true> => {
    return recipe.whileRunning(`"${note}" is printed`, () => recipe.stdout.includes(`"${note}"`));
  };

  const json = await stage.start();
  const first = start();
  await first.linesAtLeast(USERS.length);
  await json.stop();
  await stage.start({ kafka: { format: 'avro', schemaRegistry: { url: registry.url, timeoutMs: PATIENCE_MS } } });
  simulator.setPresence(ANNA, { note: 'på broen 🚢' });
  await isPrinted(first, 'på broen 🚢');
  expect(await first.end('SIGTERM'), first.stderr).toBe(0);
  const second = start();
  simulator.setPresence(ANNA, { note: 'i havn' });
  await isPrinted(second, 'i havn');
  expect(await second.end('SIGTERM'), second.stderr).toBe(0);

  const lines = [...first.lines, ...second.lines].map((line) => JSON.parse(line) as Line);
  const presences = simulator.ledger.events.filter(({ eventName }) => eventName === 'userPresence');
  const handedOver = presences.flatMap(({ sid, eid, users }) => users.map((uri) => `${sid}/${String(eid)} ${uri}`));
  const printed = lines.filter(({ recordType }) => recordType === 'userPresence');
  const told = printed.map(({ sid, eid, subjectUri }) => `${sid}/${String(eid)} ${subjectUri}`);
  expect(told.toSorted()).toEqual(handedOver.toSorted());
  expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  const [sessionOfJson, ...others] = new Set(lines.map(({ sid }) => sid));
  for (const { receivedAt, sid } of lines) {
    if (sid === sessionOfJson) expect(receivedAt).toBeTypeOf('number');
    else expect(receivedAt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*\+00:00$/);
  }
  expect(others).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({ subjectUri: ANNA, note: 'i havn' });
});
