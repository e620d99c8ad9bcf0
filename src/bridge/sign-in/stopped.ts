import { messageOf } from '../../lib/errors.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import { type BridgeParts, planContext } from '../parts.ts';
import { OPEN, opening, type Phase, type StoppedPhase } from '../phase.ts';
import type { Plan, PlanContext } from '../plans/plan.ts';
import { RecordBatch } from '../plans/record-batch.ts';

/** A refusal on record, with the record that tells an operator that the account has stopped (design §4.9). */
export function planSignInRefused(
  context: PlanContext,
  progress: AccountProgress,
  logins: AccountProgress['logins'],
): Plan {
  const batch = new RecordBatch(context, progress);
  batch.operation('quarantined', {
    reason: 'sign-in-refused',
    detail: `refusals on record: ${String(logins.refusals.length)}; until its secret changes or an operator resumes it`,
  });
  return { records: batch.records, next: { ...progress, logins, nextSequence: batch.nextSequence } };
}

/** Another secret deserves attempts of its own: what was refused is forgotten. */
function planSecretChanged(context: PlanContext, progress: AccountProgress): Plan {
  const batch = new RecordBatch(context, progress);
  batch.operation('quarantineLifted', { reason: 'secret-changed' });
  const logins = { refusals: [], secretMark: null };
  return { records: batch.records, next: { ...progress, logins, nextSequence: batch.nextSequence } };
}

/**
 * One turn of an account that is stopped: it waits for a person, and looks whether its secret is another one by now.
 * Then it goes on by itself, with one new attempt.
 */
export async function stoppedStep(parts: BridgeParts, phase: StoppedPhase, signal: AbortSignal): Promise<Phase> {
  const { cursor, hasNewSecret, log, orders, settings } = parts;
  await orders.sleep(settings.session.secretCheckMs, signal);
  if (signal.aborted || orders.first !== null) return phase;
  let isNew = false;
  try {
    isNew = await hasNewSecret();
  } catch (error) {
    log.debug({ reason: messageOf(error) }, 'secret of a stopped account not readable now');
  }
  if (!isNew) return phase;
  await cursor.advance(planSecretChanged(planContext(parts), cursor.progress));
  log.warn({}, 'secret changed: the account is tried again');
  return phaseAfterStop(cursor.progress);
}

/** A session that is there is tried with a new ticket; a generation that was begun gets its session. */
export function phaseAfterStop({ state, watch }: Pick<AccountProgress, 'state' | 'watch'>): Phase {
  if (state === 'open') return { ...OPEN, needsSignIn: true, toSubscribe: watch.pending };
  return { ...opening('restart', true), isBegun: state === 'opening' };
}
