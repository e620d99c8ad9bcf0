import { readFileSync, statSync } from 'node:fs';

import { SecretUnreadableError } from './secret-unreadable-error.ts';

/** Told when a file turns bad (`error` says how), and when it is good again or has another content (`error` null). */
export type FileListener = (file: string, error: SecretUnreadableError | null) => void;

/** What is wrong with a content, or null. Never quotes it. */
export type ContentFault = (content: Buffer) => string | null;

interface KeptFile {
  readonly content: Buffer;
  /** Changes with the file, also where a link leads elsewhere, which is how mounted secrets are replaced. */
  readonly stamp: string;
}

/**
 * Secret and certificate files as they are now, for uses that come often and cannot wait: a TLS handshake, a SASL
 * exchange, a seal. A file is looked at on each use and read again when it has changed. One that is gone, empty or
 * half written counts as it was last good, so that its replacement, which is never atomic everywhere, interrupts
 * nothing; the listener hears of it once.
 */
export class LatestFiles {
  readonly #kept = new Map<string, KeptFile>();
  readonly #bad = new Set<string>();
  readonly #listener: FileListener;

  constructor(listener: FileListener) {
    this.#listener = listener;
  }

  /** How many files stand in with an earlier content, because theirs cannot be used now. */
  get badCount(): number {
    return this.#bad.size;
  }

  /**
   * The content of the file now, or when it was last good.
   *
   * @throws {@link SecretUnreadableError} if it was not good yet.
   */
  read(file: string, faultOf: ContentFault = emptyFault): Buffer {
    const kept = this.#kept.get(file);
    try {
      const stamp = stampOf(file);
      if (kept?.stamp === stamp) return this.#good(file, kept, false);
      const content = readFileSync(file);
      const fault = faultOf(content);
      if (fault !== null) throw new Error(fault);
      return this.#good(file, { content, stamp }, kept !== undefined);
    } catch (cause) {
      const error = new SecretUnreadableError(file, cause);
      if (kept === undefined) throw error;
      if (!this.#bad.has(file)) {
        this.#bad.add(file);
        this.#listener(file, error);
      }
      return kept.content;
    }
  }

  #good(file: string, kept: KeptFile, isChanged: boolean): Buffer {
    this.#kept.set(file, kept);
    const wasBad = this.#bad.delete(file);
    if (isChanged || wasBad) this.#listener(file, null);
    return kept.content;
  }
}

function stampOf(file: string): string {
  const { ctimeMs, dev, ino, mtimeMs, size } = statSync(file);
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}

function emptyFault(content: Buffer): string | null {
  return content.length === 0 ? 'it is empty' : null;
}
