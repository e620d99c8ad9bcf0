import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { type Mutant, MUTANTS } from './mutants.ts';

const USAGE = `Usage: npm run mutants [-- NAME…]

Plants known mistakes into a copy of the sources, one at a time, and shows that the tests notice each. The same tests
are run without the mistake first, so that red means the mistake and nothing else.

${MUTANTS.map(({ name, consequence }) => `  ${name.padEnd(26)} ${consequence}`).join('\n')}

Exit status: 0 every mutant turned its tests red, 1 one survived or could not be tried, 2 usage.
`;

/** What a copy of the checkout needs to run tests. */
const COPIED = ['src', 'test', 'dev', 'config', 'docs', 'schemas', 'package.json', 'tsconfig.json', 'vitest.config.ts'];

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** The first failed test, for the table. */
  readonly firstFailed: string | null;
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = positionals.find((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no mutant "${unknown}".\n\n${USAGE}`);
    return 2;
  }
  const chosen = MUTANTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const folder = await mkdtemp(join(tmpdir(), 'cwa-mutants-'));
  try {
    for (const name of COPIED) await cp(name, join(folder, name), { recursive: true });
    await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    let survivors = 0;
    for (const mutant of chosen) if (!(await isKilled(folder, mutant))) survivors += 1;
    process.stdout.write(
      `${String(chosen.length - survivors)} of ${String(chosen.length)} mutants turned the tests red\n`,
    );
    return survivors === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isKilled(folder: string, mutant: Mutant): Promise<boolean> {
  const sound = await runTests(folder, mutant.tests);
  if (sound.failed > 0 || sound.passed === 0) {
    report(mutant, 'cannot be tried', `without the mutant: ${textOf(sound)}`);
    return false;
  }
  const originals = await plant(folder, mutant);
  const outcome = await runTests(folder, mutant.tests);
  for (const [file, text] of originals) await writeFile(file, text);
  report(mutant, outcome.failed > 0 ? 'red' : 'SURVIVED', textOf(outcome));
  return outcome.failed > 0;
}

/** Returns the original texts. A mistake that fits nowhere, or in two places, is a mistake of this list. */
async function plant(folder: string, { edits, name }: Mutant): Promise<ReadonlyMap<string, string>> {
  const originals = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    const places = text.split(find).length - 1;
    if (places !== 1)
      throw new Error(`mutant ${name} fits ${String(places)} places in ${file}: mend dev/mutants/mutants.ts`);
    originals.set(path, text);
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
  }
  return originals;
}

async function runTests(folder: string, tests: readonly string[]): Promise<Outcome> {
  const report = join(folder, 'report.json');
  await rm(report, { force: true });
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', ...tests, '--reporter=json', `--outputFile=${report}`];
  await new Promise<void>((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 256 * 1024 * 1024 }, () => {
      resolve();
    });
  });
  return outcomeOf(JSON.parse(await readFile(report, 'utf8')) as VitestReport);
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function outcomeOf({ numFailedTests, numPassedTests, testResults }: VitestReport): Outcome {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const firstFailed = all.find(({ status }) => status === 'failed')?.fullName.trim() ?? null;
  return { passed: numPassedTests, failed: numFailedTests, firstFailed };
}

function textOf({ failed, firstFailed, passed }: Outcome): string {
  return `${String(failed)} failed, ${String(passed)} passed${firstFailed === null ? '' : `: "${firstFailed}"`}`;
}

function report({ name }: Mutant, verdict: string, detail: string): void {
  process.stdout.write(`${name.padEnd(26)} ${verdict.padEnd(16)} ${detail}\n`);
}

process.exitCode = await main();
