import { inspect } from 'node:util';

import type { StoredCookie } from './http/cookies.ts';

/** What a session is resumed with. Every field is a secret. */
export interface RevealedSecrets {
  readonly ticket: string | null;
  readonly cookies: readonly StoredCookie[];
  /** Opaque Base64 of the logon answer, or null. */
  readonly signInData: string | null;
}

/**
 * The secrets of a session on their way into a seal and out of it. They come out only by {@link reveal}: a logger,
 * an inspector and JSON see a placeholder (invariant I10).
 */
export class SessionSecrets {
  readonly #secrets: RevealedSecrets;

  constructor(secrets: RevealedSecrets) {
    this.#secrets = secrets;
  }

  /** For sealing only. */
  reveal(): RevealedSecrets {
    return this.#secrets;
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return 'SessionSecrets [secret]';
  }
}
