import { hash } from 'node:crypto';

/** What a record belongs to: the part of its `id` that all records of a session share. */
export interface RecordOwner {
  readonly installation: string;
  readonly accountId: string;
  readonly generation: number;
}

/**
 * The deterministic `id` of a record: the same event always has the same one, in whatever process it is computed.
 *
 * The formula is part of the contract: the first 32 hexadecimal digits (128 bits), in lower case, of SHA-256 over the
 * UTF-8 of six lines joined by U+000A, without one at the end: installation, accountId, generation, identity,
 * userIndex, part; numbers in decimal.
 *
 * @param identity of the event (records §6), or of what the bridge itself has to say, with a prefix that no event has.
 * @param userIndex place of the record among those of the event, from 0: that of the user in an event about users;
 *   unknown children of a `conference` follow the record of the conference.
 */
export function recordId(owner: RecordOwner, identity: string, userIndex: number, part: number): string {
  const { installation, accountId, generation } = owner;
  const text = `${installation}\n${accountId}\n${generation}\n${identity}\n${userIndex}\n${part}`;
  return hash('sha256', text, 'hex').slice(0, 32);
}
