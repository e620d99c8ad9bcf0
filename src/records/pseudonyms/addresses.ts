/**
 * Finds addresses of people in any text: what somebody wrote, XML, a header, a URL. It errs on the side of finding
 * one: `3@2` is taken for an address, and nothing is lost but that.
 *
 * An address is what an `@` stands in, or what follows one of the schemes below. Searching for the whole with one
 * regular expression would try every character as its beginning, which takes hours for a text of some megabytes; so
 * the text is searched for the anchors alone, and from each the address is read backwards and forwards to where it
 * must end. Each such reading is bounded: the time is proportional to the length of the text.
 *
 *     call <SIP:Odo.Kerr@northpier.example;user=phone>, or o'kerr@northpier.example.
 *           └──┬ scheme ───┴─ at ────────┘                └────┴─ at ──────────┘
 */

/** An `@`, also as URLs, XML, XML inside XML, and full-width fonts write it. */
const AT = '@|＠|﹫|%(?:25)*40|&(?:amp;)*#(?:0*64|x0*40);';
/** Not inside a longer word; but behind the digits of an escape. The colon as an escape, too. */
const SCHEME =
  '(?:(?<![\\p{L}\\p{N}])|(?<=%[0-9a-f]{2}))' +
  '(?:sips?|mailto|smtp|tel|callto|eum)(?::|%(?:25)*3a|&(?:amp;)*#(?:0*58|x0*3a);)';
const ANCHOR = new RegExp(`(${SCHEME})|${AT}`, 'giu');
const FIRST_AT = new RegExp(AT, 'iu');
/** What every anchor has one of. Most texts have none, which is seen in a fraction of the time. */
const MAY_HOLD_ANCHOR = /[@:%&＠﹫]/;

/** Longest reading from an anchor, in UTF-16 code units; the rest of a longer address is left, which is none. */
const READING_MAX = 320;

