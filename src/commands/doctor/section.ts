import { abortable } from '../../lib/abortable.ts';
import { BridgeError } from '../../lib/errors.ts';
import { failed, notTried, ok, type Outcome, type Verdict } from './verdict.ts';

/** A verdict with its place: which check, of what. */
export interface Finding extends Verdict {
  /** Such as `tls`; the same check of other things has the same name. */
  readonly check: string;
  /** Such as `site hq`. */
  readonly subject: string;
}

/** How long a step may take, and what it means when it takes longer. */
export interface StepLimit {
  readonly ms: number;
  readonly verdict: Verdict;
}

/**
 * The checks of one thing, each building on those before. After one that fails the others are reported as not tried:
 * one fault is one finding, however much hangs on it.
 */
export class Section {
  readonly findings: Finding[] = [];
  readonly #subject: string;
  readonly #signal: AbortSignal;
  #broken: string | null = null;

  constructor(subject: string, signal: AbortSignal) {
    this.#subject = subject;
    this.#signal = signal;
  }

  /** Adds a verdict that is known already. One that failed stops nothing: see {@link step}. */
  add(check: string, verdict: Verdict): void {
    const { status, code, cause, remedy } = verdict;
    this.findings.push({ check, subject: this.#subject, status, code, cause, remedy });
  }

  /**
   * Makes one check, unless one before has failed.
   *
   * @param work gets a signal that aborts at the limit. What it throws becomes a verdict if it is an error for people,
   * and passes through as a mistake of ours if not.
   * @returns what the check got hold of; null if it failed or was not tried.
   */
  async step<T>(
    check: string,
    limit: StepLimit,
    work: (signal: AbortSignal) => Promise<Outcome<T>>,
  ): Promise<T | null> {
    if (this.#broken !== null) {
      this.skip([check]);
      return null;
    }
    const outcome = await this.#within(limit, work);
    this.add(check, outcome);
    if (outcome.status === 'failed' || outcome.status === 'not-tried') this.#broken = check;
    return outcome.value ?? null;
  }

  /**
   * Makes several checks in one go, which `work` adds itself.
   *
   * @returns null if they took too long or broke off; `check` then says so.
   */
  async gather<T>(check: string, limit: StepLimit, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const outcome = await this.#within(limit, async (signal) => ({ ...ok(''), value: await work(signal) }));
    if (outcome.status !== 'ok') this.add(check, outcome);
    return outcome.value ?? null;
  }

  /** Reports checks as not tried because of the one that failed here, or of `because`. */
  skip(checks: readonly string[], because: string | null = null): void {
    this.#broken ??= because;
    for (const check of checks) {
      this.add(check, notTried('depends', `not tried because of ${because ?? this.#broken ?? 'a check before'}`));
    }
  }

  async #within<T>(limit: StepLimit, work: (signal: AbortSignal) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const timeout = AbortSignal.timeout(limit.ms);
    const signal = AbortSignal.any([this.#signal, timeout]);
    try {
      return await abortable(work(signal), signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (timeout.aborted) return limit.verdict;
      if (error instanceof BridgeError) return failed(error.code, error.message, limit.verdict.remedy ?? '');
      throw error;
    }
  }
}
