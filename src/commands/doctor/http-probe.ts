import { request as requestPlain } from 'node:http';
import { request as requestTls, type RequestOptions } from 'node:https';

/** The head of an answer, and the beginning of its body. */
export interface ProbeAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Without query and user part, which may carry a token; null if there is none. */
  readonly location: string | null;
  /** Lower case, such as `ntlm`. */
  readonly challenges: readonly string[];
  /** The `Date` header in milliseconds since the epoch; null without a readable one. */
  readonly dateMs: number | null;
  /** When the head was here, in milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly beginning: string;
}

const BEGINNING_BYTES = 4_096;

export interface ProbeRequest {
  readonly url: string;
  /** For `https:` only. */
  readonly tls: RequestOptions;
  readonly now: () => number;
}

/**
 * One GET without ticket, cookie or password on a connection of its own. Redirects are not followed.
 *
 * @throws what Node throws if there is no answer.
 */
export async function probe({ url, tls, now }: ProbeRequest, signal: AbortSignal): Promise<ProbeAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ProbeAnswer>();
  const options = { signal, agent: false, headers: { Accept: '*/*', 'User-Agent': 'cwa-kafka-bridge' } } as const;
  const request = url.startsWith('https:') ? requestTls(url, { ...tls, ...options }) : requestPlain(url, options);
  request.on('error', reject);
  request.on('response', (response) => {
    const receivedAt = now();
    const { date, location, 'content-type': contentType = '' } = response.headers;
    const challenge = response.headers['www-authenticate'] ?? '';
    const head = {
      status: response.statusCode ?? 0,
      contentType: contentType.toLowerCase(),
      location: location === undefined ? null : withoutSecrets(location),
      challenges: [...challenge.toLowerCase().matchAll(/(?:^|,\s*)(negotiate|ntlm|basic|digest|bearer)\b/g)].map(
        ([, scheme = '']) => scheme,
      ),
      dateMs: date === undefined || Number.isNaN(Date.parse(date)) ? null : Date.parse(date),
      receivedAt,
    };
    let beginning = '';
    const done = (): void => {
      resolve({ ...head, beginning });
      request.destroy();
    };
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      beginning += text;
      if (beginning.length >= BEGINNING_BYTES) done();
    });
    response.on('end', done);
    // The head is enough: a body that breaks is for the poll to tell.
    response.on('error', done);
  });
  request.end();
  return promise;
}

function withoutSecrets(location: string): string {
  const [path = ''] = location.split(/[?#;]/, 1);
  return path.replace(/\/\/[^/@]*@/, '//');
}

export function isHtml({ beginning, contentType }: ProbeAnswer): boolean {
  return contentType.includes('html') || /^\s*<(!doctype\s+html|html)\b/i.test(beginning);
}
