import type { Clock } from '../lib/clock.ts';
import { whilePending } from '../lib/while-pending.ts';

export interface KeepAlive {
  /** Time between keep-alive polls while the work is pending. */
  readonly intervalMs: number;
  /**
   * One poll with the unchanged, committed `ackId`; its body is discarded. Failures are its own business. It ends
   * when `over` aborts: the work is done, and nobody waits for a server that does not answer.
   */
  readonly poll: (over: AbortSignal) => Promise<void>;
  /** Told at the start, at every keep-alive, and with 0 at the end. */
  readonly onPending: (pendingMs: number) => void;
  readonly clock: Clock;
}

/**
 * Waits for `work` and keeps the session alive meanwhile (design §4.7). A broker that is away for hours must not cost
 * the session: the server sees the same acknowledgement again and again, and forgets nothing.
 *
 * @param signal ends the keep-alive polls, not the wait: a commit under way is always waited for.
 */
export async function whileKeepingAlive<T>(work: Promise<T>, keepAlive: KeepAlive, signal: AbortSignal): Promise<T> {
  const { clock, intervalMs, onPending, poll } = keepAlive;
  const startedAt = clock.monotonic();
  const turn = async (over: AbortSignal): Promise<void> => {
    onPending(clock.monotonic() - startedAt);
    await poll(over);
  };
  await whilePending(work, turn, { intervalMs, clock, signal });
  try {
    return await work;
  } finally {
    onPending(0);
  }
}
