import type { AdmittedEvent } from '../events/ordered-event.ts';
import { unreachable } from '../lib/assert.ts';
import type { OutgoingRecord } from '../lib/outgoing-record.ts';
import { type DeadLetter, deadLetterRecords, eventDeadLetters } from '../records/dead-letter-records.ts';
import { encodeRecord } from '../records/encode-record.ts';
import { normalizeEvent } from '../records/normalize-event.ts';
import { operationIdentity, operationsRecord, type OperationType } from '../records/operations-record.ts';
import type { RecordContext, SourceContext } from '../records/record-context.ts';
import type { OperationFacts } from '../records/topics/operations.ts';
import { type EncodedRecord, fitRecords, isCut } from '../records/splitting/fit-records.ts';
import type { DataRecord } from '../records/topics/topics.ts';
import type { AccountProgress } from './account-progress.ts';
import { findRequest, type SentRequests } from './own-requests.ts';
import type { PlanContext } from './plan.ts';

/** Where records of an answer come from; null for what the bridge itself has to say. */
export interface AnswerSource {
  readonly ackId: string | null;
  /** Null for an answer of the command channel: nothing was polled. */
  readonly polledAckId: string | null;
  readonly receivedAt: number;
  readonly channel: 'data' | 'command';
  /** What the answer answers, on the command channel. */
  readonly sent?: SentRequests | null;
}

/** `cutRecord`: its records went out, but lack something. */
type EventDeadLetterCause = 'cutRecord' | 'oversizeRecord' | 'rejectedByBroker';

/**
 * Collects the records of one generation in the order of their `sequence`, which it hands out without a hole, and
 * encodes them. A record too large for Kafka is split, and what had to be cut goes out whole as dead letters too
 * (records §7).
 */
export class RecordBatch {
  readonly #context: PlanContext;
  readonly #progress: AccountProgress;
  readonly #source: AnswerSource | null;
  readonly #outgoing: OutgoingRecord[] = [];
  readonly #records: DataRecord[] = [];

  constructor(context: PlanContext, progress: AccountProgress, source: AnswerSource | null = null) {
    this.#context = context;
    this.#progress = progress;
    this.#source = source;
  }

  /** Ready to be sent. */
  get records(): readonly OutgoingRecord[] {
    return this.#outgoing;
  }

  /** The same before encoding, for whoever counts. */
  get contents(): readonly DataRecord[] {
    return this.#records;
  }

  get nextSequence(): number {
    return this.#progress.nextSequence + this.#outgoing.length;
  }

  operation(type: OperationType, facts: Partial<OperationFacts>): void {
    const { claim, settings } = this.#context;
    const record = operationsRecord(type, { replica: settings.replica, claim, ...facts }, this.#sourceContext());
    // A list of missing users may be long; all else that the bridge says fits.
    this.#push(this.#fit([record], operationIdentity(this.nextSequence)) ?? [this.#encoded(record)]);
  }

  /** The records of one event, before any is split; see {@link normalizeEvent} for `isSnapshot`. */
  event(event: AdmittedEvent, isSnapshot: (userUri: string) => boolean): readonly DataRecord[] {
    const records = normalizeEvent(event, this.#recordContext(isSnapshot));
    const fitted = this.#fit(records, event.identity);
    if (fitted === null) return this.eventDeadLetter(event, 'oversizeRecord');
    this.#push(fitted);
    if (fitted.some(isCut)) this.eventDeadLetter(event, 'cutRecord');
    return records;
  }

  /** One event, complete, as dead letters. */
  eventDeadLetter(event: AdmittedEvent, cause: EventDeadLetterCause): readonly DataRecord[] {
    const { records } = this.#context.settings;
    const letter = { ...eventLetter(cause, records.recordBytesMax), attempts: 1 };
    const context = this.#recordContext(() => false);
    return this.#add(eventDeadLetters(event, letter, context, { ...records, bodyBytesMax: Number.MAX_SAFE_INTEGER }));
  }

  /** An answer that is no document. */
  deadLetter(letter: DeadLetter): void {
    const { deadLetterBytesMax, recordBytesMax } = this.#context.settings.records;
    this.#add(deadLetterRecords(letter, this.#sourceContext(), { recordBytesMax, bodyBytesMax: deadLetterBytesMax }));
  }

  #add(records: readonly DataRecord[]): readonly DataRecord[] {
    this.#push(records.map((record) => this.#encoded(record)));
    return records;
  }

  #push(encoded: readonly EncodedRecord[]): void {
    for (const { outgoing, record } of encoded) {
      this.#outgoing.push(outgoing);
      this.#records.push(record);
    }
  }

  #fit(records: readonly DataRecord[], identity: string): readonly EncodedRecord[] | null {
    const { account, records: settings } = this.#context.settings;
    return fitRecords(records, {
      bytesMax: settings.recordBytesMax,
      encode: (record) => this.#encode(record),
      firstSequence: this.nextSequence,
      owner: { ...account, generation: this.#progress.generation },
      identity,
    });
  }

  #encoded(record: DataRecord): EncodedRecord {
    return { record, outgoing: this.#encode(record) };
  }

  #encode(record: DataRecord): OutgoingRecord {
    const { account, records } = this.#context.settings;
    const { schemaIds, topics } = records;
    return encodeRecord(record, { installation: account.installation, topics, schemaIds });
  }

  #recordContext(isSnapshot: (userUri: string) => boolean): RecordContext {
    const { includeRaw, privacyMessages, privacyNotes, rawXmlBytesMax } = this.#context.settings.records;
    const isQuery = (): boolean => false;
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

function eventLetter(cause: EventDeadLetterCause, bytesMax: number): Pick<DeadLetter, 'reason' | 'action' | 'message'> {
  const instead = 'published here instead';
  switch (cause) {
    case 'cutRecord':
      return {
        reason: 'oversizeRecord',
        action: 'published cut, and whole here',
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
