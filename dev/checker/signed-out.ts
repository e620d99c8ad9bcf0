import { isHandedOver, isPromised, type Ledger, type LedgerEvent, type LedgerSession, SIGNED_OUT } from './ledger.ts';
import type { PublishedRecord } from './published-record.ts';

/**
 * The ledger, with {@link SIGNED_OUT} as the end of the sessions that an operator's order ended. The server does not
 * know that: for it they were terminated, or live on if the bridge died or gave up while it asked.
 */
export function withSignOuts(ledger: Ledger, records: readonly PublishedRecord[]): Ledger {
  const signedOut = new Set(records.filter(isSignOut).map(({ accountUri, sid }) => keyOf(accountUri, sid)));
  const sessions = ledger.sessions.map((session): LedgerSession => {
    return signedOut.has(keyOf(session.accountUri, session.sid)) ? { ...session, reason: SIGNED_OUT } : session;
  });
  return { ...ledger, sessions };
}

/**
 * The events of a session that are owed. Where an operator ended it, that is what was acknowledged, and what was in an
 * answer of which something was published: an answer is one transaction. What it is short of was handed over and not
 * committed: to a process that died, or to a poll that only kept a paused session alive.
 *
 * @param isPublished whether there is a record of the event.
 */
export function owedEvents(
  session: LedgerSession,
  events: Iterable<LedgerEvent>,
  isPublished: (event: LedgerEvent) => boolean,
): readonly LedgerEvent[] {
  const all = [...events];
  const promised = all.filter((event) => isPromised(event, session));
  if (session.reason !== SIGNED_OUT) return promised;
  const rest = all.filter((event) => isHandedOver(event) && !isPromised(event, session));
  // Each was published from one of its complete answers: whatever was in all of these was in that one.
  const answers = rest.filter(isPublished).map(completeAnswers);
  const isOwed = (event: LedgerEvent): boolean => answers.some((polls) => polls.isSubsetOf(completeAnswers(event)));
  return [...promised, ...rest.filter(isOwed)];
}

function completeAnswers({ handedOver }: LedgerEvent): ReadonlySet<number> {
  return new Set(handedOver.filter(({ complete }) => complete).map(({ poll }) => poll));
}

function isSignOut({ operation, recordType }: PublishedRecord): boolean {
  return recordType === 'sessionEnded' && operation?.reason === 'operator';
}

function keyOf(accountUri: string, sid: string | null): string {
  return `${accountUri.toLowerCase()} ${String(sid)}`;
}
