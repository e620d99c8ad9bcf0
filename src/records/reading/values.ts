/**
 * Reads the values of attributes and elements (events-and-categories §3.2). Every reader trims white space and
 * returns null for what it cannot read: the caller keeps the text and warns.
 */

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/**
 * The text without white space around it. Only what XML calls white space goes: every other character, a no-break
 * space as well, was written by somebody.
 */
export function tokenOf(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isXmlSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isXmlSpace(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isXmlSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d;
}

/** The words of a list that white space separates. */
export function wordsOf(text: string): readonly string[] {
  return text.split(/[ \t\r\n]+/).filter((word) => word !== '');
}

/** A decimal integer of 64 bits: a number as far as that is exact, a bigint beyond, so that no digit is lost. */
export function parseLong(raw: string): number | bigint | null {
  const text = tokenOf(raw);
  if (!/^[+-]?[0-9]{1,100}$/.test(text)) return null;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  const exact = text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  return exact >= LONG_MIN && exact <= LONG_MAX ? exact : null;
}

/** A decimal integer of 32 bits. */
export function parseInteger(raw: string): number | null {
  const value = parseLong(raw);
  return typeof value === 'number' && value === (value | 0) ? value : null;
}

/** `true`, `false`, `1`, `0`, in any case. */
export function parseBoolean(raw: string): boolean | null {
  switch (tokenOf(raw).toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      return null;
  }
}

const DATE_TIME =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$/;

/** Years beyond 1 to 9999, which an offset may lead to as well, are what consumers in Python, say, cannot hold. */
const TIME_MIN = Date.parse('0001-01-01T00:00:00Z');
const TIME_MAX = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * An ISO 8601 date and time, of the years 1 to 9999 in UTC, as milliseconds since the epoch. Without a zone it is UTC;
 * digits behind the milliseconds are cut.
 */
export function parseTime(raw: string): number | null {
  const match = DATE_TIME.exec(tokenOf(raw));
  if (match === null) return null;
  const [, year = '', month = '', day = '', time = '', fraction = '', zone = 'Z'] = match;
  if (Number(day) > daysIn(Number(year), Number(month))) return null;
  const at = Date.parse(`${year}-${month}-${day}T${time}${fraction.slice(0, 4)}${zone}`);
  return at >= TIME_MIN && at <= TIME_MAX ? at : null;
}

/** `Date.parse` takes 30 February for 2 March. */
function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * The same for the one form that nearly every time has, `2009-03-02T08:14:58Z`, without a regular expression: times
 * are the dearest values of an event. Null for every other form.
 */
export function parsePlainTime(raw: string): number | null {
  if (raw.length !== 20 || raw[4] !== '-' || raw[7] !== '-' || raw[10] !== 'T') return null;
  if (raw[13] !== ':' || raw[16] !== ':' || raw[19] !== 'Z') return null;
  const year = digits(raw, 0, 4);
  const month = digits(raw, 5, 7);
  const day = digits(raw, 8, 10);
  const [hour, minute, second] = [digits(raw, 11, 13), digits(raw, 14, 16), digits(raw, 17, 19)];
  const isDate = year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!isDate || !(hour <= 23 && minute <= 59 && second <= 59)) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** NaN, with which no comparison holds, if there is anything but digits. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether the text says nothing beyond the milliseconds that {@link parseTime} makes of it. */
export function isPlainTime(raw: string): boolean {
  return /^[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,3})?Z$/.test(raw);
}

/** An xs:duration of days, hours and minutes (`PT15M`) in whole minutes. */
export function parseMinutes(raw: string): number | null {
  const match = /^P(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:0+(?:\.0+)?S)?)?$/.exec(tokenOf(raw));
  if (match === null || /[PT]$/.test(tokenOf(raw))) return null;
  const [, days = '0', hours = '0', minutes = '0'] = match;
  return Number(days) * 1440 + Number(hours) * 60 + Number(minutes);
}
