import type { OutgoingRecord } from '../../lib/outgoing-record.ts';
import type { AccountProgress } from '../progress/account-progress.ts';
import type { AccountIdentity, BridgeSettings } from '../settings.ts';

/**
 * What one transaction is to do for an account: the records, and the progress they lead to. Made by pure functions;
 * nothing of it is true before the cursor has committed it.
 */
export interface Plan {
  readonly records: readonly OutgoingRecord[];
  /** `revision`, `claim`, `committedAt`, `nextRid` and `sealed` are set by the cursor. */
  readonly next: AccountProgress;
}

/** What planning needs of the settings. */
export interface PlanSettings extends Pick<BridgeSettings, 'session' | 'records' | 'replica' | 'userState'> {
  readonly account: AccountIdentity & {
    /** The watch list in effect, normalised, without duplicates. */
    readonly users: readonly string[];
  };
}

/** What planning knows of the world: passed in, so that the same input always gives the same plan. */
export interface PlanContext {
  readonly settings: PlanSettings;
  /** Wall time, milliseconds since the epoch. */
  readonly now: number;
  /** Makes gap ids; unique over all installations. */
  readonly newId: () => string;
  /** The claim under which the shard is held. */
  readonly claim: number;
}

/** Two plans in one transaction: the second goes on from where the first leads. */
export function followedBy(first: Plan, second: (progress: AccountProgress) => Plan): Plan {
  const { next, records } = second(first.next);
  return { records: [...first.records, ...records], next };
}
