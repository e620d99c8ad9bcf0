import type { SourceContext } from './record-context.ts';
import { bridgeHead } from './record-head.ts';
import { type RecordOwner, recordId } from './record-id.ts';
import { headFields, type RecordHead } from './topics/head.ts';
import type { SignInFacts } from './topics/sign-in.ts';
import { type DataRecord, TOPICS } from './topics/topics.ts';

const RECORD_TYPE = 'signIn';
const HEAD_NAMES = Object.keys(headFields) as readonly (keyof RecordHead)[];

/**
 * The edge that a presence record is. Its head says what that of the record says: the same event brought both. Only
 * what belongs to the record itself is its own; the identity of the `id` is `signin:` and the event's.
 *
 * @param sequence the next after the record, and all its parts.
 */
export function userSignInRecord(
  facts: SignInFacts,
  cause: RecordHead,
  eventIdentity: string,
  { owner, sequence }: { readonly owner: RecordOwner; readonly sequence: number },
): DataRecord {
  const head = Object.fromEntries(HEAD_NAMES.map((name) => [name, cause[name]])) as unknown as RecordHead;
  const own = {
    recordType: RECORD_TYPE,
    schemaVersion: TOPICS.signin.version,
    id: recordId(owner, `signin:${eventIdentity}`, cause.userIndex, 0),
    sequence,
    part: 0,
    parts: 1,
    warnings: [],
    extensions: [],
    truncated: [],
    raw: null,
  };
  return { topic: 'signin', value: { ...head, ...own, ...facts } };
}

/**
 * The edge that the begin or end of an account's own session is; no event caused it. The identity of its `id` is
 * `signin:operation:<sequence>` with its own sequence, the next after the record of the session.
 */
export function accountSignInRecord(facts: SignInFacts, context: SourceContext): DataRecord {
  const head = bridgeHead(context, {
    recordType: RECORD_TYPE,
    schemaVersion: TOPICS.signin.version,
    identity: `signin:operation:${context.firstSequence}`,
    part: 0,
    parts: 1,
  });
  return { topic: 'signin', value: { ...head, ...facts } };
}
