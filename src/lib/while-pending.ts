import type { Clock } from './clock.ts';

export interface Turns {
  /** Time before each turn, in milliseconds. */
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Ends the turns early, whatever the work does. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `turn` once each interval until `work` is settled or the signal aborts; work that is quicker than the interval
 * costs no turn. The outcome of the work is left to the caller, who waits for it afterwards: here a rejection only ends
 * the turns, and does not count as unhandled meanwhile.
 *
 * @param turn is given a signal that aborts when the turns are over; a turn under way is waited for.
 * @throws what a turn throws.
 */
export async function whilePending(
  work: Promise<unknown>,
  turn: (over: AbortSignal) => Promise<void> | void,
  { clock, intervalMs, signal }: Turns,
): Promise<void> {
  const settled = new AbortController();
  const end = (): void => {
    settled.abort();
  };
  work.then(end, end);
  const over = signal === undefined ? settled.signal : AbortSignal.any([signal, settled.signal]);
  for (;;) {
    await clock.sleep(intervalMs, over);
    if (over.aborted) return;
    await turn(over);
  }
}
