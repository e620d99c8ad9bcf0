import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { onTestFinished } from 'vitest';

import { until } from './until.ts';

const PAGES = fileURLToPath(new URL('../../docs/consumers/', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** A program in a page: a fenced block with a file name behind its language. */
const PROGRAM = /^```\w+ (?<name>\S+)\n(?<text>[^]*?)^```$/gm;

/**
 * Takes every program out of the pages in `docs/consumers`, exactly as it stands there, and puts it into a folder with
 * the packages of this checkout. Gone after the test.
 *
 * @returns the folder.
 */
export async function unpackRecipes(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cwa-recipes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const page of await readdir(PAGES)) {
    if (!page.endsWith('.md')) continue;
    for (const { groups } of (await readFile(join(PAGES, page), 'utf8')).matchAll(PROGRAM)) {
      await writeFile(join(folder, groups?.name ?? ''), groups?.text ?? '', { flag: 'wx' });
    }
  }
  await symlink(PACKAGES, join(folder, 'node_modules'));
  return folder;
}

/** A recipe as a process of its own. Killed by its id when the test is over, however that went. */
export class RecipeProcess {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  stdout = '';
  stderr = '';

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#exited = once(child, 'close');
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
  }

  /** @param env is laid over the environment of the test. */
  static start(
    command: string,
    args: readonly string[],
    { folder, env = {}, input = '' }: { readonly folder: string; readonly env?: NodeJS.ProcessEnv; input?: string },
  ): RecipeProcess {
    const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env }, stdio: 'pipe' });
    const recipe = new RecipeProcess(child);
    child.stdin.end(input);
    onTestFinished(async () => {
      await recipe.end('SIGKILL');
    });
    return recipe;
  }

  /** The complete lines that it has written to standard output so far. */
  get lines(): readonly string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** Waits until so many lines are there, and returns all that are. */
  linesAtLeast(count: number): Promise<readonly string[]> {
    return this.whileRunning(`the recipe has written ${String(count)} lines`, () => {
      const { lines } = this;
      return lines.length >= count && lines;
    });
  }

  /** Waits for a condition; a recipe that has ended before fails at once, with what it said. */
  whileRunning<T>(what: string, probe: () => T | false): Promise<T> {
    const describe = (): string => `${this.stdout.slice(-2_000)}\n${this.stderr.slice(-2_000)}`;
    const probeOrFail = (): T | false => {
      const found = probe();
      if (found === false && this.#hasEnded) throw new Error(`The recipe ended before ${what}.\n${describe()}`);
      return found;
    };
    return until<T>(what, probeOrFail, { describe });
  }

  /** Waits for the end. @returns the exit status; null if a signal ended it. */
  async ended(): Promise<number | null> {
    await until('the recipe has ended', () => this.#hasEnded, { describe: () => this.stderr });
    await this.#exited;
    return this.#process.exitCode;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (!this.#hasEnded) this.#process.kill(signal);
    return this.ended();
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}
