import type { OrderKind } from './orders/order.ts';
import type { Hold, OrderOutcome } from './orders/orders-done.ts';
import type { AckDecision } from './plans/ack-id.ts';
import type { PollFailure } from './failure.ts';
import type { Failure, GapReason, Phase } from './phase.ts';

/** What the bridge tells about its work: the metrics hang here, and tests listen. Nothing here may fail or wait. */
export interface AccountObserver {
  /** Null for an outcome that was found out later, or that no time was measured for. */
  polled(outcome: PollOutcome, durationMs: number | null): void;
  answerReceived(answer: { readonly bytes: number; readonly sessionTimeoutSeconds: number | null }): void;
  eventReceived(name: string): void;
  repeatDropped(count: number): void;
  possibleRepeat(count: number): void;
  warned(code: string): void;
  /** Something that the schema does not know, kept in generic form. */
  unknownSeen(kind: 'event' | 'category' | 'attribute' | 'element'): void;
  recordPublished(topic: string, bytes: number): void;
  committed(timing: { readonly durationMs: number; readonly receivedToCommittedMs: number | null }): void;
  publishTimeSeen(lagMs: number): void;
  signInAttempted(outcome: 'accepted' | 'refused' | 'failed'): void;
  gapOpened(reason: GapReason): void;
  deadLettered(reason: string, count: number): void;
  phaseChanged(phase: Phase): void;
  /** A step failed; what it leads to is told before or after. */
  stepFailed(failure: Failure): void;
  canaryEnded(outcome: CanaryOutcome): void;
  ackIdOdd(oddity: AckIdOddity): void;
  /** Whether the session runs out of time although its polls say that a person is active. */
  sessionTimeLow(isLow: boolean): void;
  orderCarriedOut(kind: OrderKind, outcome: OrderOutcome): void;
  /** Whether the account is held back by an operator; told at the start and whenever it changes. */
  holdChanged(hold: Hold): void;
  usersChanged(users: {
    readonly configured: number;
    readonly subscribed: number;
    readonly seen: number;
    readonly missing: number;
    /** Whose subscription the server refuses; they are missing too. */
    readonly refused: number;
    /** Whose current state says that it is stale. */
    readonly stale: number;
  }): void;
  /** Users who are no longer watched; normalised URIs. */
  usersForgotten(users: readonly string[]): void;
  /** An edge of a watched user. */
  signInEdgeSeen(edge: string): void;
  availabilitySeen(userUri: string, availabilityName: string | null): void;
  /** Milliseconds since the oldest answer that is received and not yet committed; 0 when there is none. */
  unacknowledged(ms: number): void;
}

type PollOutcome = 'events' | 'nothing' | 'keep-alive' | 'foreign-session' | PollFailure;

/**
 * - `answered`: its outcome came over the data channel; `failed`: the same, with a refusal, which proves as much.
 * - `refused`: the command channel refused it at once, and `unsent`: it did not get through. Nothing was learnt.
 * - `overdue`: polls were answered for `session.canary.timeoutMs`, and its outcome was in none of them.
 */
export type CanaryOutcome = 'answered' | 'failed' | 'refused' | 'unsent' | 'overdue';

/** What may be odd about the acknowledgement of an answer; see `ack-id.ts` for what is done about it. */
type AckIdOddity = Exclude<AckDecision['kind'], 'advanced' | 'same'> | 'ran-ahead';
