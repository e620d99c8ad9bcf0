/**
 * The eids published so far in a generation, as ascending, disjoint ranges. Eids are mostly contiguous, so a session
 * of a week is a handful of ranges; a late eid falls into a hole and is known to be new, however late it is.
 */
export type EidRanges = readonly (readonly [from: bigint, to: bigint])[];

/** More holes than this are not remembered: the lowest are closed, and a late eid there can no longer be told from a repeat. */
export const EID_RANGES_MAX = 128;

export function rangesInclude(ranges: EidRanges, eid: bigint): boolean {
  // The newest ranges are asked for most: search from the end.
  for (let i = ranges.length - 1; i >= 0; i--) {
    const range = ranges[i];
    if (range === undefined || eid > range[1]) return false;
    if (eid >= range[0]) return true;
  }
  return false;
}

/** The highest eid published, or null if none was. */
export function highestOf(ranges: EidRanges): bigint | null {
  return ranges.at(-1)?.[1] ?? null;
}

/** The ranges with one more eid. Holes beyond {@link EID_RANGES_MAX} are closed from the lowest. */
export function withEid(ranges: EidRanges, eid: bigint): EidRanges {
  const last = ranges.at(-1);
  if (last !== undefined && eid === last[1] + 1n) return [...ranges.slice(0, -1), [last[0], eid]];
  if (rangesInclude(ranges, eid)) return ranges;
  const at = ranges.findIndex(([from]) => from > eid);
  const before = at === -1 ? ranges : ranges.slice(0, at);
  const after = at === -1 ? [] : ranges.slice(at);
  return closeLowestHoles(joined([...before, [eid, eid], ...after]));
}

function joined(ranges: EidRanges): EidRanges {
  const result: (readonly [bigint, bigint])[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last !== undefined && range[0] <= last[1] + 1n) result[result.length - 1] = [last[0], range[1]];
    else result.push(range);
  }
  return result;
}

function closeLowestHoles(ranges: EidRanges): EidRanges {
  const excess = ranges.length - EID_RANGES_MAX;
  const lowest = ranges[0];
  const merged = ranges[excess];
  if (excess <= 0 || lowest === undefined || merged === undefined) return ranges;
  return [[lowest[0], merged[1]], ...ranges.slice(excess + 1)];
}

/** `["1-100", "102"]`: short, exact, readable in the progress topic. */
export function formatRanges(ranges: EidRanges): readonly string[] {
  return ranges.map(([from, to]) => (from === to ? String(from) : `${String(from)}-${String(to)}`));
}

/** @throws {SyntaxError} if a text is not a range of {@link formatRanges}. */
export function parseRanges(texts: readonly string[]): EidRanges {
  return texts.map((text) => {
    const [from = '', to = from] = text.split('-');
    return [BigInt(from), BigInt(to)] as const;
  });
}
