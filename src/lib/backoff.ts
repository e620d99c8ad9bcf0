/** Returns a number in [0, 1); passed in so that tests can repeat a run. */
export type Random = () => number;

export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Exponential back-off with "equal jitter": half of the delay is fixed, half is random, so that neither a tight loop
 * nor a herd can form.
 *
 * @param failures consecutive failures so far, from 1.
 * @returns milliseconds in [d/2, d) where d = min(maxMs, minMs · 2^(failures−1)).
 */
export function backoffMs(failures: number, bounds: BackoffBounds, random: Random): number {
  const ceiling = Math.min(bounds.maxMs, bounds.minMs * 2 ** Math.min(failures - 1, 30));
  return ceiling / 2 + (ceiling / 2) * random();
}
