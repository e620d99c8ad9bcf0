/** Sessions that an account has lost of late. */
export interface Losses {
  /** When, milliseconds since the epoch, oldest first: at most `session.lossLimit` of them. */
  readonly at: readonly number[];
  /** Until when the account waits because of them; null if it does not. */
  readonly until: number | null;
}

export const NO_LOSSES: Losses = { at: [], until: null };

/** One more loss within the window is enough to be held back again: the end of the wait is a retry, not a pardon. */
export function lossesAfterHold({ at }: Losses, now: number): Losses {
  return { at: at.slice(1).map(() => now), until: null };
}
