/** One thing that is wrong with the configuration: where, what, and what to write instead. */
export interface Problem {
  /** Path of the setting, such as `accounts[0].site`, or the file or variable itself. */
  readonly path: string;
  /** What is wrong, to be read after the path. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
  /** The offending value as JSON, shortened; null where there is none or it must not be shown. */
  readonly value: string | null;
  /** File or environment variable that the value came from, where that is known. */
  readonly source: string | null;
}

/** The problem as two lines of text. */
export function formatProblem(problem: Problem): string {
  const value = problem.value === null ? '' : ` (found ${problem.value})`;
  const source = problem.source === null ? '' : ` [${problem.source}]`;
  return `${problem.path}: ${problem.message}${value}${source}\n    write ${problem.remedy}`;
}

/** A value for a message: JSON, short enough for one line. */
export function shown(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
