import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { BridgeError, messageOf } from '../lib/errors.ts';

/** The file of a secret cannot be read. Worth another try: a mounted secret is absent for a moment while it is replaced. */
export class SecretUnreadableError extends BridgeError {
  constructor(file: string, cause: unknown) {
    super(`Cannot read the secret from ${file}: ${messageOf(cause)}. Check that the file is there and readable.`, {
      code: 'secret-unreadable',
      disposition: 'retry',
      cause,
      context: { file },
    });
  }
}

/**
 * A password or key that is asked for at each use and shows itself nowhere: not in logs, not in JSON, not in
 * `console.log`. One given as a file is read again each time, so that a changed secret needs no restart.
 */
export class Secret {
  readonly #text: string | null;
  readonly #file: string | null;

  private constructor(text: string | null, file: string | null) {
    this.#text = text;
    this.#file = file;
  }

  static ofText(text: string): Secret {
    return new Secret(text, null);
  }

  static ofFile(file: string): Secret {
    return new Secret(null, file);
  }

  /** Where it comes from, for messages; null if it was written into the configuration itself. */
  get file(): string | null {
    return this.#file;
  }

  /**
   * The secret as it is now. One line break at the end of a file is not part of it.
   *
   * @throws {@link SecretUnreadableError}
   */
  async read(): Promise<string> {
    if (this.#file === null) return this.#text ?? '';
    try {
      return (await readFile(this.#file, 'utf8')).replace(/\r?\n$/, '');
    } catch (error) {
      throw new SecretUnreadableError(this.#file, error);
    }
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** What stands in place of a secret wherever configuration is shown. */
export const MASK = '[secret]';
