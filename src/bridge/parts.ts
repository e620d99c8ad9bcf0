import type { CwaClient } from '../cwa/client.ts';
import type { PartitionsChanged } from '../kafka/topology.ts';
import type { Random } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observability/log.ts';
import type { Cursor } from './cursor.ts';
import type { AccountObserver } from './observer.ts';
import type { Plan, PlanContext } from './plan.ts';
import type { BridgeSettings } from './settings.ts';

/** What one account's bridge works with; everything that is not pure is passed in. */
export interface BridgeParts {
  readonly settings: BridgeSettings;
  readonly client: CwaClient;
  readonly cursor: Cursor;
  /** Signs in within the account's budget. */
  readonly signIn: (signal: AbortSignal) => Promise<void>;
  readonly observer: AccountObserver;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: () => string;
  /** The claim under which the shard is held. */
  readonly claim: () => number;
  /** Topics that got another number of partitions since this was asked last. */
  readonly takePartitionChanges: () => readonly PartitionsChanged[];
  /** Called at every turn of the loop and while it waits, so that a loop that stands still is noticed. */
  readonly beat: () => void;
}

/** The world as a plan sees it, at this moment. */
export function planContext({ settings, clock, newId, claim }: BridgeParts): PlanContext {
  return { settings, now: clock.now(), newId, claim: claim() };
}

/** Commits a plan; the bridge's own keeps the session alive meanwhile. */
export type Commit = (plan: Plan) => Promise<void>;
