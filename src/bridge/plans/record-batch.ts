import type { AdmittedEvent } from '../../events/ordered-event.ts';
import { unreachable } from '../../lib/assert.ts';
import type { OutgoingRecord } from '../../lib/outgoing-record.ts';
import { type DeadLetter, deadLetterRecords, eventDeadLetters } from '../../records/dead-letter-records.ts';
import { PUBLISHED_CUT } from '../../records/dead-letters/letter-part.ts';
import { normalizeEvent } from '../../records/normalize-event.ts';
import { operationIdentity, operationsRecord, type OperationType } from '../../records/operations-record.ts';
import {
  fittedOf,
  hasPseudonyms,
  outgoingOf,
  outgoingStatesOf,
  outgoingTombstones,
  type OutletSettings,
} from '../../records/outlet.ts';
import type { RecordContext, SourceContext } from '../../records/record-context.ts';
import type { RecordOwner } from '../../records/record-id.ts';
import { accountSignInRecord } from '../../records/sign-in-records.ts';
import { type EncodedRecord, isCut } from '../../records/splitting/fit-records.ts';
import type { CurrentRecord } from '../../records/topics/current.ts';
import type { OperationFacts } from '../../records/topics/operations.ts';
import type { SignInFacts } from '../../records/topics/sign-in.ts';
import type { DataRecord } from '../../records/topics/topics.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { type BatchEntry, entriesOfEvent } from './event-entries.ts';
import { findRequest, type SentRequests } from '../progress/own-requests.ts';
import type { PlanContext } from './plan.ts';
import { UserFold, type UserStates } from './user-fold.ts';

/** Where records of an answer come from; null for what the bridge itself has to say. */
export interface AnswerSource {
  readonly ackId: string | null;
  /** Null for an answer of the command channel: nothing was polled. */
  readonly polledAckId: string | null;
  readonly receivedAt: number;
  readonly channel: 'data' | 'command';
  /** Generation that the events belong to, where they are published anew: part of their `id`. */
  readonly identityGeneration?: number;
  /** What the answer answers, on the command channel. */
  readonly sent?: SentRequests | null;
}

/** `cutRecord`: its records went out, but lack something. */
type EventDeadLetterCause = 'cutRecord' | 'oversizeRecord' | 'rejectedByBroker';

/**
 * Collects the records of one generation in the order of their `sequence`, which it hands out without a hole, and
 * encodes them. A record too large for Kafka is split, and what had to be cut goes out whole as dead letters too
 * (records §7).
 *
 * What the events say of watched users is folded into the users' states on the way: {@link RecordBatch.users} is what
 * they are when all of the batch is committed.
 */
export class RecordBatch {
  readonly #context: PlanContext;
  readonly #progress: AccountProgress;
  readonly #source: AnswerSource | null;
  readonly #users: UserFold;
  readonly #outlet: OutletSettings;
  readonly #entries: BatchEntry[] = [];
  #numbered = 0;

  constructor(context: PlanContext, progress: AccountProgress, source: AnswerSource | null = null) {
    this.#context = context;
    this.#progress = progress;
    this.#source = source;
    const { account, records, userState } = context.settings;
    this.#outlet = { ...records, installation: account.installation };
    const edges = { gapId: progress.openGapId, flapMs: userState.flapMs };
    this.#users = new UserFold(progress.users, account.users, edges);
  }

  /** Ready to be sent. */
  get records(): readonly OutgoingRecord[] {
    return this.#entries.map(({ outgoing }) => outgoing);
  }

  /** The same with what they were made of, for whoever counts. */
  get entries(): readonly BatchEntry[] {
    return this.#entries;
  }

  /** States take no number: they are no events. */
  get nextSequence(): number {
    return this.#progress.nextSequence + this.#numbered;
  }

  /** The states of the users, what the events of this batch say of them included. */
  get users(): UserStates {
    return this.#users.states;
  }

