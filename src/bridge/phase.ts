import { assert, unreachable } from '../lib/assert.ts';
import type { AccountProgress } from './progress/account-progress.ts';

/**
 * Where an account stands, as a value. The loop does one step in a phase; what a step's outcome leads to is decided
 * here, by pure functions, so that every phase × outcome is in one table.
 */
export type Phase =
  /** A session must be opened; older sessions are never polled again. */
  | {
      readonly kind: 'opening';
      readonly reason: GapReason;
      readonly failures: number;
      /** Consecutive refused answers to `initiateSession`. */
      readonly refusals: number;
      readonly needsSignIn: boolean;
      /** A new ticket was fetched for this session: if the server still opens none, time has to help. */
      readonly hasFreshTicket: boolean;
      /** The generation is committed as `opening`: only the session itself is missing. */
      readonly isBegun: boolean;
    }
  /** `sid` and `ackId` are committed: poll. */
  | {
      readonly kind: 'open';
      /** Consecutive transient failures. */
      readonly failures: number;
      /** Consecutive refused documents. */
      readonly refusals: number;
      readonly needsSignIn: boolean;
      /** A new ticket was fetched because this session looked lost: if it still does, it is. */
      readonly hasFreshTicket: boolean;
      /** Users still to be subscribed in this session. */
      readonly toSubscribe: readonly string[];
    }
  /** Refused documents or lost sessions, one after the other, stopped the account for a while. */
  | { readonly kind: 'quarantined'; readonly until: number }
  /** A person has to act. */
  | { readonly kind: 'stopped'; readonly code: string };

