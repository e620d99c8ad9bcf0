import { Agent, type Dispatcher, request } from 'undici';

import { messageOf } from '../lib/errors.ts';
import { type Refusal, RegistryError, refusalError, REMEDIES } from './registry-error.ts';

export interface SchemaRegistryOptions {
  /** Base address of the API, perhaps with a path, without a slash at its end. */
  readonly url: string;
  /** Null: none are sent. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** PEM of the certificate authorities to trust instead of those of Node.js; null for those. */
  readonly ca: Buffer | null;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
}

const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
/** A schema of ours has some 30 KB. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

interface Answer {
  readonly status: number;
  /** Undefined if it is no JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A client of a schema registry that speaks Confluent's API: what the bridge needs of it, for Avro schemas. All methods
 * throw {@link RegistryError}, or the signal's reason when it aborts. Nothing is tried again: whoever asks decides.
 * https://docs.confluent.io/platform/current/schema-registry/develop/api.html
 */
export class SchemaRegistry {
  readonly #options: SchemaRegistryOptions;
  readonly #agent: Agent;

  constructor(options: SchemaRegistryOptions) {
    const { ca, timeoutMs } = options;
    this.#options = options;
    this.#agent = new Agent({ connect: { timeout: timeoutMs, ...(ca !== null && { ca }) }, allowH2: false });
  }

  /** Registers a schema under a subject, or finds it there. @returns its id, the same in all subjects. */
  async register(subject: string, avsc: string, signal: AbortSignal): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    return this.#idOf(`registering ${subject}`, subject, path, avsc, signal);
  }

  /** Finds a schema under a subject; it must have been registered there. @returns its id. */
  async find(subject: string, avsc: string, signal: AbortSignal): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}`;
    return this.#idOf(`looking up the schema of ${subject}`, subject, path, avsc, signal);
  }

  /** The text of a schema; null if the registry has none with this id. */
  async schemaOf(id: number, signal: AbortSignal): Promise<string | null> {
    const what = `reading schema ${String(id)}`;
    const answer = await this.#ask(what, 'GET', `/schemas/ids/${String(id)}`, null, signal);
    const { json, status } = answer;
    if (status === 404 && errorCodeOf(json) !== null) return null;
    if (status !== 200) throw refusalError(this.#at(what), refusalOf(answer), { schemaId: id });
    return typeof json?.schema === 'string' ? json.schema : null;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #idOf(what: string, subject: string, path: string, avsc: string, signal: AbortSignal): Promise<number> {
    const answer = await this.#ask(what, 'POST', path, JSON.stringify({ schema: avsc }), signal);
    const id = answer.json?.id;
    if (answer.status === 200 && typeof id === 'number') return id;
    throw refusalError(this.#at(what), refusalOf(answer), { subject });
  }

  async #ask(
    what: string,
    method: 'GET' | 'POST',
    path: string,
    body: string | null,
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    const { timeoutMs, url } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await request(url + path, {
        method,
        headers: this.#headers(body !== null),
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.any([signal, timeout]),
      });
      return { status: response.statusCode, json: parsed(this.#masked(await textOf(response.body))) };
    } catch (error) {
      signal.throwIfAborted();
      const reason = timeout.aborted ? `no answer within ${String(timeoutMs)} ms` : wordsOf(error);
      const fault = isCertificateTrouble(error) ? 'registry-untrusted' : 'registry-away';
      throw new RegistryError(
        `Schema registry: ${this.#at(what)} failed: ${reason}. ${REMEDIES[fault]}`,
        fault,
        { url },
        error,
      );
    }
  }

  #headers(hasBody: boolean): Readonly<Record<string, string>> {
    const login = this.#login();
    return {
      accept: `${MEDIA_TYPE}, application/json`,
      ...(hasBody && { 'content-type': MEDIA_TYPE }),
      ...(login !== null && { authorization: `Basic ${login}` }),
    };
  }

  #login(): string | null {
    const { credentials } = this.#options;
    return credentials === null
      ? null
      : Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  }

  /** What registries and the proxies before them say is quoted in errors, and some repeat what they were sent. */
  #masked(text: string): string {
    const { credentials } = this.#options;
    const login = this.#login();
    if (credentials === null || login === null || credentials.password === '') return text;
    const inJson = JSON.stringify(credentials.password).slice(1, -1);
    return text
      .replaceAll(login, '[secret]')
      .replaceAll(inJson, '[secret]')
      .replaceAll(credentials.password, '[secret]');
  }

  #at(what: string): string {
    return `${what} at ${this.#options.url}`;
  }
}

async function textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new RangeError(`an answer of more than ${String(ANSWER_BYTES_MAX)} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Answer['json'] {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Answer['json']) : undefined;
  } catch {
    return undefined;
  }
}

function refusalOf({ json, status }: Answer): Refusal {
  const reason = typeof json?.message === 'string' ? json.message : '';
  return { status, errorCode: errorCodeOf(json), reason };
}

function errorCodeOf(json: Answer['json']): number | null {
  return typeof json?.error_code === 'number' ? json.error_code : null;
}

/** What Node.js says of a certificate. https://nodejs.org/docs/latest/api/tls.html#x509-certificate-error-codes */
function isCertificateTrouble(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false;
  return /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT_)/.test(
    String(error.code),
  );
}

/**
 * The error that gathers the attempts on several addresses of one name has no message, only a code. The advice of
 * Node.js for developers is left out: ours names the setting.
 */
function wordsOf(error: unknown): string {
  const [message = ''] = messageOf(error).split('; if the root CA');
  return message === '' && error instanceof Error && 'code' in error ? String(error.code) : message;
}
