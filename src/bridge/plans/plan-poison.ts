import type { DocumentRefusedError } from '../../cwa/documents/document-refused-error.ts';
import type { DeadLetter } from '../../records/dead-letter-records.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { opening, type Phase } from '../phase.ts';
import type { Plan, PlanContext } from './plan.ts';
import { lossesAfterHold } from '../progress/losses.ts';
import { planOpening } from './plan-generation.ts';
import { RecordBatch } from './record-batch.ts';

/** A plan and the phase that it leads to. */
export interface PhasePlan {
  readonly plan: Plan;
  readonly phase: Phase;
}

/**
 * An answer to a poll or to `initiateSession` that stays unreadable is given up (I8): one transaction holds the dead letter, the end of the session, the
 * gap and the new generation. So many of them within the window put the account into quarantine, so that no loop is
 * endless: a server that is broken for good is tried once an hour.
 */
export function planPoison(context: PlanContext, progress: AccountProgress, refused: DocumentRefusedError): PhasePlan {
  const { documentAttempts, poisonLimit, poisonWindowMs, quarantineMs } = context.settings.session;
  const isRecent = context.now - progress.poison.since < poisonWindowMs;
  const count = isRecent ? progress.poison.count + 1 : 1;
  const since = isRecent ? progress.poison.since : context.now;
  const isQuarantined = count >= poisonLimit;

  const source = { ackId: null, polledAckId: progress.ackId, receivedAt: context.now, channel: 'data' } as const;
  const letters = new RecordBatch(context, progress, source);
  const action = isQuarantined ? 'quarantine' : 'new session';
  letters.deadLetter({ ...letterOf(refused, progress), action, attempts: documentAttempts });
  const begun = planOpening(context, { ...progress, nextSequence: letters.nextSequence }, 'poison');
  const records = [...letters.records, ...begun.records];
  if (!isQuarantined) {
    const next: AccountProgress = { ...begun.next, poison: { count, since, until: null } };
    return { plan: { records, next }, phase: { ...opening('poison', false), isBegun: true } };
  }
  const until = context.now + quarantineMs;
  const batch = new RecordBatch(context, begun.next);
  batch.operation('quarantined', { reason: refused.reason, detail: `tried again at ${new Date(until).toISOString()}` });
  const next: AccountProgress = {
    ...begun.next,
    state: 'quarantined',
    poison: { count, since, until },
    nextSequence: batch.nextSequence,
  };
  return { plan: { records: [...records, ...batch.records], next }, phase: { kind: 'quarantined', until } };
}

/** The quarantine is over: the generation that began with it is opened now. */
export function planQuarantineLifted(context: PlanContext, progress: AccountProgress): PhasePlan {
  const { poisonLimit } = context.settings.session;
  const batch = new RecordBatch(context, progress);
  batch.operation('quarantineLifted', {});
  const next: AccountProgress = {
    ...progress,
    state: 'opening',
    // One more session given up within the window is enough to come back here: this is a retry, not a pardon.
    ...(progress.losses.until === null
      ? { poison: { count: poisonLimit - 1, since: context.now, until: null } }
      : { losses: lossesAfterHold(progress.losses, context.now) }),
    nextSequence: batch.nextSequence,
  };
  return { plan: { records: batch.records, next }, phase: { ...opening('poison', true), isBegun: true } };
}

function letterOf(refused: DocumentRefusedError, { state }: AccountProgress): Omit<DeadLetter, 'action' | 'attempts'> {
  const { answer, column, detail, line } = refused;
  return {
    reason: refusedReason(refused),
    message: detail,
    line,
    column,
    httpStatus: answer?.statusCode ?? null,
    contentType: answer?.contentType ?? null,
    // What a server says while a session is being opened may hold sign-in data, and nobody can look into it (I10).
    body: state === 'open' ? (answer?.body ?? null) : null,
    ...(answer !== null && { arrivedBytes: answer.bodyBytes }),
  };
}

/** An empty body has no reason of its own among the dead letters: it is no well-formed document. */
function refusedReason({ reason }: DocumentRefusedError): Exclude<DocumentRefusedError['reason'], 'empty'> {
  return reason === 'empty' ? 'malformed' : reason;
}
