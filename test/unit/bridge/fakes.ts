import type { AccountProgress } from '../../../src/bridge/progress/account-progress.ts';
import { Cursor, type CursorOptions, type ShardWriter } from '../../../src/bridge/progress/cursor.ts';
import type { AccountObserver } from '../../../src/bridge/observer.ts';
import type { BridgeParts } from '../../../src/bridge/parts.ts';
import { OrderInbox } from '../../../src/bridge/orders/order-inbox.ts';
import type { Phase } from '../../../src/bridge/phase.ts';
import { WatchList, type WatchSource } from '../../../src/bridge/watching/watch-list.ts';
import { DEFAULT_DOCUMENT_LIMITS } from '../../../src/cwa/documents/document-limits.ts';
import type { CwaClient } from '../../../src/cwa/client.ts';
import { createLogger } from '../../../src/observability/log.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { bridgeSettings, openProgress, USERS } from './builders.ts';

type Unit = Parameters<ShardWriter['commit']>[0];

/** A shard that remembers what it was given; each commit waits until the test settles it, or is done at once. */
export class FakeShard implements ShardWriter {
  readonly units: Unit[] = [];
  claim = 3;
  /** What the next commits do; done at once when it is empty. */
  readonly outcomes: (() => Promise<void>)[] = [];

  commit(unit: Unit): Promise<void> {
    this.units.push(unit);
    return this.outcomes.shift()?.() ?? Promise.resolve();
  }

  /** The progress of each commit, as it was written. */
  get written(): readonly string[] {
    return this.units.map(({ progress }) => progress[0]?.value ?? '');
  }
}

export function cursorOn(
  shard: FakeShard,
  recovered: AccountProgress = openProgress(),
  options: Partial<CursorOptions> = {},
): Cursor {
  return new Cursor({
    installation: 'cwa-bridge',
    shard,
    recovered,
    sealingKeys: [],
    secrets: () => null,
    clock: new ManualClock(),
    ...options,
  });
}

/** A configured watch list that a test may change. */
export class FakeWatchSource implements WatchSource {
  users: readonly string[] = USERS;
  /** Users whose states were ending, in order. */
  readonly ending: (readonly string[])[] = [];

  whileEnding(users: readonly string[], commit: () => Promise<void>): Promise<void> {
    this.ending.push(users);
    return commit();
  }
}

/** Remembers sign-ins, gaps and phases; nothing else is of interest here. */
export class FakeObserver implements AccountObserver {
  readonly signIns: string[] = [];
  readonly gaps: string[] = [];
  readonly canaries: string[] = [];
  readonly oddities: string[] = [];
  readonly timeLow: boolean[] = [];
  readonly phases: Phase[] = [];
  readonly polled = nothing;
  readonly answerReceived = nothing;
  readonly eventReceived = nothing;
  readonly repeatDropped = nothing;
  readonly possibleRepeat = nothing;
  readonly warned = nothing;
  readonly unknownSeen = nothing;
  readonly recordPublished = nothing;
  readonly committed = nothing;
  readonly publishTimeSeen = nothing;
  readonly deadLettered = nothing;
  readonly usersChanged = nothing;
  readonly usersForgotten = nothing;
  readonly availabilitySeen = nothing;
  readonly signInEdgeSeen = nothing;
  readonly unacknowledged = nothing;
  readonly orderCarriedOut = nothing;
  readonly holdChanged = nothing;
  readonly stepFailed = nothing;

  ackIdOdd(oddity: string): void {
    this.oddities.push(oddity);
  }

  sessionTimeLow(isLow: boolean): void {
    this.timeLow.push(isLow);
  }

  canaryEnded(outcome: string): void {
    this.canaries.push(outcome);
  }

  signInAttempted(outcome: string): void {
    this.signIns.push(outcome);
  }

  phaseChanged(phase: Phase): void {
    this.phases.push(phase);
  }

  gapOpened(reason: string): void {
    this.gaps.push(reason);
  }
}

function nothing(): void {
  // Of no interest here.
}

/** What a request comes to that is not answered. */
export function rejectedWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });
}

/** What a bridge works with: everything quiet and under control unless it is given. */
export function partsWith(
  client: object,
  given: { readonly cursor: Cursor } & Partial<Omit<BridgeParts, 'client'>>,
): BridgeParts {
  return {
    settings: bridgeSettings(),
    watch: new WatchList(new FakeWatchSource(), given.cursor.progress),
    client: client as CwaClient,
    signIn: () => Promise.resolve(),
    hasNewSecret: () => Promise.resolve(false),
    observer: new FakeObserver(),
    log: createLogger({ level: 'silent' }),
    clock: new ManualClock(),
    orders: new OrderInbox(given.clock ?? new ManualClock()),
    letters: { limits: DEFAULT_DOCUMENT_LIMITS, read: () => Promise.resolve('there are no letters') },
    random: () => 0.5,
    newId: () => 'gap-new',
    claim: () => 3,
    takePartitionChanges: () => [],
    beat: nothing,
    ...given,
  };
}
