import { inspect } from 'node:util';

import { maskTexts } from './documents/mask-texts.ts';
import { CookieJar } from './http/cookies.ts';
import { valuesOf } from './http/http-headers.ts';
import type { ResponseHeaders } from './http/http-headers.ts';
import { SessionSecrets } from './session-secrets.ts';
import { TICKET_HEADER } from './protocol.ts';

/** Shorter ones are no secrets, and would be found in any text. */
const SECRET_LENGTH_MIN = 4;
/** In a document that is published, what is masked is lost: a text as long as this is there by no accident. */
const MASKED_LENGTH_MIN = 12;

/**
 * The newest ticket, the cookies and `signInData` of one session.
 *
 * The server renews the ticket whenever it likes, on any response of any channel, error responses included; the one
 * that arrived last is the one to send (protocol notes, transport §3.5). An absent or empty header changes nothing.
 */
export class Credentials {
  readonly #jar = new CookieJar();
  readonly #now: () => number;
  #ticket: string | null = null;
  /** The one before: what the server repeats may be what we had sent. */
  #formerTicket: string | null = null;
  #signInData: string | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  get hasTicket(): boolean {
    return this.#ticket !== null;
  }

  /** Verbatim from the last logon answer, to be given back in `initiateSession`; null if it had none. */
  get signInData(): string | null {
    return this.#signInData;
  }

  set signInData(value: string | null) {
    this.#signInData = value;
  }

  /** Before a sign-in: an old ticket must neither be sent nor be taken for the answer. Cookies stay. */
  forgetTicket(): void {
    this.#ticket = null;
    this.#signInData = null;
  }

  /** @returns True if the response brought another ticket than the one we had. */
  absorb(headers: ResponseHeaders, requestPath: string): boolean {
    for (const cookie of valuesOf(headers['set-cookie'])) this.#jar.store(cookie, requestPath, this.#now());
    const ticket = valuesOf(headers[TICKET_HEADER.toLowerCase()])
      .findLast((value) => value.trim() !== '')
      ?.trim();
    if (ticket === undefined || ticket === this.#ticket) return false;
    this.#formerTicket = this.#ticket;
    this.#ticket = ticket;
    return true;
  }

  /** The headers that identify us in a request to `path`. */
  headersFor(path: string): Readonly<Record<string, string>> {
    const cookie = this.#jar.headerFor(path, this.#now());
    return {
      ...(this.#ticket === null ? {} : { [TICKET_HEADER]: this.#ticket }),
      ...(cookie === null ? {} : { Cookie: cookie }),
    };
  }

  secrets(): SessionSecrets {
    return new SessionSecrets({ ticket: this.#ticket, cookies: this.#jar.entries(), signInData: this.#signInData });
  }

  restore(secrets: SessionSecrets): void {
    const { ticket, cookies, signInData } = secrets.reveal();
    this.#ticket = ticket;
    this.#signInData = signInData;
    this.#jar.replaceAll(cookies);
  }

  /** The text with every secret in it made unreadable, also where it stands as part of a URL. */
  conceal(text: string): string {
    return this.#written(SECRET_LENGTH_MIN).reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text);
  }

  /**
   * A body that repeats a secret, with asterisks in its place: what a server says is published (I10). Any other body is
   * returned as it is.
   */
  masked(body: Uint8Array): Uint8Array {
    return maskTexts(body, this.#written(MASKED_LENGTH_MIN));
  }

  /** The secrets as they may stand in a text. */
  #written(lengthMin: number): readonly string[] {
    const secrets = [
      this.#ticket,
      this.#formerTicket,
      this.#signInData,
      ...this.#jar.entries().map(({ value }) => value),
    ].filter((secret) => secret !== null);
    const written = new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]));
    return [...written].filter(({ length }) => length >= lengthMin);
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return 'Credentials [secret]';
  }
}
