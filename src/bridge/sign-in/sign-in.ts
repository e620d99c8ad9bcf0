import { SignInRefusedError } from '../../cwa/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { Cursor } from '../progress/cursor.ts';
import type { AccountObserver } from '../observer.ts';
import { areComparable, secretMark } from '../progress/sealing.ts';
import type { PlanContext } from '../plans/plan.ts';
import type { RefusedSecret } from './refused-secret.ts';
import type { BridgeSettings } from '../settings.ts';
import { planSignInRefused } from './stopped.ts';

/** Shared by all accounts of a site: a farm of 2007 does not take a thousand sign-ins a second. */
export interface SignInGate {
  /** Waits for this account's turn. */
  enter(signal: AbortSignal): Promise<void>;
}

export interface SignInParts {
  readonly settings: BridgeSettings;
  readonly gate: SignInGate;
  readonly cursor: Cursor;
  readonly observer: AccountObserver;
  readonly clock: Clock;
  /** Reads the password anew: a file may have changed. Null: there is none, because Kerberos has a key elsewhere. */
  readonly password: () => Promise<string | null>;
  readonly signIn: (signal: AbortSignal) => Promise<void>;
  /** Remembers what was refused, so that another secret is noticed. */
  readonly refused: RefusedSecret;
  readonly planContext: () => PlanContext;
}

/**
 * Signs in within the account's budget (design §4.9): a refusal is committed before anything else is tried, so that
 * restarts cannot lock the account. Refusals on record stop the account until its secret changes.
 *
 * @throws {@link SignInRefusedError} if the server refuses, or if the budget does not allow an attempt.
 */
export async function signInWithinBudget(parts: SignInParts, signal: AbortSignal): Promise<void> {
  const { cursor, gate, observer, settings, clock } = parts;
  const { logins } = cursor.progress;
  const password = await parts.password();
  const markLike = (recorded: string | null): string | null =>
    secretMark(settings.sealingKeys, settings.account.accountId, password, recorded);
  const mark = markLike(logins.secretMark);
  const { signInRefusalMemoryMs } = settings.session;
  const refusals = standingRefusals(logins, mark, signInRefusalMemoryMs, clock.now());
  const newMark = markLike(null);
  if (refusals.length >= settings.session.signInRefusalsMax) {
    // The same secret under a newer key: marked by that one, the stop outlasts the key before.
    if (areComparable(mark, logins.secretMark) && mark !== newMark) await record(refusals, newMark, cursor);
    parts.refused.note(password);
    throw refusedOnRecord(refusals, settings);
  }
  await gate.enter(signal);
  try {
    await parts.signIn(signal);
    observer.signInAttempted('accepted');
  } catch (error) {
    observer.signInAttempted(error instanceof SignInRefusedError ? 'refused' : 'failed');
    if (error instanceof SignInRefusedError) {
      parts.refused.note(password);
      const logins = { refusals: [...refusals, clock.now()], secretMark: newMark };
      await cursor.advance(planSignInRefused(parts.planContext(), cursor.progress, logins));
    }
    throw error;
  }
  if (cursor.progress.logins.refusals.length > 0) await record([], newMark, cursor);
}

async function record(refusals: readonly number[], mark: string | null, cursor: Cursor): Promise<void> {
  await cursor.advance({ records: [], next: { ...cursor.progress, logins: { refusals, secretMark: mark } } });
}

/**
 * The refusals that still count: those of this very secret, or where that cannot be told, the recent ones.
 *
 * @param mark of the secret as it is now, by the key of the recorded one if there is one; null without a sealing key.
 * @param memoryMs how long a refusal counts where the secret cannot be told.
 */
export function standingRefusals(
  logins: AccountProgress['logins'],
  mark: string | null,
  memoryMs: number,
  now: number,
): readonly number[] {
  if (areComparable(mark, logins.secretMark)) return mark === logins.secretMark ? logins.refusals : [];
  return logins.refusals.filter((at) => now - at < memoryMs);
}

function refusedOnRecord(refusals: readonly number[], settings: BridgeSettings): SignInRefusedError {
  const { accountId, site } = settings.account;
  const last = new Date(refusals.at(-1) ?? 0).toISOString();
  return new SignInRefusedError(
    `Account "${accountId}" is not signed in: site "${site}" refused it ${String(refusals.length)} times, ` +
      `last at ${last}, and another try could lock it. Change its password in the password file, which the bridge ` +
      `notices by itself, or in the configuration, and restart; if the password was right all along, ` +
      `"cwa-bridge resume ${accountId}" lifts the stop.`,
    { accountId, site, refusals: refusals.length },
  );
}
