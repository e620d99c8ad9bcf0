import type { Clock } from './clock.ts';

/** How often a waiting loop says that it is alive. */
const PULSE_MS = 10_000;

/**
 * Waits for `work`, which may take as long as a server is away, and calls `beat` meanwhile: a loop that waits for
 * others still turns.
 */
export async function withPulse<T>(work: Promise<T>, beat: () => void, clock: Clock): Promise<T> {
  const finished = new AbortController();
  const settled = work.finally(() => {
    finished.abort();
  });
  // The caller sees a rejection in the end; meanwhile it must not count as unhandled.
  settled.catch(() => undefined);
  for (;;) {
    beat();
    await clock.sleep(PULSE_MS, finished.signal);
    if (finished.signal.aborted) return settled;
  }
}
