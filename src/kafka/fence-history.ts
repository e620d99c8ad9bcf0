const WINDOW_MS = 10 * 60_000;
const FENCES_MAX = 3;

/** Remembers when a shard was fenced: once is a hand-over, again and again is a rival under the same name. */
export class FenceHistory {
  #times: number[] = [];

  /** @param nowMs monotonic, in milliseconds. */
  record(nowMs: number): void {
    this.#times = [...this.#times.filter((time) => nowMs - time < WINDOW_MS), nowMs];
  }

  /** True after three times within ten minutes. */
  isRivalLikely(nowMs: number): boolean {
    return this.#times.filter((time) => nowMs - time < WINDOW_MS).length >= FENCES_MAX;
  }
}
