/**
 * URIs of people, made comparable (events-and-categories §3.1): the key of most records, so the same person must
 * always give the same text.
 */
export interface NormalizedUri {
  /** Null if there is no user in the text: nothing, a bare scheme, or the focus of a conference. */
  readonly uri: string | null;
  readonly warnings: readonly UriWarning[];
}

type UriWarning = 'missing-uri' | 'odd-uri' | 'conference-uri';

const NO_WARNINGS: readonly UriWarning[] = [];
const MISSING: NormalizedUri = { uri: null, warnings: ['missing-uri'] };
const CONFERENCE: NormalizedUri = { uri: null, warnings: ['conference-uri'] };

/** What nearly every URI looks like: nothing to do. */
const ALREADY_NORMAL = /^sip:[a-z0-9._+-]+@[a-z0-9.-]+$/;

/**
 * Normalises a URI. Normalising the result again changes nothing.
 *
 * - White space around it, a display name and angle brackets (`"Odo" <sip:odo@x>;tag=1`) are dropped.
 * - Without a scheme but with an `@` it becomes a `sip:` URI; with neither it is kept, with warning `odd-uri`.
 * - `sip:` and `sips:` lose their parameters and headers; every other scheme, `tel:` above all, keeps them.
 * - All of it is in lower case: the server compares without case.
 */
export function normalizeUri(raw: string): NormalizedUri {
  if (ALREADY_NORMAL.test(raw)) return { uri: raw, warnings: NO_WARNINGS };
  const address = addressIn(raw).toLowerCase().trim();
  if (address === '') return MISSING;
  if (address.includes('opaque=app:conf:focus')) return CONFERENCE;
  const scheme = /^[a-z][a-z0-9+.-]*:/.exec(address)?.[0];
  if (scheme === undefined && !address.includes('@')) return { uri: address, warnings: ['odd-uri'] };
  const uri = scheme === undefined ? `sip:${address}` : address;
  const bare = scheme === undefined || scheme === 'sip:' || scheme === 'sips:' ? withoutParameters(uri) : uri;
  return bare.endsWith(':') && bare.indexOf(':') === bare.length - 1 ? MISSING : { uri: bare, warnings: NO_WARNINGS };
}

/** The part between angle brackets, if there are any: first those behind a quoted name, in which anybody may write some. */
function addressIn(raw: string): string {
  const end = endOfName(raw);
  const named = end === 0 ? null : /^\s*<([^<>]*)>/.exec(raw.slice(end));
  return (named ?? /<([^<>]*)>/.exec(raw))?.[1] ?? raw;
}

/** Behind a quoted name at the beginning; 0 if there is none. A loop: a regular expression overflows on megabytes. */
function endOfName(raw: string): number {
  const open = raw.length - raw.trimStart().length;
  if (raw[open] !== '"') return 0;
  for (let at = open + 1; at < raw.length; at += 1) {
    if (raw[at] === '"') return at + 1;
    if (raw[at] === '\\') at += 1;
  }
  return 0;
}

/** A `;` before the `@` belongs to the user, as in `sip:+15550100;ext=5@pool.example;user=phone`. */
function withoutParameters(uri: string): string {
  const host = uri.indexOf('@') + 1;
  const end = uri.slice(host).search(/[;?]/);
  return (end === -1 ? uri : uri.slice(0, host + end)).trimEnd();
}
