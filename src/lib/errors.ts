/**
 * What the loop should do about an error:
 *
 * - `retry`: the same step again after a wait; nothing that was learnt is wrong.
 * - `reconnect`: the session (or the producer) is gone; build a new one, then go on.
 * - `fatal`: a person has to act; trying again makes it worse.
 */
export type Disposition = 'retry' | 'reconnect' | 'fatal';

export interface BridgeErrorOptions {
  /** Stable, lower-case, with hyphens: what alerts and runbooks refer to. */
  readonly code: string;
  readonly disposition: Disposition;
  readonly cause?: unknown;
  /** Facts for the log line. Never a secret, never what people wrote. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** The base of every error this program throws on purpose. The message says what happened, to what, and what to do next. */
export abstract class BridgeError extends Error {
  readonly code: string;
  readonly disposition: Disposition;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(message: string, options: BridgeErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.disposition = options.disposition;
    this.context = options.context ?? {};
  }
}

/** The text of anything that was thrown, for messages. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
