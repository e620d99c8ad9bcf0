import type { AnswerFacts } from '../classify.ts';
import type { Credentials } from '../credentials.ts';
import type { ResponseHeaders } from './http-headers.ts';

/**
 * An answer that is no document, for the debug log: no source says what servers send with a wrong password, an expired
 * ticket or an unknown sid, so whoever runs this against one is to see it (transport §14 row 1). Without anything
 * secret (I10).
 */
export interface OddAnswer {
  readonly operation: string;
  readonly statusCode: number;
  /** Without those that hold secrets. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The beginning of the body; null for an answer to a sign-in, which may quote what was sent. */
  readonly body: string | null;
}

const BODY_BYTES_MAX = 2_048;
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'cwa-ticket',
  'set-cookie',
  'www-authenticate',
  'authentication-info',
  'proxy-authenticate',
]);

/** Whether an answer is one that somebody may want to look at: another status than 2xx, or a web page. */
export function isOdd({ contentType, statusCode }: AnswerFacts): boolean {
  return statusCode < 200 || statusCode >= 300 || /html/i.test(contentType ?? '');
}

export function oddAnswerOf(
  { channel, location, operation, statusCode }: AnswerFacts,
  headers: ResponseHeaders,
  body: Uint8Array,
  credentials: Credentials,
): OddAnswer {
  const shown = Object.entries(headers).filter(
    ([name]) => !SECRET_HEADERS.has(name.toLowerCase()) && name !== 'location',
  );
  const conceal = (text: string): string => credentials.conceal(text);
  const text = channel === 'signIn' ? null : conceal(Buffer.from(body.subarray(0, BODY_BYTES_MAX)).toString('utf8'));
  const target = location === null ? {} : { location: location.split(/[?#;]/, 1)[0] };
  return {
    operation,
    statusCode,
    headers: { ...Object.fromEntries(shown.map(([name, value]) => [name, conceal(String(value))])), ...target },
    body: text,
  };
}