/** Why a new generation had to begin: the closed list of `reason` on `gap` records and on the gaps metric. */
export const GAP_REASONS = [
  'first-start',
  'restart',
  'opening-interrupted',
  'session-lost',
  'poison',
  'starved',
  'session-refused',
  'counter-restart',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** What went wrong in a step, reduced to what the next phase depends on. */
export type Failure =
  | 'transient'
  | 'session-lost'
  | 'ticket-lost'
  | 'session-refused'
  | 'starved'
  | 'sign-in-refused'
  | 'wrong-service'
  | 'refused-document';

export interface FailurePolicy {
  /** After so many transient failures in a row the session is doubted and a fresh ticket is fetched (transport §9.3). */
  readonly rebuildAfterFailures: number;
  /** After so many refused documents in a row the answer is given up (I8). */
  readonly documentAttempts: number;
}

export interface Transition {
  readonly phase: Phase;
  /** Wait before the next step: a back-off that grows with `failures`, none, or the long wait of a wrong set-up. */
  readonly wait: 'none' | 'backoff' | 'long';
  /** The refused document must be given up: dead letter, gap and new generation in one transaction. */
  readonly givesUpDocument: boolean;
}

export type OpeningPhase = Phase & { readonly kind: 'opening' };
export type OpenPhase = Phase & { readonly kind: 'open' };
export type StoppedPhase = Phase & { readonly kind: 'stopped' };

export function opening(reason: GapReason, needsSignIn: boolean): OpeningPhase {
  return { kind: 'opening', reason, failures: 0, refusals: 0, needsSignIn, hasFreshTicket: false, isBegun: false };
}

/** After a poll that brought a readable answer: nothing is wrong, nothing is left to do. */
export const OPEN: OpenPhase = {
  kind: 'open',
  failures: 0,
  refusals: 0,
  needsSignIn: false,
  hasFreshTicket: false,
  toSubscribe: [],
};

/**
 * Where an account starts that an earlier process left in `state`. A committed session is polled on; from `opening`
 * never: a restarted server may have given the same sid to the session whose answer was lost, and an old ackId on it
 * would skip events (design §4.5).
 *
 * @param hasTicket whether the session's secrets came along and opened.
 */
export function firstPhase(
  {
    state,
    generation,
    losses,
    poison,
    watch,
  }: Pick<AccountProgress, 'state' | 'generation' | 'losses' | 'poison' | 'watch'>,
  hasTicket: boolean,
): Phase {
  switch (state) {
    case 'open':
      return { ...OPEN, needsSignIn: !hasTicket, toSubscribe: watch.pending };
    case 'opening':
      return opening('opening-interrupted', true);
    case 'ended':
    case 'retired':
      return opening(generation === 0 ? 'first-start' : 'restart', true);
    case 'quarantined':
      return { kind: 'quarantined', until: poison.until ?? losses.until ?? 0 };
    default:
      return unreachable(state);
  }
}

/** The phase after a sign-in that succeeded. */
export function afterSignIn(phase: Phase): Phase {
  switch (phase.kind) {
    case 'opening':
      return { ...phase, needsSignIn: false, hasFreshTicket: true };
    case 'open':
      return { ...phase, needsSignIn: false, hasFreshTicket: true, failures: 0 };
    case 'quarantined':
    case 'stopped':
      return phase;
    default:
      return unreachable(phase);
  }
}

/** The phase after a failed step. */
export function afterFailure(phase: Phase, failure: Failure, policy: FailurePolicy): Transition {
  switch (phase.kind) {
    case 'opening':
      return afterFailureOpening(phase, failure, policy);
    case 'open':
      return afterFailureOpen(phase, failure, policy);
    case 'quarantined':
    case 'stopped':
      assert(false, `no step runs in phase ${phase.kind}`);
      break;
    default:
      unreachable(phase);
  }
}

function afterFailureOpening(phase: OpeningPhase, failure: Failure, policy: FailurePolicy): Transition {
  const failures = phase.failures + 1;
  switch (failure) {
    case 'transient':
      return { phase: { ...phase, failures }, wait: 'backoff', givesUpDocument: false };
    case 'refused-document': {
      // Asking again loses nothing. But a server that goes on like that is in the end asked once an hour, as if it
      // were a poll (I8). An answer to a sign-in, which nobody may see, is not given up: it becomes no dead letter.
      const refusals = phase.needsSignIn ? 0 : phase.refusals + 1;
      const givesUpDocument = refusals >= policy.documentAttempts;
      return { phase: { ...phase, failures, refusals }, wait: givesUpDocument ? 'none' : 'backoff', givesUpDocument };
    }
    case 'session-lost':
    case 'ticket-lost':
    case 'starved':
      // The ticket is worth one try; without it a full sign-in (transport §8, "ends not asked for").
      return {
        phase: { ...phase, failures, needsSignIn: true },
        wait: waitForTicket(failures, policy),
        givesUpDocument: false,
      };
    case 'session-refused':
      if (!phase.hasFreshTicket) {
        return { phase: { ...phase, failures, needsSignIn: true }, wait: 'none', givesUpDocument: false };
      }
      return { phase: { ...phase, failures, hasFreshTicket: false }, wait: 'long', givesUpDocument: false };
    case 'wrong-service':
      return { phase: { ...phase, failures }, wait: 'long', givesUpDocument: false };
    case 'sign-in-refused':
      return { phase: { kind: 'stopped', code: 'sign-in-refused' }, wait: 'none', givesUpDocument: false };
    default:
      return unreachable(failure);
  }
}

/** Tickets that are given and not taken: a server that goes on like that is not asked for one every few seconds. */
function waitForTicket(failures: number, { rebuildAfterFailures }: FailurePolicy): Transition['wait'] {
  if (failures === 1) return 'none';
  return failures > rebuildAfterFailures ? 'long' : 'backoff';
}

function afterFailureOpen(phase: OpenPhase, failure: Failure, policy: FailurePolicy): Transition {
  const failures = phase.failures + 1;
  switch (failure) {
    case 'transient': {
      const isDoubted = failures >= policy.rebuildAfterFailures;
      if (isDoubted && phase.hasFreshTicket) {
        return { phase: opening('session-lost', false), wait: 'backoff', givesUpDocument: false };
      }
      // Doubted, not given up: a server that was away may still know the session, and its events would be lost with
      // it. A fresh ticket proves that the server is back; only if polls go on failing with it, the session is lost.
      const needsSignIn = phase.needsSignIn || isDoubted;
      return { phase: { ...phase, failures, needsSignIn }, wait: 'backoff', givesUpDocument: false };
    }
    case 'starved':
      return { phase: opening('starved', false), wait: 'none', givesUpDocument: false };
    case 'session-refused':
      // Another session would be refused as well, and meanwhile count among the endpoints of the user.
      return { phase: opening('session-refused', false), wait: 'long', givesUpDocument: false };
    case 'session-lost':
    case 'ticket-lost':
      if (phase.hasFreshTicket || failure === 'session-lost') {
        return { phase: opening('session-lost', failure === 'ticket-lost'), wait: 'none', givesUpDocument: false };
      }
      return { phase: { ...phase, needsSignIn: true }, wait: 'none', givesUpDocument: false };
    case 'wrong-service':
      return { phase: { ...phase, failures }, wait: 'long', givesUpDocument: false };
    case 'sign-in-refused':
      return { phase: { kind: 'stopped', code: 'sign-in-refused' }, wait: 'none', givesUpDocument: false };
    case 'refused-document': {
      const refusals = phase.refusals + 1;
      const givesUpDocument = refusals >= policy.documentAttempts;
      return { phase: { ...phase, refusals }, wait: givesUpDocument ? 'none' : 'backoff', givesUpDocument };
    }
    default:
      return unreachable(failure);
  }
}
