/**
 * What one check of `doctor` found. `warning` works, but not as well as it should; `not-tried` waits for something
 * else that failed.
 */
export type Status = 'ok' | 'warning' | 'failed' | 'not-tried';

export interface Verdict {
  readonly status: Status;
  /** Stable, lower-case, with hyphens; null where nothing is amiss. */
  readonly code: string | null;
  /** What was found: a clause for people, without secrets. */
  readonly cause: string;
  /** What to do, naming settings and commands; null where there is nothing to do. */
  readonly remedy: string | null;
}

/** A verdict, and what the check got hold of, for the checks that build on it. */
export interface Outcome<T> extends Verdict {
  /** Only where the check did not fail. */
  readonly value?: T;
}

export function ok(cause: string): Verdict {
  return { status: 'ok', code: null, cause, remedy: null };
}

export function warning(code: string, cause: string, remedy: string): Verdict {
  return { status: 'warning', code, cause, remedy };
}

export function failed(code: string, cause: string, remedy: string): Verdict {
  return { status: 'failed', code, cause, remedy };
}

export function notTried(code: string, cause: string, remedy: string | null = null): Verdict {
  return { status: 'not-tried', code, cause, remedy };
}
