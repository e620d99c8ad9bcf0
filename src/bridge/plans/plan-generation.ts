import { createHash } from 'node:crypto';

import { NOTHING_SEEN } from '../../events/admit.ts';
import type { OperationFacts } from '../../records/topics/operations.ts';
import type { AccountSignIn } from '../../records/state/account-edge.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { recordSessionChange } from './account-sign-in.ts';
import type { GapReason } from '../phase.ts';
import type { Plan, PlanContext } from './plan.ts';
import { RecordBatch } from './record-batch.ts';

/**
 * The life of a generation (design §4.5): begun before the session is asked for, opened before the first poll, ended
 * when we sign out. Every new generation opens a gap, because what happened since the last poll is not known; the end
 * of its snapshot closes it.
 */

/**
 * Begins the next generation: it is committed as `opening` before `initiateSession`, and from then on no older session
 * is polled. A gap that is still open goes on under its id: the time that is not known has only become longer.
 */
export function planOpening(context: PlanContext, progress: AccountProgress, reason: GapReason): Plan {
  const lost = new RecordBatch(context, progress);
  const generation = Math.max(progress.generation + 1, Math.floor(context.now / 1000));
  const gapId = progress.openGapId ?? context.newId();
  const signIn = progress.state === 'open' ? recordLoss(context, progress, lost, { reason, gapId }) : progress.signIn;
  const begun: AccountProgress = {
    ...progress,
    state: 'opening',
    generation,
    sid: null,
    ackId: '0',
    nextSequence: 1,
    nextAnswer: 1,
    requests: [],
    seen: NOTHING_SEEN,
    watch: { hash: null, pending: [] },
    queries: [],
    snapshotSince: null,
    openGapId: gapId,
    signIn,
    sealed: null,
  };
  const opening = new RecordBatch(context, begun);
  opening.operation('gap', gapFields(context, progress, gapId, reason));
  return { records: [...lost.records, ...opening.records], next: { ...begun, nextSequence: opening.nextSequence } };
}

/** A session whose counter begins again goes on: then the account is as it was. */
function recordLoss(
  context: PlanContext,
  progress: AccountProgress,
  batch: RecordBatch,
  { gapId, reason }: { readonly gapId: string; readonly reason: GapReason },
): AccountSignIn {
  const causeRecordId = batch.operation('sessionLost', { reason });
  if (reason === 'counter-restart') return progress.signIn;
  return recordSessionChange(context, progress, batch, { kind: 'lost', causeRecordId, gapId });
}

/**
 * The server counts anew in a session that it still calls by the same sid: what was published under the old numbers
 * says nothing about the new ones, so a generation begins on the session as it stands. Nobody knows what else it has
 * forgotten: everybody is awaited again, and the caller subscribes.
 */
export function planCounterRestart(context: PlanContext, progress: AccountProgress): Plan {
  const begun = planOpening(context, progress, 'counter-restart');
  const open: AccountProgress = { ...begun.next, state: 'open', sid: progress.sid, requests: progress.requests };
  const snapshot = withSnapshot(context, open, new RecordBatch(context, open));
  return { records: [...begun.records, ...snapshot.records], next: snapshot.next };
}

/** What a `gap` record says of the time that is not known: from the last committed answer to now. */
function gapFields(context: PlanContext, before: AccountProgress, gapId: string, reason: GapReason) {
  const hadSession = before.generation > 0;
  return {
    gapId,
    reason,
    previousGeneration: hadSession ? before.generation : null,
    fromEid: before.seen.published.at(-1)?.[1] ?? null,
    fromAckId: hadSession ? before.ackId : null,
    fromAt: hadSession ? before.committedAt : null,
    toAt: context.now,
  };
}

/** The session is known: it is committed as `open` with `ackId` 0 before its first poll, and the snapshot begins. */
export function planOpened(context: PlanContext, progress: AccountProgress, sid: string): Plan {
  const open: AccountProgress = { ...progress, state: 'open', sid, ackId: '0' };
  const batch = new RecordBatch(context, open);
  const causeRecordId = batch.operation('sessionStarted', { gapId: progress.openGapId });
  const signIn = recordSessionChange(context, open, batch, { kind: 'started', causeRecordId });
  return withSnapshot(context, { ...open, signIn }, batch);
}

/** Another process goes on with a committed session. A changed watch list is a step of its own: see `watch-change.ts`. */
export function planResumed(context: PlanContext, progress: AccountProgress): Plan {
  const batch = new RecordBatch(context, progress);
  batch.operation('sessionResumed', {});
  return { records: batch.records, next: { ...progress, nextSequence: batch.nextSequence } };
}

function withSnapshot(context: PlanContext, progress: AccountProgress, batch: RecordBatch): Plan {
  batch.operation('snapshotBegun', { gapId: progress.openGapId, users: context.settings.account.users.length });
  const next: AccountProgress = {
    ...progress,
    watch: { hash: watchHash(context.settings.account.users), pending: context.settings.account.users },
    snapshotSince: context.now,
    nextSequence: batch.nextSequence,
  };
  return { records: batch.records, next };
}

/** We signed the session out. */
export function planEnded(
  context: PlanContext,
  progress: AccountProgress,
  facts: Pick<OperationFacts, 'reason'> & Partial<Pick<OperationFacts, 'detail'>>,
): Plan {
  const batch = new RecordBatch(context, progress);
  const causeRecordId = batch.operation('sessionEnded', facts);
  const signIn = recordSessionChange(context, progress, batch, { kind: 'ended', causeRecordId });
  return { records: batch.records, next: { ...progress, state: 'ended', signIn, nextSequence: batch.nextSequence } };
}

/** Names a watch list: the order of its users does not matter. */
export function watchHash(users: readonly string[]): string {
  return createHash('sha256').update(users.toSorted().join('\n'), 'utf8').digest('base64url').slice(0, 16);
}
