import type { Findings } from './findings.ts';
import { isPlainTime, parsePlainTime, parseTime } from './values.ts';

/** A time, and its text where the time does not say all of it. */
export interface ReadTime {
  /** Milliseconds since the epoch; null if there is no time or it could not be read. */
  readonly at: number | null;
  readonly raw: string | null;
}

const NO_TIME: ReadTime = { at: null, raw: null };

/** Reads a time, with a warning if it cannot be read (events-and-categories §3.2; §10 item 9 for bare integers). */
export function readTime(raw: string | null, findings: Findings): ReadTime {
  if (raw === null) return NO_TIME;
  const plain = parsePlainTime(raw);
  if (plain !== null) return { at: plain, raw: null };
  const at = parseTime(raw);
  if (at === null) findings.warn(/^\s*[+-]?[0-9]+\s*$/.test(raw) ? 'time-unit-unknown' : 'bad-time');
  return { at, raw: at !== null && isPlainTime(raw) ? null : raw };
}
