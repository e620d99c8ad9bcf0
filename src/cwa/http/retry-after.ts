/** What is asked beyond this, eleven days, is no wait but a mistake. */
const SECONDS_MAX = 999_999;

/** The one form of dates that senders may use (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * What a server asks to wait with `Retry-After` (RFC 9110 §10.2.3), in milliseconds: a number of seconds, or a date by
 * the server's own clock, which the `Date` of the same response tells. Ours may be wrong, and is not asked.
 *
 * @param value the header, or null.
 * @param date the `Date` header, or null: then a date says nothing.
 * @returns null if nothing is asked, or nothing that can be understood; 0 for a date that is over.
 */
export function retryAfterMs(value: string | null, date: string | null): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  const [until, now] = [timeOf(text), timeOf(date?.trim() ?? '')];
  if (until === null || now === null || until - now > SECONDS_MAX * 1000) return null;
  return Math.max(0, until - now);
}

function timeOf(text: string): number | null {
  const time = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
