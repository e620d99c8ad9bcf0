import type { AccountProgress } from '../../bridge/progress/account-progress.ts';
import { secretMark, type SealingKey } from '../../bridge/progress/sealing.ts';
import { standingRefusals } from '../../bridge/sign-in/sign-in.ts';
import { REFUSAL_MEMORY_MS } from '../../daemon/bridge-settings.ts';
import { failed, notTried, type Verdict } from './verdict.ts';

export interface BudgetFacts {
  readonly accountId: string;
  /** Of the committed progress. */
  readonly logins: AccountProgress['logins'];
  readonly password: string | null;
  readonly sealingKeys: readonly SealingKey[];
  /** `signIn.refusalsMax`. */
  readonly refusalsMax: number;
  readonly now: number;
}

/**
 * Whether the sign-in budget of an account leaves room for an attempt of `doctor`, which cannot write down that it was
 * refused: after it `run` must have one left, so that the two together do not lock the account.
 *
 * @returns Null if there is room.
 */
export function verdictOnBudget(facts: BudgetFacts): Verdict | null {
  const { accountId, logins, now, refusalsMax } = facts;
  const mark = secretMark(facts.sealingKeys, accountId, facts.password, logins.secretMark);
  const standing = standingRefusals(logins, mark, REFUSAL_MEMORY_MS, now);
  const told = `${String(standing.length)} refused sign-ins of ${String(refusalsMax)} are on record`;
  if (standing.length >= refusalsMax) {
    const last = new Date(standing.at(-1) ?? 0).toISOString();
    return failed(
      'sign-in-stopped',
      `\`run\` does not sign the account in: ${told}, the last at ${last}`,
      `correct \`accounts[].password\` or \`passwordFile\` of "${accountId}" and look whether the account is locked; then \`cwa-bridge resume ${accountId}\`. --force tries once all the same`,
    );
  }
  if (standing.length + 1 < refusalsMax) return null;
  return notTried(
    'sign-in-last-attempt',
    `${told}: a further one would leave \`run\` none`,
    '--force tries once all the same; `signIn.refusalsMax` is the budget',
  );
}

/** Whether an operator has signed the account out. @returns Null if not. */
export function verdictOnHold(accountId: string, { hold }: AccountProgress['orders']): Verdict | null {
  if (hold !== 'signed-out') return null;
  return notTried(
    'signed-out-by-order',
    'not tried because an operator has signed the account out',
    `\`cwa-bridge resume ${accountId}\` ends that; --force tries once all the same`,
  );
}

/** The refusals on record are not known. */
export function verdictOnUnknownBudget(because: string): Verdict {
  return notTried(
    'sign-in-budget-unknown',
    `not tried because of ${because}: how many refused sign-ins are on record could not be read`,
    'mend that first; --force tries once all the same',
  );
}
