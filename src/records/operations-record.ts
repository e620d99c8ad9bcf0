import type { SourceContext } from './record-context.ts';
import { bridgeHead } from './record-head.ts';
import type { OperationFacts } from './topics/operations.ts';
import { type DataRecord, TOPICS } from './topics/topics.ts';

/** What can happen to the bridge itself (records §4). */
export type OperationType =
  | 'sessionStarted'
  | 'sessionResumed'
  | 'sessionLost'
  | 'sessionEnded'
  | 'snapshotBegun'
  | 'snapshotEnded'
  | 'gap'
  | 'shardTaken'
  | 'quarantined'
  | 'quarantineLifted'
  | 'partitionsChanged'
  | 'watchChanged'
  | 'paused'
  | 'resumed'
  | 'refreshed'
  | 'replayed';

const NO_FACTS: OperationFacts = {
  reason: null,
  replica: null,
  detail: null,
  gapId: null,
  previousGeneration: null,
  fromEid: null,
  toEid: null,
  claim: null,
  fromAckId: null,
  fromAt: null,
  toAt: null,
  users: null,
  missing: [],
};

/**
 * Makes a record of the bridge's own. It takes one `sequence`, `context.firstSequence`, which is also what makes its
 * `id`: the identity is `operation:<sequence>`.
 *
 * @param facts what is known; everything else is null.
 */
export function operationsRecord(
  type: OperationType,
  facts: Partial<OperationFacts>,
  context: SourceContext,
): DataRecord {
  const head = bridgeHead(context, {
    recordType: type,
    schemaVersion: TOPICS.operations.version,
    identity: operationIdentity(context.firstSequence),
    part: 0,
    parts: 1,
  });
  return { topic: 'operations', value: { ...head, ...NO_FACTS, ...facts } };
}

/** What is hashed into the `id` of a record of the bridge's own. */
export function operationIdentity(sequence: number): string {
  return `operation:${sequence}`;
}
