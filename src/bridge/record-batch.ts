import type { AdmittedEvent } from '../events/ordered-event.ts';
import type { OutgoingRecord } from '../lib/outgoing-record.ts';
import {
  type DeadLetter,
  deadLetterRecords,
  type DeadLetterReason,
  eventDeadLetters,
} from '../records/dead-letter-records.ts';
import { encodeRecord } from '../records/encode-record.ts';
import { normalizeEvent } from '../records/normalize-event.ts';
import { operationsRecord, type OperationType } from '../records/operations-record.ts';
import type { RecordContext, SourceContext } from '../records/record-context.ts';
import { findRequest, type SentRequests } from './own-requests.ts';
import type { OperationFacts } from '../records/topics/operations.ts';
import type { DataRecord } from '../records/topics/topics.ts';
import type { AccountProgress } from './account-progress.ts';
import type { PlanContext } from './plan.ts';

/** Where records of an answer come from; null for what the bridge itself has to say. */
export interface AnswerSource {
  readonly ackId: string | null;
  /** Null for an answer of the command channel: nothing was polled. */
  /** What the answer answers, on the command channel. */
  readonly sent?: SentRequests | null;
  readonly polledAckId: string | null;
  readonly receivedAt: number;
  readonly channel: 'data' | 'command';
}

/**
 * Collects the records of one generation in the order of their `sequence`, which it hands out without a hole, and
 * encodes them. An event with a record too large for Kafka goes out whole as dead letters instead (records §7).
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
    this.#add([operationsRecord(type, { replica: settings.replica, claim, ...facts }, this.#sourceContext())]);
  }

  /** The records of one event; see {@link normalizeEvent} for `isSnapshot`. */
  event(event: AdmittedEvent, isSnapshot: (userUri: string) => boolean): readonly DataRecord[] {
    const { recordBytesMax } = this.#context.settings.records;
    const records = normalizeEvent(event, this.#recordContext(isSnapshot));
    const encoded = records.map((record) => this.#encode(record));
    if (encoded.some(({ bytes }) => bytes > recordBytesMax)) return this.eventDeadLetter(event, 'oversizeRecord');
    this.#outgoing.push(...encoded);
    this.#records.push(...records);
    return records;
  }

  /** One event, complete, as dead letters. */
  eventDeadLetter(
    event: AdmittedEvent,
    reason: DeadLetterReason & ('oversizeRecord' | 'rejectedByBroker'),
  ): readonly DataRecord[] {
    const { records } = this.#context.settings;
    const message =
      reason === 'oversizeRecord'
        ? `a record is larger than ${String(records.recordBytesMax)} bytes`
        : 'Kafka refused a record';
    const letter = { reason, action: 'published here instead', message, attempts: 1 };
    const context = this.#recordContext(() => false);
    return this.#add(eventDeadLetters(event, letter, context, { ...records, bodyBytesMax: Number.MAX_SAFE_INTEGER }));
  }

  /** An answer that is no document. */
  deadLetter(letter: DeadLetter): void {
    const { deadLetterBytesMax, recordBytesMax } = this.#context.settings.records;
    this.#add(deadLetterRecords(letter, this.#sourceContext(), { recordBytesMax, bodyBytesMax: deadLetterBytesMax }));
  }

  #add(records: readonly DataRecord[]): readonly DataRecord[] {
    for (const record of records) this.#outgoing.push(this.#encode(record));
    this.#records.push(...records);
    return records;
  }

  #encode(record: DataRecord): OutgoingRecord {
    const { account, records } = this.#context.settings;
    return encodeRecord(record, { installation: account.installation, topics: records.topics });
  }

  #recordContext(isSnapshot: (userUri: string) => boolean): RecordContext {
    const { includeRaw, privacyMessages, privacyNotes, rawXmlBytesMax } = this.#context.settings.records;
    const isQuery = (): boolean => false;
    return {
      ...this.#sourceContext(),
      channel: this.#source?.channel ?? 'data',
      isSnapshot,
      isQuery,
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
      requestOf: (rid) => findRequest(rid, this.#progress.requests, this.#source?.sent),
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
