/**
 * How an account proves to HTTP itself who it is, in a conversation of `WWW-Authenticate` and `Authorization` headers
 * (RFC 4559). One object for one conversation: NTLM or Kerberos, and the handshake does not know which.
 */
export interface HttpAuthentication {
  readonly scheme: AuthenticationScheme;
  /**
   * What to send next, in Base64; a secret. Null if nothing is left to say: then the server has refused.
   *
   * @param challenge What the server sent with its last 401; null if that was the bare name of the scheme.
   */
  next(challenge: Buffer | null, signal: AbortSignal): Promise<string | null>;
}

/** Under these two names Windows servers offer NTLM and Kerberos; `Negotiate` may mean either. */
export type AuthenticationScheme = 'Negotiate' | 'NTLM';

const SCHEMES: readonly AuthenticationScheme[] = ['Negotiate', 'NTLM'];

/** One scheme that a 401 offers. */
export interface OfferedScheme {
  /** As in {@link AuthenticationScheme} where it is one of them, otherwise as the server writes it. */
  readonly name: string;
  /** What the server says in that scheme, or null. */
  readonly token: Buffer | null;
}

/** What `WWW-Authenticate` headers offer: one scheme each, or several behind commas. */
export function offeredSchemes(headers: readonly string[]): readonly OfferedScheme[] {
  return headers.flatMap((header) => header.split(',').flatMap(schemeOf));
}

/** Nothing for a further parameter of the scheme before, such as `charset="UTF-8"`. */
function schemeOf(text: string): readonly OfferedScheme[] {
  const [, name = '', token = null] = /^\s*([A-Za-z][\w-]*)(?:\s+(\S.*?))?\s*$/.exec(text) ?? [];
  if (name === '') return [];
  const known = SCHEMES.find((scheme) => scheme.toLowerCase() === name.toLowerCase());
  if (known === undefined) return [{ name, token: null }];
  return [{ name: known, token: token === null ? null : Buffer.from(token, 'base64') }];
}
