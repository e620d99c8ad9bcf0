import type { Problem } from '../config/problem.ts';
import { readWatchTexts, type WatchTexts } from '../config/watch-file.ts';
import { problemsOfFile, watchFilesOf, watchListsOf, type WatchSources } from '../config/watch-lists.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { WatchDirectory } from './watch-directory.ts';

/** A file that has changed is taken if it reads the same this much later: somebody may still be writing it. */
const SETTLE_MS = 1_000;
/** So many problems are logged one by one. */
const LOGGED_MAX = 10;

export interface WatchFilesParts {
  readonly sources: WatchSources;
  readonly directory: WatchDirectory;
  readonly reloadMs: number;
  readonly metrics: Pick<Metrics, 'watchReloads' | 'unusableWatchFiles'>;
  readonly log: Log;
  readonly clock: Clock;
  /** Reads all files; by their names, each time. */
  readonly read?: (files: Iterable<string>) => Promise<WatchTexts>;
}

/**
 * Watch files, read again and again while the daemon runs. What can be read and understood is taken; a file that is
 * gone, empty or has a line that is no URI keeps what it last held, and so do all of them when together they do not
 * fit: a user under two accounts, a list that is too long. Nobody is forgotten because of a file that is broken.
 */
export class WatchFiles {
  readonly #parts: WatchFilesParts;
  readonly #read: (files: Iterable<string>) => Promise<WatchTexts>;
  readonly #pathOf: ReadonlyMap<string, string>;
  /** What was judged last, good or not. */
  #judged: WatchTexts | null = null;
  /** What the lists in use are made of. */
  #good: WatchTexts = new Map();
  #wake = new AbortController();

  constructor(parts: WatchFilesParts) {
    this.#parts = parts;
    this.#read = parts.read ?? readWatchTexts;
    this.#pathOf = new Map(watchFilesOf(parts.sources).map(({ file, path }) => [file, path]));
  }

  /** Reads the files at once, or as soon as a reading that is under way has ended. */
  hurry(): void {
    this.#wake.abort();
  }

  /** Until `signal` aborts. Without watch files there is nothing to do. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, reloadMs } = this.#parts;
    while (!signal.aborted && this.#pathOf.size > 0) {
      this.#wake = new AbortController();
      await this.check(signal);
      await clock.sleep(reloadMs, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** Reads all files, and takes what is new and good in them. */
  async check(signal: AbortSignal): Promise<void> {
    const texts = await this.#read(this.#pathOf.keys());
    if (this.#judged !== null) {
      if (areSame(texts, this.#judged)) return;
      await this.#parts.clock.sleep(SETTLE_MS, signal);
      if (signal.aborted || !areSame(texts, await this.#read(this.#pathOf.keys()))) return;
    }
    const isFirst = this.#judged === null;
    this.#judged = texts;
    this.#judge(texts, isFirst);
  }

  #judge(texts: WatchTexts, isFirst: boolean): void {
    const { directory, log, metrics, sources } = this.#parts;
    const usable = new Map(texts);
    const judged = [...texts].map(([file, content]) => {
      return { file, problems: problemsOfFile(file, content, this.#pathOf.get(file) ?? '') };
    });
    for (const { file, problems } of judged) {
      const lastGood = this.#good.get(file);
      if (problems.length > 0 && lastGood !== undefined) usable.set(file, lastGood);
    }
    const made = watchListsOf(sources, usable);
    if (made.problems.length === 0) {
      this.#good = usable;
      directory.replace(listsById(sources, made.lists));
    }
    const problems = [...judged.flatMap((file) => file.problems), ...made.problems];
    const unusable = [...texts].filter(([file, content]) => !isSame(content, this.#good.get(file)));
    metrics.unusableWatchFiles.set({}, unusable.length);
    if (problems.length > 0) this.#refuse(problems);
    else if (!isFirst) {
      metrics.watchReloads.inc({ outcome: 'adopted' });
      log.info({ files: texts.size }, 'watch files changed: read anew');
    }
  }

  #refuse(problems: readonly Problem[]): void {
    const { log, metrics } = this.#parts;
    metrics.watchReloads.inc({ outcome: 'refused' });
    for (const { message, path, remedy, source, value } of problems.slice(0, LOGGED_MAX)) {
      const fields = {
        path,
        at: source ?? value,
        problem: message,
        remedy: `write ${remedy}`,
        problems: problems.length,
      };
      log.warn(fields, 'watch file refused: the last good list counts on');
    }
  }
}

/** The lists by the id of their account. */
export function listsById(
  { accounts }: WatchSources,
  lists: readonly { readonly users: readonly string[] }[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(accounts.flatMap(({ id }, index) => (id === null ? [] : [[id, lists[index]?.users ?? []] as const])));
}

function areSame(a: WatchTexts, b: WatchTexts): boolean {
  return [...a].every(([file, content]) => isSame(content, b.get(file)));
}

function isSame(a: object, b: object | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
