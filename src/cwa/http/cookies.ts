/**
 * A cookie jar for one origin. The API itself needs no cookie; load balancers pin sessions with them (protocol notes,
 * transport §2.2), so they are kept and given back. Domain and SameSite mean nothing with a single origin that
 * follows no redirect.
 */
export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** Milliseconds since the epoch, or null for the life of the session. */
  readonly expiresAtMs: number | null;
}

/** More than any balancer sets; the oldest cookie goes when another one comes (RFC 6265 §6.1). */
const COOKIES_MAX = 50;
const COOKIE_LENGTH_MAX = 4096;

export class CookieJar {
  readonly #cookies = new Map<string, StoredCookie>();

  /** Takes over one `Set-Cookie` header. What is not a cookie is ignored, as RFC 6265 §5.2 demands. */
  store(header: string, requestPath: string, nowMs: number): void {
    const cookie = parseSetCookie(header, requestPath, nowMs);
    if (cookie === null) return;
    const key = `${cookie.name};${cookie.path}`;
    this.#cookies.delete(key);
    if (cookie.expiresAtMs !== null && cookie.expiresAtMs <= nowMs) return;
    this.#cookies.set(key, cookie);
    const [oldest] = this.#cookies.keys();
    if (this.#cookies.size > COOKIES_MAX && oldest !== undefined) this.#cookies.delete(oldest);
  }

  /** The `Cookie` header for a request to `path`, longest cookie path first; null if there is none to send. */
  headerFor(path: string, nowMs: number): string | null {
    const fitting = [...this.#cookies.values()].filter(
      (cookie) => isBelow(path, cookie.path) && (cookie.expiresAtMs === null || cookie.expiresAtMs > nowMs),
    );
    if (fitting.length === 0) return null;
    fitting.sort((a, b) => b.path.length - a.path.length);
    return fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  entries(): readonly StoredCookie[] {
    return [...this.#cookies.values()];
  }

  replaceAll(cookies: readonly StoredCookie[]): void {
    this.#cookies.clear();
    for (const cookie of cookies) this.#cookies.set(`${cookie.name};${cookie.path}`, cookie);
  }
}

function parseSetCookie(header: string, requestPath: string, nowMs: number): StoredCookie | null {
  if (header.length > COOKIE_LENGTH_MAX) return null;
  const [pair = '', ...attributes] = header.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (name === '') return null;
  const path = attributeOf(attributes, 'path');
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    path: path?.startsWith('/') === true ? path : defaultPath(requestPath),
    expiresAtMs: expiryOf(attributes, nowMs),
  };
}

/** `Max-Age` wins over `Expires`; what cannot be read counts as absent (RFC 6265 §5.2.1, §5.2.2). */
function expiryOf(attributes: readonly string[], nowMs: number): number | null {
  const maxAge = attributeOf(attributes, 'max-age');
  if (maxAge !== null && /^-?\d{1,12}$/.test(maxAge)) return nowMs + Math.max(0, Number(maxAge)) * 1000;
  const expires = Date.parse(attributeOf(attributes, 'expires') ?? '');
  return Number.isNaN(expires) ? null : expires;
}

/** The value of the last attribute of that name, or null. */
function attributeOf(attributes: readonly string[], name: string): string | null {
  const found = attributes.findLast((attribute) => attribute.split('=', 1)[0]?.trim().toLowerCase() === name);
  if (found === undefined) return null;
  const equals = found.indexOf('=');
  return equals === -1 ? '' : found.slice(equals + 1).trim();
}

/** Everything up to the last slash of the request's path (RFC 6265 §5.1.4). */
function defaultPath(requestPath: string): string {
  const slash = requestPath.lastIndexOf('/');
  return slash <= 0 ? '/' : requestPath.slice(0, slash);
}

function isBelow(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}
