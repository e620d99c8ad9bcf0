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
  /** What a presence record says about its user being signed in; null if it says nothing, or is another record. */
  readonly says: SignInWord | null;
  /** Of a sign-in edge. */
  readonly edge: PublishedEdge | null;
  /** Of a record about the bridge itself. */
  readonly operation: PublishedOperation | null;
}

export interface PublishedOperation {
  readonly reason: string | null;
  readonly users: number | null;
}

export type SignInWord = 'in' | 'out' | 'unknown';

export interface PublishedEdge {
  readonly subject: string;
  readonly edge: string;
  readonly state: SignInWord;
  readonly previousState: SignInWord;
  readonly causeRecordId: string;
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
  const head = JSON.parse(String(value)) as PublishedRecord & PublishedEdge & PublishedOperation & PresenceWords;
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
    says: saysOf(head),
    edge: head.recordType === 'signIn' ? edgeOf(head) : null,
    operation: head.channel === 'bridge' && head.recordType !== 'signIn' ? operationOf(head) : null,
  };
}

function operationOf({ reason, users }: PublishedOperation): PublishedOperation {
  return { reason, users };
}

function edgeOf({ causeRecordId, edge, previousState, state, subject }: PublishedEdge): PublishedEdge {
  return { subject, edge, state, previousState, causeRecordId };
}

/** What {@link saysOf} looks at in a presence record. */
interface PresenceWords {
  readonly isSelf: boolean;
  readonly parts: number;
  readonly warnings: readonly string[];
  readonly subscriptionState: string | null;
  readonly availability: number | null;
  readonly activityToken: string | null;
  readonly clearedCategories: readonly string[];
  readonly categories: readonly unknown[];
}

/** The rule of `docs/records.md` about sign-in states, read from there and not from the bridge's code. */
function saysOf(record: PublishedRecord & PresenceWords): SignInWord | null {
  const { activityToken, availability, channel, part, recordType } = record;
  if (channel !== 'data' || part > 0 || record.isSelf || record.warnings.includes('stale-state')) return null;
  if (recordType === 'presenceSubscriptionState') return record.subscriptionState === 'terminated' ? 'unknown' : null;
  if (recordType !== 'userPresence') return null;
  if (record.categories.length === 0 && record.parts === 1) return 'unknown';
  if (record.clearedCategories.includes('state')) return 'unknown';
  if (availability === null) return null;
  if (availability >= 3_000) return availability < 18_000 ? 'in' : 'out';
  return activityToken?.trim().toLowerCase() === 'offline' ? 'out' : 'unknown';
}

/** Whether the record is what an event of the data channel became, which the ledger must know. */
export function isDataRecord({ channel, recordType }: PublishedRecord): boolean {
  return channel === 'data' && recordType !== 'deadLetter' && recordType !== 'signIn';
}

/** Whether the record is an answer of the command channel, which the ledger does not hold. */
export function isCommandRecord({ channel, recordType }: PublishedRecord): boolean {
  return channel === 'command' && recordType !== 'deadLetter';
}

/** Where a record stands, for people. */
export function placeOf({ topic, partition, offset, accountId, generation, sequence }: PublishedRecord): string {
  return `${topic}[${partition}]@${String(offset)} (${accountId}, generation ${generation}, sequence ${sequence})`;
}
