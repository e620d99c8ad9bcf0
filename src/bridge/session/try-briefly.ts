import { failureOf } from '../failure.ts';
import type { BridgeParts } from '../parts.ts';

/** So long the server may take for what nothing depends on: polls wait meanwhile. */
const BRIEFLY_MS = 10_000;

/**
 * Asks the server for something that nothing depends on, and not for long.
 *
 * @param onFailure told why nothing came of it.
 * @returns null if it failed, took too long, or `signal` aborted.
 * @throws what is no failure of the session's, such as a mistake of our own.
 */
export async function tryBriefly<T>(
  { clock }: Pick<BridgeParts, 'clock'>,
  step: (over: AbortSignal) => Promise<T>,
  onFailure: (error: unknown) => void,
  signal: AbortSignal,
): Promise<T | null> {
  const deadline = new AbortController();
  const over = AbortSignal.any([deadline.signal, signal]);
  const isDone = new AbortController();
  void clock.sleep(BRIEFLY_MS, isDone.signal).then(() => {
    deadline.abort();
  });
  try {
    return await step(over);
  } catch (error) {
    if (failureOf(error) === null && !over.aborted) throw error;
    onFailure(error);
    return null;
  } finally {
    isDone.abort();
  }
}
