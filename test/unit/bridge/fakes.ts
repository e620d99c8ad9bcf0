import type { AccountProgress } from '../../../src/bridge/account-progress.ts';
import { Cursor, type CursorOptions, type ShardWriter } from '../../../src/bridge/cursor.ts';
import type { AccountObserver } from '../../../src/bridge/observer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { openProgress } from './builders.ts';

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

/** Remembers the sign-ins; nothing else is of interest here. */
export class FakeObserver implements AccountObserver {
  readonly signIns: string[] = [];
  readonly gaps: string[] = [];

  signInAttempted(outcome: string): void {
    this.signIns.push(outcome);
  }

  gapOpened(reason: string): void {
    this.gaps.push(reason);
  }

  polled(): void {}
  answerReceived(): void {}
  eventReceived(): void {}
  repeatDropped(): void {}
  possibleRepeat(): void {}
  warned(): void {}
  unknownSeen(): void {}
  recordPublished(): void {}
  committed(): void {}
  publishTimeSeen(): void {}
  deadLettered(): void {}
  phaseChanged(): void {}
  usersChanged(): void {}
  availabilitySeen(): void {}
  unacknowledged(): void {}
}
