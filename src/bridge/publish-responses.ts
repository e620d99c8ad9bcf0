import type { CommandAnswer } from '../cwa/commands.ts';
import type { ResponsesAnswer } from '../cwa/documents/responses.ts';
import { RecordRejectedError } from '../kafka/shard-errors.ts';
import type { AccountProgress } from './progress/account-progress.ts';
import type { SentRequests } from './progress/own-requests.ts';
import { type BridgeParts, type Commit, planContext } from './parts.ts';
import { followedBy, type Plan } from './plans/plan.ts';
import { planResponses, type ResponsesPlan } from './plans/plan-responses.ts';
import { tally } from './tally.ts';

/** What happens in the transaction of an answer beside it. */
export interface Around {
  /** What the answer leads to and what comes before its records, such as the session that it opens. */
  readonly before?: (progress: AccountProgress) => Plan;
  /** What comes behind them, such as the end of the session that it ends. */
  readonly after?: (progress: AccountProgress) => Plan;
}

/**
 * Publishes one answer of the command channel with the progress that it leads to, in one transaction.
 *
 * The server does not send such an answer again: if the process dies between the answer and the commit, there is no
 * record of it. What was asked is asked again by the next process, and answered anew.
 */
export async function publishResponses(
  parts: BridgeParts,
  commit: Commit,
  { answer, receivedAt }: Pick<CommandAnswer, 'answer' | 'receivedAt'>,
  sent: SentRequests,
  { before = unchanged, after = unchanged }: Around = {},
): Promise<void> {
  const { clock, cursor, log, observer } = parts;
  const context = planContext(parts);
  const first = before(cursor.progress);
  const responses = (isRejected: boolean): ResponsesPlan =>
    planResponses(context, first.next, { answer, receivedAt, sent }, isRejected);
  const around = ({ records, next }: ResponsesPlan): Plan =>
    followedBy({ records: [...first.records, ...records], next }, after);

  const startedAt = clock.monotonic();
  let plan = responses(false);
  try {
    await commit(around(plan));
  } catch (error) {
    if (!(error instanceof RecordRejectedError)) throw error;
    log.error({ err: error, method: sent.method }, 'Kafka refused records of an answer: it becomes dead letters');
    plan = responses(true);
    await commit(around(plan));
  }
  observer.committed({ durationMs: clock.monotonic() - startedAt, receivedToCommittedMs: clock.now() - receivedAt });
  for (const batch of plan.batches) tally(observer, batch, receivedAt);
  warnAboutForeignEvents(parts, answer);
}

function warnAboutForeignEvents({ cursor, log }: BridgeParts, { nestedEvents }: ResponsesAnswer): void {
  const expected = cursor.progress.sid;
  const foreign = nestedEvents.find(({ sid }) => sid !== null && sid !== expected);
  if (foreign !== undefined) log.error({ sid: foreign.sid, expected }, 'events of another session: not published');
}

function unchanged(progress: AccountProgress): Plan {
  return { records: [], next: progress };
}
