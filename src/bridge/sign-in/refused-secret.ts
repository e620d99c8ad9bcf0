import { createHmac, randomBytes } from 'node:crypto';

/**
 * Tells whether an account's secret is another one than the one that was refused, for as long as this process lives:
 * without keeping either, and also where no sealing key marks it in the progress.
 *
 * A new secret has to look the same twice, one check after the other: a file that is just being written is no reason
 * for a sign-in that may lock the account.
 */
export class RefusedSecret {
  readonly #key = randomBytes(32);
  #refused: string | null = null;
  #candidate: string | null = null;

  /** @param secret null where there is none: then nothing is ever another one. */
  note(secret: string | null): void {
    this.#refused = secret === null ? null : this.#markOf(secret);
    this.#candidate = null;
  }

  /** One check. */
  isReplacedBy(secret: string | null): boolean {
    const mark = secret === null ? null : this.#markOf(secret);
    const isAnother = mark !== null && this.#refused !== null && mark !== this.#refused;
    const isSettled = isAnother && mark === this.#candidate;
    this.#candidate = isAnother ? mark : null;
    return isSettled;
  }

  #markOf(secret: string): string {
    return createHmac('sha256', this.#key).update(secret).digest('base64');
  }
}
