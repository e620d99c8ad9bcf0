/** What the checker reads of a record in Kafka: its place, and of its head what says where it comes from. */
export interface PublishedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly recordType: string;
  readonly id: string;
  readonly accountId: string;
  readonly accountUri: string;
  readonly subjectUriRaw: string | null;
  readonly generation: number;
  readonly sequence: number;
  readonly answer: number;
  readonly sid: string | null;
  readonly ackId: string | null;
  readonly polledAckId: string | null;
  readonly rid: string | null;
  readonly eid: number | null;
  readonly eventName: string;
  readonly eventIndex: number;
  readonly userIndex: number;
  readonly userCount: number;
  readonly part: number;
  readonly channel: string;
  readonly origin: string;
}

/** A record as any reader of Kafka gives it. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: Buffer | string | null;
}

/**
 * Reads a record, keeping only the fields above: a long run has hundreds of thousands.
 *
 * @throws {SyntaxError} if the value is no JSON.
 */
export function readPublished({ topic, partition, offset, key, value }: RawRecord): PublishedRecord {
  const head = JSON.parse(String(value)) as PublishedRecord;
  return {
    topic,
    partition,
    offset,
    key,
    recordType: head.recordType,
    id: head.id,
    accountId: head.accountId,
    accountUri: head.accountUri,
    subjectUriRaw: head.subjectUriRaw,
    generation: head.generation,
    sequence: head.sequence,
    answer: head.answer,
    sid: head.sid,
    ackId: head.ackId,
    polledAckId: head.polledAckId,
    rid: head.rid,
    eid: head.eid,
    eventName: head.eventName,
    eventIndex: head.eventIndex,
    userIndex: head.userIndex,
    userCount: head.userCount,
    part: head.part,
    channel: head.channel,
    origin: head.origin,
  };
}

/** Whether the record is about an event of the data channel, which the ledger must know. */
export function isDataRecord({ channel, recordType }: PublishedRecord): boolean {
  return channel === 'data' && recordType !== 'deadLetter';
}

/** Whether the record is an answer of the command channel, which the ledger does not hold. */
export function isCommandRecord({ channel, recordType }: PublishedRecord): boolean {
  return channel === 'command' && recordType !== 'deadLetter';
}

/** Where a record stands, for people. */
export function placeOf({ topic, partition, offset, accountId, generation, sequence }: PublishedRecord): string {
  return `${topic}[${partition}]@${String(offset)} (${accountId}, generation ${generation}, sequence ${sequence})`;
}
