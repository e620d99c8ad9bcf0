import type { Clock } from './clock.ts';
import { whilePending } from './while-pending.ts';

/** How often a waiting loop says that it is alive. */
const PULSE_MS = 10_000;

/**
 * Waits for `work`, which may take as long as a server is away, and calls `beat` meanwhile: a loop that waits for
 * others still turns.
 */
export async function withPulse<T>(work: Promise<T>, beat: () => void, clock: Clock): Promise<T> {
  beat();
  await whilePending(work, beat, { intervalMs: PULSE_MS, clock });
  return work;
}