/** What ends every address, in any kind of text. In XML some of it is escaped. */
const END = /[\s<>"{}|\\^`,“”„«»]|&(?:amp;)*(?:lt|gt|quot|#0*(?:34|60|62)|#x0*(?:22|3c|3e));/i;
/** Visual separators stand in numbers. */
const MORE_NUMBER = /^(?:[ \u00a0][0-9+().*#-]+)+/;
const HOST_CHARACTER =
  '(?:[^\\s<>()\\[\\]{},;:="\'/|\\\\@＠﹫&?#!.。．｡…%+*^`~$“”„«»]|%[5-9a-f][0-9a-f]|%4[1-9a-f]|%3[0-9])';
const HOST = new RegExp(
  `^(?:\\[[0-9a-f:.]+\\]|${HOST_CHARACTER}+(?:(?:[.。．｡]|%2e)${HOST_CHARACTER}+)*)(?::[0-9]{1,5})?`,
  'iu',
);
const LOCAL_CHARACTER = /[^\s<>()[\]{},;:=/|\\"@＠﹫&?“”„«»]/;
const QUOTED_LOCAL = /(?:"|&quot;|%22)[^"<>]{1,128}(?:"|&quot;|%22)$/i;
const LEADING_PUNCTUATION = /^['`.*~!…—-]+/;
const TRAILING_PUNCTUATION = /[.:!?;')]+$/;

/** A piece of a text, as offsets in UTF-16 code units. */
interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * The text with every address replaced. What the address is given as is readable as a URI: escapes by which its `@` or
 * the colon of its scheme is hidden are resolved.
 */
export function replaceAddresses(text: string, replace: (address: string) => string): string {
  if (!MAY_HOLD_ANCHOR.test(text)) return text;
  let replaced = '';
  let done = 0;
  for (const match of text.matchAll(ANCHOR)) {
    const { index } = match;
    if (index < done) continue;
    const [all, scheme] = match;
    const anchor = { start: index, end: index + all.length };
    const address = scheme === undefined ? addressAround(text, anchor, done) : addressAfter(text, anchor);
    if (address === null) continue;
    replaced += text.slice(done, address.start) + replace(readable(text.slice(address.start, address.end)));
    done = address.end;
  }
  return done === 0 ? text : replaced + text.slice(done);
}

/** The address that begins with a scheme; null if nothing follows it. */
function addressAfter(text: string, scheme: Piece): Piece | null {
  const run = runAt(text, scheme.end);
  const at = firstAtIn(run);
  const hostStart = scheme.end + (at?.end ?? 0);
  const host = at === null ? '' : hostAt(text, hostStart);
  if (host !== '') return { start: scheme.start, end: hostStart + host.length };
  const isNumber = text.slice(scheme.start, scheme.start + 3).toLowerCase() === 'tel';
  // Parameters are a part of tel: and none of sip:, as in the URIs of users.
  const rest = (isNumber ? run : run.replace(/[;?].*$/s, '')).replace(TRAILING_PUNCTUATION, '');
  if (rest === '') return null;
  const end = scheme.end + rest.length;
  const more = isNumber && rest.length === run.length ? MORE_NUMBER.exec(text.slice(end, end + READING_MAX)) : null;
  return { start: scheme.start, end: end + (more?.[0].length ?? 0) };
}

/** The address without scheme around an `@`; null if it stands for itself. Nothing before `floor` belongs to it. */
function addressAround(text: string, at: Piece, floor: number): Piece | null {
  const host = hostAt(text, at.end);
  const end = at.end + host.length;
  // An escape inside a local part: the at that counts is still to come.
  const isInner = text[at.start] === '%' && text[end] === '@' && hostAt(text, end + 1) !== '';
  if (host === '' || isInner) return null;
  const first = Math.max(floor, at.start - READING_MAX);
  const quoted = QUOTED_LOCAL.exec(text.slice(Math.max(first, at.start - 160), at.start));
  if (quoted !== null) return { start: at.start - quoted[0].length, end };
  let start = at.start;
  while (start > first && LOCAL_CHARACTER.test(text[start - 1] ?? '')) start -= 1;
  start += LEADING_PUNCTUATION.exec(text.slice(start, at.start))?.[0].length ?? 0;
  return start === at.start ? null : { start, end };
}

/** The first `@` of a run; one that is escaped only if there is no other. */
function firstAtIn(run: string): Piece | null {
  const plain = run.indexOf('@');
  if (plain !== -1) return { start: plain, end: plain + 1 };
  // Nearly every text has none: looking for the one character first is much cheaper.
  const escaped = /[%&＠﹫]/.test(run) ? FIRST_AT.exec(run) : null;
  return escaped === null ? null : { start: escaped.index, end: escaped.index + escaped[0].length };
}

/** What stands at a position up to the end of an address, read no further than {@link READING_MAX}. */
function runAt(text: string, position: number): string {
  const piece = text.slice(position, position + READING_MAX);
  const end = piece.search(END);
  return end === -1 ? piece : piece.slice(0, end);
}

function hostAt(text: string, position: number): string {
  return HOST.exec(text.slice(position, position + READING_MAX))?.[0] ?? '';
}

const ESCAPED_AT = /＠|﹫|&#(?:0*64|x0*40);/gi;
const ESCAPED_COLON = /&#(?:0*58|x0*3a);/gi;
const IS_PERCENT_ESCAPED = /^[a-z]+%(?:25)*3a|^[^@]*%(?:25)*40[^@]*$/i;

function readable(address: string): string {
  const plain = address
    .replace(/&(?:amp;)+/gi, '&')
    .replace(ESCAPED_AT, '@')
    .replace(ESCAPED_COLON, ':');
  // Other escapes stay: a URI may have them, and then they are a part of it.
  return IS_PERCENT_ESCAPED.test(plain) ? unescaped(plain) : plain;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replace(/%(?:25)+/g, '%'));
  } catch {
    return text;
  }
}
