import { hash } from 'node:crypto';

import { beginningOf } from '../../lib/utf8.ts';
import type { Privacy } from '../privacy.ts';
import type { Extension, Truncation } from '../topics/head.ts';
import type { Warning } from '../warnings.ts';

export interface ReadingLimits {
  /** Longest XML text in a record, in bytes of UTF-8; what is longer is cut and listed in `truncated`. */
  readonly rawXmlBytesMax: number;
  readonly privacyNotes: Privacy;
}

/** What is noticed while one record is read: the head's `warnings`, `extensions` and `truncated`. */
export class Findings {
  readonly limits: ReadingLimits;
  readonly #warnings: string[];
  readonly #extensions: Extension[] = [];
  readonly #truncated: Truncation[] = [];

  /** @param warnings what is known already; each code stays there once. */
  constructor(limits: ReadingLimits, warnings: readonly string[]) {
    this.limits = limits;
    this.#warnings = warnings.length < 2 ? [...warnings] : [...new Set(warnings)];
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  get extensions(): readonly Extension[] {
    return this.#extensions;
  }

  get truncated(): readonly Truncation[] {
    return this.#truncated;
  }

  warn(code: Warning): void {
    if (!this.#warnings.includes(code)) this.#warnings.push(code);
  }

  /** Keeps something that the schema does not know. */
  extend(path: string, name: string, namespace: string, value: string): void {
    const kept = this.bounded(`extensions[${this.#extensions.length}].value`, value);
    this.#extensions.push({ path, name, namespace: namespace === '' ? null : namespace, value: kept });
  }

  /**
   * The text, cut at a character if it is longer than `rawXmlBytesMax`.
   *
   * @param path the field of the record that will hold it.
   */
  bounded(path: string, value: string): string {
    const max = this.limits.rawXmlBytesMax;
    // No UTF-16 code unit takes more than three bytes of UTF-8.
    if (value.length * 3 <= max) return value;
    const bytes = Buffer.from(value, 'utf8');
    if (bytes.length <= max) return value;
    this.#truncated.push({ path, bytes: bytes.length, sha256: hash('sha256', bytes, 'hex') });
    return beginningOf(bytes, max);
  }
}
