import { createHash } from 'node:crypto';

import type { PublishedRecord } from './published-record.ts';

type Identified = Pick<PublishedRecord, 'accountId' | 'generation' | 'userIndex' | 'part'>;

/**
 * The id that a record must have, computed from the formula that `docs/records.md` gives to consumers and from the
 * ledger's digest: the first 32 hexadecimal digits of SHA-256 over six lines.
 */
export function expectedId(installation: string, record: Identified, identity: string): string {
  const { accountId, generation, userIndex, part } = record;
  const lines = [installation, accountId, String(generation), identity, String(userIndex), String(part)];
  return createHash('sha256').update(lines.join('\n'), 'utf8').digest('hex').slice(0, 32);
}

/** The identity of an event with an eid. */
export function numberedIdentity(eid: number, eventName: string, digest: string): string {
  return `${eid}:${eventName}:${digest}`;
}

/** The identity of an event without one: the acknowledgement that was polled with, and a count of equal events. */
export function unnumberedIdentity(polledAckId: string, eventName: string, digest: string, occurrence: number): string {
  return `~${polledAckId}:${eventName}:${digest}#${occurrence}`;
}

/** The identity of an answer of the command channel: its place. */
export function commandIdentity(answer: number, eventIndex: number): string {
  return `command:${answer}:${eventIndex}`;
}
