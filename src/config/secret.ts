import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import type { ContentFault, LatestFiles } from './latest-files.ts';
import { SecretUnreadableError } from './secret-unreadable-error.ts';

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
      return withoutLineBreak(await readFile(this.#file, 'utf8'));
    } catch (error) {
      throw new SecretUnreadableError(this.#file, error);
    }
  }

  /**
   * The same without waiting, and as it was last good while its file cannot be used.
   *
   * @param faultOf what is wrong with a content of the file; without it, being empty.
   * @throws {@link SecretUnreadableError} if the file was not good yet.
   */
  latest(files: LatestFiles, faultOf?: ContentFault): string {
    if (this.#file === null) return this.#text ?? '';
    return withoutLineBreak(files.read(this.#file, faultOf).toString('utf8'));
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

function withoutLineBreak(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** What stands in place of a secret wherever configuration is shown. */
export const MASK = '[secret]';
