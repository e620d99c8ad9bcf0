/** What the demo reads from the bridge's `/metrics`. */
export interface BridgeCounts {
  readonly polls: number;
  /** Committed records by whole topic name. */
  readonly records: ReadonlyMap<string, number>;
}

export const NOTHING_YET: BridgeCounts = { polls: 0, records: new Map() };

/**
 * The bridge's counts now, or null if it does not answer.
 *
 * @param url of the page, such as `http://127.0.0.1:9464/metrics`.
 */
export async function readCounts(url: string, signal: AbortSignal): Promise<BridgeCounts | null> {
  try {
    const response = await fetch(url, { signal });
    return countsOf(await response.text());
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Reads the Prometheus text format as far as counters of ours need it. */
export function countsOf(page: string): BridgeCounts {
  let polls = 0;
  const records = new Map<string, number>();
  for (const [, name, labels = '', value] of page.matchAll(/^cwa_bridge_(\w+)\{([^}]*)\} (\S+)$/gm)) {
    if (name === 'polls_total') polls += Number(value);
    const topic = /topic="([^"]*)"/.exec(labels)?.[1];
    if (name === 'records_published_total' && topic !== undefined) records.set(topic, Number(value));
  }
  return { polls, records };
}
