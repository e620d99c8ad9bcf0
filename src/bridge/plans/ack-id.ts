/** What the loop does with the `ackId` of an answer (design §4.8). */
export interface AckDecision {
  /** The acknowledgement to commit: the server's text, verbatim, or ours if the server's cannot be used. */
  readonly ackId: string;
  readonly kind: 'advanced' | 'same' | 'lowered' | 'missing' | 'invalid' | 'foreign-session';
}

/**
 * Echo what the server sent; never compute (transport §6.3: an acknowledgement above the server's own counter silences
 * the channel). A lower one is adopted, because "client value ≥ server value: nothing is returned" would starve us.
 */
export function decideAckId(committed: string, answered: string | null, isForeignSession: boolean): AckDecision {
  if (isForeignSession) return { ackId: committed, kind: 'foreign-session' };
  if (answered === null) return { ackId: committed, kind: 'missing' };
  if (!/^[0-9]{1,100}$/.test(answered)) return { ackId: committed, kind: 'invalid' };
  const ours = /^[0-9]+$/.test(committed) ? BigInt(committed) : 0n;
  const theirs = BigInt(answered);
  if (theirs === ours) return { ackId: committed, kind: 'same' };
  return { ackId: answered, kind: theirs > ours ? 'advanced' : 'lowered' };
}

/**
 * Whether an acknowledgement moved further than its answer has events. Legal, for a number may be left unused; but an
 * `ackId` above the server's own counter looks the same, and swallows what comes next (transport §6.3 rule 5).
 *
 * @param before the acknowledgement that the poll carried, and `after` the one that was taken over; verbatim.
 */
export function runsAhead(before: string, after: string, events: number): boolean {
  if (!/^[0-9]+$/.test(before) || !/^[0-9]+$/.test(after)) return false;
  return BigInt(after) - BigInt(before) > BigInt(events);
}
