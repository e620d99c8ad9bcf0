import type { BridgeCounts } from './bridge-metrics.ts';

/** Counts at one moment. */
export interface Reading {
  /** On the clock that measures, in milliseconds. */
  readonly atMs: number;
  /** Events in complete answers. */
  readonly handedOver: number;
  /** Events that no poll has acknowledged yet. */
  readonly waiting: number;
  readonly counts: BridgeCounts;
}

/** Rates are taken over the readings of this time. */
const WINDOW_MS = 3_000;

/** Turns readings into the pieces of the live line. */
export class Figures {
  readonly #prefix: string;
  readonly #window: Reading[] = [];

  /** @param prefix of the topics' names, which is not shown. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  take(reading: Reading): void {
    this.#window.push(reading);
    while (this.#window.length > 2 && (this.#window[0]?.atMs ?? 0) < reading.atMs - WINDOW_MS) this.#window.shift();
  }

  /** Pieces of one line, most important first, of steady width. */
  segments(): readonly string[] {
    const [oldest, latest] = [this.#window.at(0), this.#window.at(-1)];
    if (oldest === undefined || latest === undefined) return ['nothing yet'];
    const seconds = (latest.atMs - oldest.atMs) / 1_000;
    const rate = (now: number, before: number): string =>
      `${(seconds > 0 ? Math.round((now - before) / seconds) : 0).toLocaleString('en').padStart(4)}/s`;
    const records = totalOf(latest.counts);
    return [
      `${figure(latest.handedOver)} events handed over ${rate(latest.handedOver, oldest.handedOver)}`,
      `${figure(records)} records committed ${rate(records, totalOf(oldest.counts))}`,
      `lag ${String(latest.waiting).padStart(3)}`,
      `${String(latest.counts.polls).padStart(4)} polls`,
      ...[...latest.counts.records]
        .filter(([, count]) => count > 0)
        .map(([topic, count]) => `${topic.slice(this.#prefix.length)} ${count.toLocaleString('en')}`),
    ];
  }
}

function figure(count: number): string {
  return count.toLocaleString('en').padStart(6);
}

function totalOf({ records }: BridgeCounts): number {
  return records.values().reduce((sum, count) => sum + count, 0);
}