  /** @returns the `id` of the record. */
  operation(type: OperationType, facts: Partial<OperationFacts>): string {
    const { claim, settings } = this.#context;
    const record = operationsRecord(type, { replica: settings.replica, claim, ...facts }, this.#sourceContext());
    // A list of missing users may be long; all else that the bridge says fits.
    this.#push(this.#fit(record, operationIdentity(this.nextSequence)) ?? [this.#encoded(record)]);
    return record.value.id;
  }

  /** Behind the record that begins or ends a session: the edge that it is for the account itself. */
  accountSignIn(facts: SignInFacts): void {
    this.#add([accountSignInRecord(facts, this.#sourceContext())]);
  }

  /** The current state of a user, where no event changed it. */
  current(current: CurrentRecord): void {
    this.#pushStates(outgoingStatesOf(current, this.#outlet));
  }

  /** Ends the current state of a user. */
  tombstone(userUri: string): void {
    this.#pushStates(outgoingTombstones(userUri, this.#outlet, this.#context.now));
  }

  /** The records of one event, before any is split; see {@link RecordContext} for `isSnapshot` and `isQuery`. */
  event(
    event: AdmittedEvent,
    isSnapshot: (userUri: string) => boolean,
    isQuery: (userUri: string) => boolean = NEVER,
  ): readonly DataRecord[] {
    const records = normalizeEvent(event, this.#recordContext(isSnapshot, isQuery));
    const entries = entriesOfEvent(event, records, {
      users: this.#users,
      owner: this.#owner,
      firstSequence: this.nextSequence,
      fit: (record) => this.#fit(record, event.identity),
      encode: (record) => outgoingOf(record, this.#outlet),
      encodeCurrent: (current) => outgoingStatesOf(current, this.#outlet),
    });
    if (entries === null) {
      this.#users.discard();
      return this.eventDeadLetter(event, 'oversizeRecord');
    }
    this.#users.keep();
    this.#push(entries);
    if (entries.some((entry) => entry.record !== null && isCut(entry))) this.eventDeadLetter(event, 'cutRecord');
    return records;
  }

  /** One event, complete, as dead letters. */
  eventDeadLetter(event: AdmittedEvent, cause: EventDeadLetterCause): readonly DataRecord[] {
    const { records } = this.#context.settings;
    const letter = { ...eventLetter(cause, records.recordBytesMax, !hasPseudonyms(this.#outlet)), attempts: 1 };
    const context = this.#recordContext(NEVER, NEVER);
    return this.#add(
      eventDeadLetters(event, letter, context, {
        ...records,
        bodyBytesMax: this.#bodyBytesMax(Number.MAX_SAFE_INTEGER),
      }),
    );
  }

  /** An answer that is no document. */
  deadLetter(letter: DeadLetter): void {
    const { deadLetterBytesMax, recordBytesMax } = this.#context.settings.records;
    this.#add(
      deadLetterRecords(letter, this.#sourceContext(), {
        recordBytesMax,
        bodyBytesMax: this.#bodyBytesMax(deadLetterBytesMax),
      }),
    );
  }

  /** Bytes may hold an address in any form: beside pseudonyms none are published. */
  #bodyBytesMax(configured: number): number {
    return hasPseudonyms(this.#outlet) ? 0 : configured;
  }

  #add(records: readonly DataRecord[]): readonly DataRecord[] {
    this.#push(records.map((record) => this.#encoded(record)));
    return records;
  }

  #push(entries: readonly BatchEntry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      if (entry.record !== null) this.#numbered += 1;
    }
  }

  #pushStates(states: readonly OutgoingRecord[]): void {
    for (const outgoing of states) this.#entries.push({ record: null, eventIndex: -1, outgoing });
  }

  get #owner(): RecordOwner {
    const { accountId, installation } = this.#context.settings.account;
    return { installation, accountId, generation: this.#source?.identityGeneration ?? this.#progress.generation };
  }

  #fit(record: DataRecord, identity: string): readonly EncodedRecord[] | null {
    return fittedOf(record, { owner: this.#owner, identity }, this.#outlet);
  }

  #encoded(record: DataRecord): EncodedRecord {
    return { record, outgoing: outgoingOf(record, this.#outlet) };
  }

  #recordContext(isSnapshot: RecordContext['isSnapshot'], isQuery: RecordContext['isQuery']): RecordContext {
    const { includeRaw, privacyMessages, privacyNotes, rawXmlBytesMax } = this.#context.settings.records;
    return {
      ...this.#sourceContext(),
      channel: this.#source?.channel ?? 'data',
      isSnapshot,
      isQuery,
      requestOf: (rid) => findRequest(rid, this.#progress.requests, this.#source?.sent),
      includeRaw,
      privacyMessages,
      privacyNotes,
      rawXmlBytesMax,
    };
  }

  #sourceContext(): SourceContext {
    const { now, settings } = this.#context;
    const { accountId, accountUri, installation, site } = settings.account;
    const { generation, nextAnswer, sid } = this.#progress;
    return {
      installation,
      site,
      accountId,
      accountUri,
      generation,
      ...(this.#source?.identityGeneration !== undefined && { identityOwner: this.#owner }),
      answer: nextAnswer,
      sid,
      ackId: this.#source?.ackId ?? null,
      polledAckId: this.#source?.polledAckId ?? null,
      receivedAt: this.#source?.receivedAt ?? now,
      publishedAt: now,
      firstSequence: this.nextSequence,
    };
  }
}

const NEVER = (): boolean => false;

/** @param isWhole whether the letter has the event as its body. */
function eventLetter(
  cause: EventDeadLetterCause,
  bytesMax: number,
  isWhole: boolean,
): Pick<DeadLetter, 'reason' | 'action' | 'message'> {
  const instead = isWhole ? 'published here instead' : 'not published';
  switch (cause) {
    case 'cutRecord':
      return {
        reason: 'oversizeRecord',
        action: isWhole ? `${PUBLISHED_CUT}, and whole here` : PUBLISHED_CUT,
        message: 'texts are too long: see truncated of its records',
      };
    case 'oversizeRecord':
      return {
        reason: 'oversizeRecord',
        action: instead,
        message: `a record cannot be made smaller than ${String(bytesMax)} bytes`,
      };
    case 'rejectedByBroker':
      return { reason: 'rejectedByBroker', action: instead, message: 'Kafka refused a record' };
    default:
      return unreachable(cause);
  }
}
