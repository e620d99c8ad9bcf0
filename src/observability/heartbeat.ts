import type { Clock } from '../lib/clock.ts';

/** A verdict, with the reasons when it is not good. */
export interface Verdict {
  readonly ok: boolean;
  /** One sentence each; empty when `ok`. */
  readonly reasons: readonly string[];
}

/** The pulse of one loop. */
export interface Pulse {
  /** To be called each time the loop turns, and while it waits for something that may take long. */
  beat(): void;
  /** The loop has ended as it should: its silence says nothing any more. */
  end(): void;
}

interface Loop {
  readonly silenceMsMax: number;
  lastMs: number;
}

/**
 * Knows the loops of the program and when each last turned: what `/livez` asks. A loop that waits for a dead CWA
 * server or for Kafka still turns, so neither makes the probe fail; only a program that hangs does.
 *
 * A frozen event loop answers no probe at all, which fails too. One that froze and came back (SIGSTOP, a paused
 * machine) is told of by {@link watchForFreezes}.
 */
export class Heartbeats {
  readonly #monotonic: () => number;
  readonly #loops = new Map<string, Loop>();

  /** @param monotonic milliseconds that never jump. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /**
   * Adds a loop, which counts as having turned just now.
   *
   * @param silenceMsMax longest time between two turns: more than the longest wait inside the loop.
   */
  register(name: string, silenceMsMax: number): Pulse {
    const loop: Loop = { silenceMsMax, lastMs: this.#monotonic() };
    this.#loops.set(name, loop);
    return {
      beat: () => {
        loop.lastMs = this.#monotonic();
      },
      end: () => {
        if (this.#loops.get(name) === loop) this.#loops.delete(name);
      },
    };
  }

  /** Whether every loop has turned in time. */
  verdict(): Verdict {
    const now = this.#monotonic();
    const reasons: string[] = [];
    for (const [name, { lastMs, silenceMsMax }] of this.#loops) {
      const silenceMs = Math.round(now - lastMs);
      if (silenceMs > silenceMsMax) {
        reasons.push(`The loop ${name} has not turned for ${silenceMs} ms (at most ${silenceMsMax}).`);
      }
    }
    return { ok: reasons.length === 0, reasons };
  }

  /** Longest time since a loop turned, in seconds, for the metric; 0 without loops. */
  longestSilenceSeconds(): number {
    const last = Math.min(...[...this.#loops.values()].map(({ lastMs }) => lastMs));
    return Number.isFinite(last) ? (this.#monotonic() - last) / 1_000 : 0;
  }
}

/** How often the event loop is looked at, and how late it must be to count as frozen. */
const WATCH_INTERVAL_MS = 1_000;
const FREEZE_MS_MIN = 2_000;

/**
 * Notices when the whole process stood still: a wait of one second that took three or more. Sessions may have died
 * in the meantime and another replica may have taken the shards, so whoever is on call should see it in the log.
 * Resolves when `signal` aborts.
 *
 * @param onFreeze is told for how long, in milliseconds.
 */
export async function watchForFreezes(
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  signal: AbortSignal,
  onFreeze: (frozenMs: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    const before = clock.monotonic();
    await clock.sleep(WATCH_INTERVAL_MS, signal);
    const frozenMs = clock.monotonic() - before - WATCH_INTERVAL_MS;
    if (frozenMs >= FREEZE_MS_MIN) onFreeze(Math.round(frozenMs));
  }
}
