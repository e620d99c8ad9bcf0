import type { AdmittedEvent } from '../../events/ordered-event.ts';
import type { OutgoingRecord } from '../../lib/outgoing-record.ts';
import { type RecordOwner } from '../../records/record-id.ts';
import { userSignInRecord } from '../../records/sign-in-records.ts';
import { type EncodedRecord, withSequence } from '../../records/splitting/fit-records.ts';
import type { CurrentRecord } from '../../records/topics/current.ts';
import type { DataRecord } from '../../records/topics/topics.ts';
import type { UserFold } from './user-fold.ts';

/** A record as it is sent, with what it was made of. */
export type BatchEntry = EncodedRecord | StateEntry;

/** The state of a user, which is no event: it has no head, and its event is known by its place in the answer. */
interface StateEntry {
  readonly record: null;
  readonly eventIndex: number;
  readonly outgoing: OutgoingRecord;
}

export interface EntryWorld {
  readonly users: UserFold;
  readonly owner: RecordOwner;
  readonly firstSequence: number;
  /** Encodes a record, in parts if it is too large; null if it cannot be made to fit. */
  readonly fit: (record: DataRecord) => readonly EncodedRecord[] | null;
  readonly encode: (record: DataRecord) => OutgoingRecord;
  /** The current state, behind those that it ends. */
  readonly encodeCurrent: (current: CurrentRecord) => readonly OutgoingRecord[];
}

/**
 * What is sent for one event, in the order of `sequence`: each record with all its parts; behind a presence record the
 * edge that it is, if it is one; then the user's current state if it changed, which takes no `sequence`.
 *
 * @returns null if one of the records cannot be made to fit. Then `users` has to discard what it folded.
 */
export function entriesOfEvent(
  event: AdmittedEvent,
  records: readonly DataRecord[],
  { encode, encodeCurrent, firstSequence, fit, owner, users }: EntryWorld,
): readonly BatchEntry[] | null {
  const entries: BatchEntry[] = [];
  let sequence = firstSequence;
  for (const given of records) {
    const record = withSequence(given, sequence);
    const folded = users.fold(record);
    const fitted = fit(folded === null ? record : { topic: 'presence', value: folded.presence });
    if (fitted === null) return null;
    entries.push(...fitted);
    sequence += fitted.length;
    if (folded === null) continue;
    const { current, edge, presence } = folded;
    if (edge !== null) {
      const signIn = userSignInRecord(edge, presence, event.identity, { owner, sequence });
      entries.push({ record: signIn, outgoing: encode(signIn) });
      sequence += 1;
    }
    const states = current === null ? [] : encodeCurrent(current);
    entries.push(...states.map((outgoing) => ({ record: null, eventIndex: event.index, outgoing })));
  }
  return entries;
}
