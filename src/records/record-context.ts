import type { Privacy, PrivacyRules } from './privacy.ts';
import type { RecordOwner } from './record-id.ts';

/** Where and when something was learnt: the same for all records of one event. */
export interface SourceContext {
  readonly installation: string;
  readonly site: string;
  readonly accountId: string;
  /** Normalised. */
  readonly accountUri: string;
  readonly generation: number;
  /** To whom the event belongs, where that is not the generation that publishes it: part of the record's `id`. */
  readonly identityOwner?: RecordOwner;
  /** Number of the answer inside the generation. */
  readonly answer: number;
  /** Verbatim, like the two below. */
  readonly sid: string | null;
  readonly ackId: string | null;
  readonly polledAckId: string | null;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly publishedAt: number;
  /** `sequence` of the first record; further ones follow without a hole. */
  readonly firstSequence: number;
}

/** A request of ours, as far as it is known when an answer to it comes. */
export interface OwnRequest {
  /** Its name on the wire. */
  readonly method: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Normalised URIs that it asks about; empty where they are not at hand any more. */
  readonly concerns: readonly string[];
}

export interface RecordContext extends SourceContext {
  readonly channel: 'data' | 'command';
  /** Whether the next `userPresence` of the user (normalised URI) is the first since our subscription. */
  readonly isSnapshot: (userUri: string) => boolean;
  /** Whether the next `userPresence` of the user (normalised URI) answers a query of ours. */
  readonly isQuery: (userUri: string) => boolean;
  /** The request of ours with this rid, or null. */
  readonly requestOf: (rid: string) => OwnRequest | null;
  /** Whether records carry the event's XML in `raw`. */
  readonly includeRaw: boolean;
  /** Longest XML text in a record, in bytes. */
  readonly rawXmlBytesMax: number;
  /** What becomes of presence notes. */
  readonly privacyNotes: Privacy;
  /** What becomes of messages and subjects of conversations; `drop` if absent. */
  readonly privacyMessages?: Privacy;
}

export function privacyRulesOf({ privacyNotes, privacyMessages = 'drop' }: RecordContext): PrivacyRules {
  return { notes: privacyNotes, messages: privacyMessages };
}
