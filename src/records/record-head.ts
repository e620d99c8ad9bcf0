import type { AdmittedEvent } from '../events/ordered-event.ts';
import type { Findings } from './reading/findings.ts';
import type { RecordContext, SourceContext } from './record-context.ts';
import { recordId } from './record-id.ts';
import type { RecordHead } from './topics/head.ts';

/** What differs between the records of one event. */
export interface EventRecordFacts {
  readonly recordType: string;
  readonly schemaVersion: number;
  readonly subjectUri: string | null;
  readonly subjectUriRaw: string | null;
  readonly rid: string | null;
  readonly userIndex: number;
  readonly userCount: number;
  readonly origin: string;
  readonly raw: string | null;
}

/** The head of a record that an event caused. Its sequence is the event's first plus its place among the records. */
export function eventHead(
  event: AdmittedEvent,
  context: RecordContext,
  facts: EventRecordFacts,
  findings: Findings,
): RecordHead {
  return {
    recordType: facts.recordType,
    schemaVersion: facts.schemaVersion,
    id: recordId(context.identityOwner ?? context, event.identity, facts.userIndex, 0),
    site: context.site,
    accountId: context.accountId,
    accountUri: context.accountUri,
    subjectUri: facts.subjectUri,
    subjectUriRaw: facts.subjectUriRaw,
    generation: context.generation,
    sequence: context.firstSequence + facts.userIndex,
    answer: context.answer,
    sid: context.sid,
    ackId: context.ackId,
    polledAckId: context.polledAckId,
    rid: facts.rid,
    eid: event.eid,
    eidRaw: event.eidRaw,
    eventName: event.name,
    eventIndex: event.index,
    userIndex: facts.userIndex,
    userCount: facts.userCount,
    part: 0,
    parts: 1,
    channel: context.channel,
    origin: facts.origin,
    receivedAt: context.receivedAt,
    publishedAt: context.publishedAt,
    warnings: findings.warnings,
    extensions: findings.extensions,
    truncated: findings.truncated,
    raw: facts.raw,
  };
}

/** What a record of the bridge's own is about. */
export interface BridgeRecordFacts {
  readonly recordType: string;
  readonly schemaVersion: number;
  readonly identity: string;
  readonly part: number;
  readonly parts: number;
}

/** The head of a record that no event caused. */
export function bridgeHead(context: SourceContext, facts: BridgeRecordFacts): RecordHead {
  return {
    recordType: facts.recordType,
    schemaVersion: facts.schemaVersion,
    id: recordId(context, facts.identity, 0, facts.part),
    site: context.site,
    accountId: context.accountId,
    accountUri: context.accountUri,
    subjectUri: null,
    subjectUriRaw: null,
    generation: context.generation,
    sequence: context.firstSequence + facts.part,
    answer: context.answer,
    sid: context.sid,
    ackId: context.ackId,
    polledAckId: context.polledAckId,
    rid: null,
    eid: null,
    eidRaw: null,
    eventName: '',
    eventIndex: 0,
    userIndex: 0,
    userCount: 0,
    part: facts.part,
    parts: facts.parts,
    channel: 'bridge',
    origin: 'bridge',
    receivedAt: context.receivedAt,
    publishedAt: context.publishedAt,
    warnings: [],
    extensions: [],
    truncated: [],
    raw: null,
  };
}
