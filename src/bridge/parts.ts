import type { CwaClient } from '../cwa/client.ts';
import type { PartitionsChanged } from '../kafka/topology.ts';
import type { Random } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observability/log.ts';
import type { Cursor } from './progress/cursor.ts';
import type { AccountObserver } from './observer.ts';
import type { LetterSource } from './orders/letter-source.ts';
import type { OrderInbox } from './orders/order-inbox.ts';
import type { Plan, PlanContext } from './plans/plan.ts';
import type { BridgeSettings } from './settings.ts';
import type { WatchList } from './watching/watch-list.ts';

/** What one account's bridge works with; everything that is not pure is passed in. */
export interface BridgeParts {
  readonly settings: BridgeSettings;
  readonly watch: WatchList;
  readonly client: CwaClient;
  readonly cursor: Cursor;
  /** Signs in within the account's budget. */
  readonly signIn: (signal: AbortSignal) => Promise<void>;
  /** Whether the account's secret is another one than the one that was refused. */
  readonly hasNewSecret: () => Promise<boolean>;
  readonly observer: AccountObserver;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: () => string;
  /** The claim under which the shard is held. */
  readonly claim: () => number;
  /** What operators have asked for and is not carried out yet. */
  readonly orders: OrderInbox;
  readonly letters: LetterSource;
  /** Topics that got another number of partitions since this was asked last. */
  readonly takePartitionChanges: () => readonly PartitionsChanged[];
  /** Called at every turn of the loop and while it waits, so that a loop that stands still is noticed. */
  readonly beat: () => void;
}

/**
 * The world as a plan sees it, at this moment.
 *
 * @param users the watch list: the one in effect, or the one that the plan brings into effect.
 */
export function planContext(parts: BridgeParts, users: readonly string[] = parts.watch.users): PlanContext {
  const { claim, clock, newId, settings } = parts;
  return {
    settings: { ...settings, account: { ...settings.account, users } },
    now: clock.now(),
    newId,
    claim: claim(),
  };
}

/** Commits a plan; the bridge's own keeps the session alive meanwhile. */
export type Commit = (plan: Plan) => Promise<void>;
